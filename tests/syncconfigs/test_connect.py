"""Sources that are lent and kept alive, and what a connection test finds out."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import connection

from syncconfigs import connect, servers
from syncconfigs.connect import opening
from syncconfigs.models import RemoteServer
from tcsync.errors import LoginRefused, Unreachable
from tcsync.repository.models import Node
from tcsync.sources.base import Delivery
from tcsync.sources.twc import SESSIONS
from tests.fakes.captured_source import CapturedSource
from tests.fakes.twc import StandIn
from tests.fakes.twc.samples import sample
from tests.outbound.servers import Server, answer, reset


def steps(checks: list[connect.Check]) -> dict[str, bool | None]:
    return {check.name: check.ok for check in checks}


def failing_at(name: str) -> dict[str, bool | None]:
    names = ["dns", "tcp", "tls", "http", "login", "version", "permission"]
    at = names.index(name)
    return {n: True if i < at else False if i == at else None for i, n in enumerate(names)}


@pytest.fixture
def unreal() -> Iterator[RemoteServer]:
    """A server that is asked over real sockets."""
    yield RemoteServer(pk=1, name="x", address="http://127.0.0.1:1", secret="s")
    opening.close_idle()


def test_a_source_is_kept_for_the_next_who_asks(server):
    made = []
    opening.OPENERS["tcsync"] = lambda _server: made.append(1) or CapturedSource()
    for _ in range(3):
        with connect.open_source(server) as source:
            source.identity()
    assert len(made) == 1


def test_after_an_error_a_source_is_not_used_again(server, source):
    made = []
    opening.OPENERS["tcsync"] = lambda _server: made.append(1) or source
    source.fail_after, source.failure = 0, Unreachable("cut")
    with pytest.raises(Unreachable), connect.open_source(server) as lent, lent.packs([]) as _items:
        raise Unreachable("cut")
    with connect.open_source(server):
        pass
    assert len(made) == 2


def test_another_secret_is_another_source(server):
    made = []
    opening.OPENERS["tcsync"] = lambda _server: made.append(1) or CapturedSource()
    connect.open_source(server).close()
    server.secret = "other"
    connect.open_source(server).close()
    assert len(made) == 2


def test_a_teamwork_cloud_tells_changes(server):
    server.kind = "teamwork-cloud"
    with connect.open_source(server) as source:
        assert source.delivery is Delivery.CHANGES


def test_artifacts_of_a_teamwork_cloud_wait_on_the_data_volume(server, settings, tmp_path):
    settings.TCSYNC_DATA = tmp_path
    server.kind = RemoteServer.Kind.TEAMWORK_CLOUD
    with opening.OPENERS[server.kind](server) as source:
        assert source._folder == tmp_path


def test_a_user_name_says_that_the_secret_of_a_teamwork_cloud_is_a_password(server):
    server.kind = "teamwork-cloud"
    assert connect.endpoint(server).headers == {"Authorization": "Token s"}
    server.username = "ann"
    assert connect.endpoint(server).basic == ("ann", "s")
    assert connect.endpoint(server).headers == {}


def test_a_good_connection_passes_every_step_and_is_written_down(server, source):
    checks = connect.check(server)
    assert all(check.ok for check in checks)
    row = RemoteServer.objects.get()
    assert (row.node_uuid, row.epoch) == (source.whole.node, source.whole.epoch)
    assert row.last_seen_at is not None


def test_the_first_major_version_is_adopted_and_stays(server, source):
    for version in ("2026x", "2024x"):
        source.whole = replace(source.whole, major_version=version)
        checks = connect.check(server)
    assert Node.objects.get().major_version == "2026x"
    assert steps(checks)["version"] is False


def test_an_account_that_may_read_nothing_fails_the_permission(server, source):
    source.whole = replace(source.whole, categories=(), resources=())
    assert steps(connect.check(server))["permission"] is False


def test_another_epoch_makes_the_cursor_void(server, source):
    connect.check(server)
    RemoteServer.objects.update(feed_cursor=7)
    connect.note_answer(RemoteServer.objects.get(), source.identity())
    assert RemoteServer.objects.get().feed_cursor == 7
    source.whole = replace(source.whole, epoch="another")
    connect.note_answer(RemoteServer.objects.get(), source.identity())
    assert RemoteServer.objects.get().feed_cursor is None


def test_a_refused_login_waits_for_a_person(server):
    connect.note_failure(server, LoginRefused("bodo answered 401."))
    row = RemoteServer.objects.get()
    assert (row.waits_for_person, "401" in row.last_error) == (True, True)


NEW = {"address": "https://new:8111", "secret": "for the new one"}


def test_a_server_that_was_changed_since_is_asked_at_its_new_address(server):
    stale = RemoteServer.objects.defer(*RemoteServer.SECRETS).get()
    RemoteServer.objects.update(**NEW)
    asked = connect.endpoint(stale)
    assert (asked.address, asked.headers["Authorization"]) == (
        NEW["address"],
        "Token for the new one",
    )


def test_a_draft_never_joins_an_old_address_with_a_new_secret(server, carol):
    seen = []

    def change_after_the_first(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.startswith("SELECT") and "remoteserver" in sql and not seen:
            seen.append(sql)
            RemoteServer.objects.update(**NEW)
        return result

    with connection.execute_wrapper(change_after_the_first):
        draft = servers.draft(carol, server, name="x")
    assert seen
    assert (draft.address, draft.secret) == (NEW["address"], NEW["secret"])


def test_an_answer_of_the_former_address_is_not_written_to_the_new_one(server, source):
    stale = RemoteServer.objects.get()
    RemoteServer.objects.update(address="http://other:8001")
    connect.note_answer(stale, source.identity())
    assert RemoteServer.objects.get().node_uuid == ""


def test_a_port_where_nobody_listens_fails_at_tcp(unreal, transactional_db):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    unreal.address = f"http://127.0.0.1:{port}"
    assert steps(connect.check(unreal)) == failing_at("tcp")


def test_a_name_without_address_fails_at_dns(unreal, transactional_db):
    unreal.address = "http://nowhere.invalid:8000"
    assert steps(connect.check(unreal)) == failing_at("dns")


def test_plain_http_behind_an_https_address_fails_at_tls(unreal, transactional_db, live_server):
    unreal.address = live_server.url.replace("http:", "https:")
    assert steps(connect.check(unreal)) == failing_at("tls")


def test_a_wrong_token_fails_at_the_login(unreal, transactional_db, live_server):
    unreal.address = live_server.url
    assert steps(connect.check(unreal)) == failing_at("login")


def test_each_failure_says_what_where_and_what_next(unreal, transactional_db, live_server):
    unreal.address = live_server.url
    found = {check.name: check for check in connect.check(unreal)}
    where = live_server.url.removeprefix("http://")
    assert found["login"].detail.startswith(f"{where} answered 401")
    assert "again" in found["login"].detail
    assert found["tcp"].detail == f"Port {where.rpartition(':')[2]} takes connections."
    assert found["permission"].detail == "not reached"


def reset_after_hello(connection):
    connection.recv(65536)
    reset(connection)


@pytest.mark.parametrize("ending", [reset_after_hello, lambda c: c.recv(65536)])
def test_a_handshake_that_is_cut_fails_at_tls(unreal, transactional_db, ending):
    with Server(ending, reads=False) as server:
        unreal.address = f"https://{server.netloc}"
        assert steps(connect.check(unreal)) == failing_at("tls")


def test_a_web_server_of_another_kind_fails_at_http(unreal, transactional_db):
    with Server(answer(b"<html>", content_type="text/html")) as server:
        unreal.address = server.url
        assert steps(connect.check(unreal)) == failing_at("http")


def test_a_token_that_cannot_be_sent_claims_nothing_of_the_connection(unreal, transactional_db):
    unreal.secret = "a\nb"
    checks = connect.check(unreal)
    assert steps(checks) == {**dict.fromkeys(connect.STEPS), "login": False}


def test_a_keystore_that_does_not_open_is_told_at_tls(unreal, transactional_db):
    unreal.client_keystore, unreal.client_keystore_type = "AAAA", "PKCS12"
    checks = connect.check(unreal)
    assert steps(checks) == {**dict.fromkeys(connect.STEPS), "tls": False}


def test_a_draft_is_tested_and_nothing_is_written(source, monkeypatch):
    monkeypatch.setitem(opening.OPENERS, "tcsync", lambda _server: source)
    checks = connect.check_draft(RemoteServer(name="New", address="http://bodo:8001"))
    assert all(check.ok for check in checks)
    assert not RemoteServer.objects.exists()
    assert not Node.objects.exclude(major_version="").exists()


def test_a_draft_that_fails_leaves_no_error_on_the_row_it_was_made_of(server, monkeypatch):
    monkeypatch.undo()
    draft = RemoteServer.objects.get()
    draft.address = "http://127.0.0.1:1"
    assert steps(connect.check_draft(draft)) == failing_at("tcp")
    assert RemoteServer.objects.get().last_error == ""


def test_another_keystore_is_another_source(server):
    made = []
    opening.OPENERS["tcsync"] = lambda _server: made.append(1) or CapturedSource()
    connect.open_source(server).close()
    server.client_keystore_password = "other"
    connect.open_source(server).close()
    assert len(made) == 2


@pytest.fixture
def cloud(transactional_db, settings) -> Iterator[tuple[StandIn, RemoteServer]]:
    """A Teamwork Cloud that is asked over real sockets, with a password that is wrong."""
    settings.TCSYNC_ALLOW_LOOPBACK = True
    with StandIn(sample()) as running:
        values = {"kind": "teamwork-cloud", "username": "reader", "secret": "wrong"}
        yield running, RemoteServer.objects.create(name="T", address=running.address, **values)
        opening.close_idle()
        SESSIONS.close()


def test_a_refused_login_of_a_cloud_is_not_repeated_before_a_person_says_so(cloud):
    running, server = cloud
    assert steps(connect.check(server))["login"] is False
    server.refresh_from_db()
    with pytest.raises(LoginRefused), connect.open_source(server) as source:
        source.identity()
    assert running.statistics.by_path["/osmc/version"] == 1
    running.world.users["reader"].password = "wrong"
    assert steps(connect.check(server))["login"] is True


def test_who_was_forgiven_elsewhere_is_asked_again(cloud):
    running, server = cloud
    connect.check(server)
    running.world.users["reader"].password = "wrong"
    RemoteServer.objects.update(waits_for_person=False)
    server.refresh_from_db()
    with connect.open_source(server) as source:
        assert source.identity().account == "reader"
