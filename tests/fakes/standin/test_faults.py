"""Each thing that can go wrong does, when it was planned and not otherwise."""

import http.client
import time

import pytest

from tests.fakes.standin.asking import Client
from tests.fakes.twc import Put, faults


@pytest.fixture
def path(rover):
    return f"/resources/{rover.id}/revisions/7/elements"


def test_a_fault_comes_after_so_many_good_answers_and_so_many_times(client, server):
    server.faults.add("*/version", faults.status(503, retry_after=7), times=2, after=1)
    assert [client.ask("GET", "/version") for _ in range(5)] == [200, 503, 503, 200, 200]
    assert client.ask("GET", "/workspaces") == 200


def test_a_match_may_name_the_method_or_be_a_function(client, server, rover, path):
    server.faults.add("POST */elements", faults.status(500))
    server.faults.add(lambda request: "items" in request.query, faults.status(404))
    assert client.ask("GET", f"/resources/{rover.id}/revisions?page=1&items=1") == 404
    assert client.ask("POST", path, "[]") == 500
    assert client.ask("POST", path, "[]") == 200


def test_a_server_that_is_busy_says_when_to_come_back(client, server):
    server.faults.add("*", faults.status(503, retry_after=7))
    client.ask("GET", "/version")
    assert client.all("Retry-After") == ["7"]
    assert client.body.startswith(b"<html>")


def test_a_page_may_stand_where_json_is_expected(client, server):
    server.faults.add("*/resources", faults.html())
    assert client.ask("GET", "/resources") == 200
    assert client.all("Content-Type") == ["text/html"]


def test_sessions_may_end_in_mid_run(client, server):
    server.faults.add("*/workspaces", faults.expire())
    assert client.ask("GET", "/workspaces") == 401
    assert client.login() == 204
    assert client.ask("GET", "/workspaces") == 200


def test_a_redirect_may_lead_elsewhere(client, server):
    server.faults.add("*/version", faults.redirect("http://192.0.2.1/osmc/version"))
    assert client.ask("GET", "/version") == 302
    assert client.all("Location") == ["http://192.0.2.1/osmc/version"]


def test_an_answer_may_be_broken_json(client, server):
    server.faults.add("*/resources", faults.text(b'["'))
    client.ask("GET", "/resources")
    assert client.body == b'["'


def test_a_batch_may_lack_an_element_or_refuse_it(client, server, rover, path):
    wheel, arm = rover.element_id("wheel"), rover.element_id("arm")
    server.faults.add("*/elements", faults.without(wheel))
    server.faults.add("*/elements", faults.item_status(arm, 404))
    assert [*client.batch(path, [wheel, arm])] == [arm]
    assert client.batch(path, [wheel, arm])[arm]["status"] == 404


def test_a_difference_may_lie(client, server, rover):
    asked = f"/resources/{rover.id}/revisiondiff?source=2&target=7"
    model = rover.element_id("model")
    server.faults.add("*/revisiondiff", faults.lie(model))
    assert model not in client.get(asked)["changed"]
    assert model in client.get(asked)["changed"]


def test_something_may_happen_just_before_an_answer(client, server, rover):
    server.faults.add(
        "*/revisions", faults.first(lambda: rover.commit(put={"new": Put(owner="arm")}))
    )
    server.faults.add("*/revisions/2", faults.first(lambda: rover.vanish(2)))
    assert client.get(f"/resources/{rover.id}/revisions") == [8, 7, 4, 3, 2, 1]
    assert client.ask("GET", f"/resources/{rover.id}/revisions/2") == 404


def test_an_answer_may_be_cut_off(client, server):
    server.faults.add("*/resources", faults.truncated())
    with pytest.raises(http.client.IncompleteRead):
        client.get("/resources")


@pytest.mark.parametrize("fault", [faults.reset(), faults.reset_midway()])
def test_a_connection_may_be_reset(client, server, fault):
    server.faults.add("*/resources", fault)
    with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
        client.get("/resources")


def test_an_answer_may_come_late(client, server):
    server.faults.add("*/version", faults.delay(0.1))
    began = time.monotonic()
    assert client.ask("GET", "/version") == 200
    assert time.monotonic() - began >= 0.1


def test_an_answer_may_come_in_drops(client, server):
    server.faults.add("*/version", faults.drip(seconds=0.02, size=2))
    began = time.monotonic()
    assert client.ask("GET", "/version") == 200
    assert client.body == b"2024x Refresh3"
    assert time.monotonic() - began >= 0.1


def test_an_answer_that_never_ends_ends_with_the_server(server):
    server.faults.add("*/login", faults.endless())
    with Client(server) as one:
        one._connection.request("GET", "/osmc/login")
        answer = one._connection.getresponse()
        assert len(answer.read(100_000)) == 100_000
        server.stop()
        with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
            _read_all(answer)


def _read_all(answer):
    while answer.read(1 << 20):
        pass
    raise http.client.IncompleteRead(b"")


def test_faults_can_be_called_off(client, server):
    server.faults.add("*", faults.status(500), times=9)
    server.faults.clear()
    assert client.ask("GET", "/version") == 200
