"""Logging in, licence seats, the timeout, and what is counted."""

import threading

import pytest

from tests.fakes.standin.asking import BASIC, Client
from tests.fakes.twc import Habits, StandIn
from tests.fakes.twc.samples import sample
from tests.fakes.twc.sessions import TIMEOUT_SECONDS


class Clock:
    now = 1_700_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def server(world, clock):
    with StandIn(world, seats=2, clock=clock) as running:
        yield running


def test_a_login_gives_two_cookies_in_order(client):
    client.ask("GET", "/login", **BASIC)
    first, second = client.all("Set-Cookie")
    assert first.startswith("twc-rest-current-user=reader; Path=/osmc; Expires=")
    assert second.startswith("twc-rest-session-id=")
    assert client.all("Content-Type") == ["application/octet-stream"]
    assert client.body == b""


def test_password_token_and_form_open_a_session_and_nothing_else_does(server):
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    with Client(server) as one:
        assert one.ask("GET", "/login", Authorization="Token reader-token") == 204
        assert one.ask("POST", "/login", "username=reader&password=secret", **form) == 204
        assert one.ask("GET", "/login", Authorization="Bearer reader-token") == 401
        assert one.ask("GET", "/workspaces") == 401


def test_logging_out_gives_the_seat_back(client, server):
    assert server.sessions.open == 1
    assert client.ask("GET", "/logout") == 204
    assert client.ask("GET", "/workspaces") == 401
    assert (server.sessions.open, server.sessions.logins, server.sessions.logouts) == (0, 1, 1)


def test_every_call_with_a_password_and_without_cookies_takes_a_seat(server):
    with Client(server) as one:
        statuses = [one.ask("GET", "/version", **BASIC) for _ in range(3)]
    assert statuses == [200, 200, 403]
    assert server.sessions.open == 2
    assert server.sessions.refused == 1


def test_others_may_take_the_seats(server):
    server.sessions.occupy(2)
    with Client(server) as one:
        assert one.login() == 403
        server.sessions.expire_all()
        assert one.login() == 204


def test_cookies_keep_a_session_and_a_password_beside_them_opens_no_other(client, server):
    assert client.ask("GET", "/version", **BASIC) == 200
    assert server.sessions.logins == 1
    assert client.all("Set-Cookie") == []


def test_a_session_ends_when_nobody_uses_it_for_a_quarter_of_an_hour(client, server, clock):
    clock.now += TIMEOUT_SECONDS - 1
    assert client.ask("GET", "/version") == 200
    clock.now += TIMEOUT_SECONDS
    assert client.ask("GET", "/version") == 401
    assert server.sessions.open == 0


def test_cookies_may_be_renewed_by_every_answer(client, world):
    world.habits = Habits(renews_cookies=True)
    client.ask("GET", "/version")
    assert len(client.all("Set-Cookie")) == 2


def test_the_version_may_be_open_to_all(server, world):
    with Client(server) as one:
        assert one.ask("GET", "/version") == 401
        world.habits = Habits(open_version=True)
        assert one.ask("GET", "/version") == 200
    assert one.body == b"2024x Refresh3"
    assert server.sessions.logins == 0


def test_the_report_of_2026x_holds_more_than_the_version():
    with StandIn(sample("2026x")) as server, Client(server) as one:
        one.login()
        assert one.ask("GET", "/version") == 200
    assert b"2026x" in one.body
    assert len(one.body.splitlines()) == 3


def test_requests_are_counted_by_path_and_by_session(client, server):
    client.get("/resources")
    client.get("/resources")
    assert server.statistics.by_path["/osmc/resources"] == 2
    assert server.statistics.asked[0] == "GET /osmc/login"
    assert [*server.sessions.requests.values()] == [3]
    assert server.statistics.by_status == {204: 1, 200: 2}


def test_waiting_requests_do_not_block_each_other(client, server):
    server.latency = 0.2
    others = [Client(server) for _ in range(4)]
    asking = [threading.Thread(target=one.ask, args=("GET", "/version")) for one in others]
    for thread in asking:
        thread.start()
    for thread, one in zip(asking, others, strict=True):
        thread.join()
        one.__exit__(None, None, None)
    assert server.statistics.most_in_flight > 1
