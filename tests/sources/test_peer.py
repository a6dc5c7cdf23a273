"""A node as a source over real HTTP: the contract, the feed, and answers that no node gives."""

from __future__ import annotations

import http.server
import threading

import msgspec
import pytest

from tcsync.access.models import Role, RoleGrant, User
from tcsync.access.tokens import create_token
from tcsync.audit.models import AuditEntry
from tcsync.audit.recording import SYSTEM
from tcsync.domain import Resource, Selection, Snapshot, Tag
from tcsync.errors import BadAnswer, LoginRefused, Unreachable
from tcsync.outbound import Endpoint
from tcsync.repository import models, states, writing
from tcsync.sources.base import Absent, Want
from tcsync.sources.peer import PeerSource
from tests.sources.contract import PackSourceContract, populate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ids(transactional_db):
    return populate()


@pytest.fixture
def refs(ids):
    return states.History("rover").artifacts(1)


def reader(category: str = "") -> dict[str, str]:
    """The header of an account that may read a category (empty: everything)."""
    user = User.objects.create(username="reader")
    RoleGrant.objects.create(user=user, role=Role.REVIEWER, category=category)
    return {"Authorization": f"Token {create_token(user, 'test')}"}


def everything(source: PeerSource, want: Want) -> list[bytes]:
    with source.packs([want]) as arriving:
        return [b"".join(item.chunks) for item in arriving]


def connect(address: str, headers: dict[str, str] | None = None) -> PeerSource:
    return PeerSource(Endpoint(address, headers or {}, allow_loopback=True))


@pytest.fixture
def source(live_server, ids):
    with connect(live_server.url, reader()) as source:
        yield source


class TestPeerContract(PackSourceContract):
    pass


def test_the_feed_tells_what_changed_after_a_cursor(source):
    before = source.changes(None)
    assert source.changes(before.cursor).resources == ()
    writing.put_tag(SYSTEM, "rover", Tag("t2", "v2", 5))
    after = source.changes(before.cursor)
    assert after.resources == ("rover",)
    assert after.cursor > before.cursor
    assert not after.tree_changed
    assert after.complete


def test_an_account_sees_only_its_categories(live_server, ids):
    with connect(live_server.url, reader(ids["engines"])) as source:
        shown = source.snapshot(None, None)
        assert {r.id for r in shown.resources} == {"probe"}
        assert {c.name for c in shown.categories} == {"Engines"}
        assert source.snapshot(Selection(resources=("rover",)), {}).missing == ("rover",)
        assert "rover" not in source.changes(0).resources


def test_what_is_used_is_told_of_what_the_account_may_read_alone(live_server, ids):
    with connect(live_server.url, reader(ids["engines"])) as source:
        assert set(source.uses(["rover", "probe"])) == {"probe"}


def test_a_node_that_does_not_know_the_question_cannot_tell(live_server, ids):
    class Older(PeerSource):
        def _ask(self, method, path, *more):
            return super()._ask(method, path.replace("uses", "no-such-question"), *more)

    with Older(Endpoint(live_server.url, reader(), allow_loopback=True)) as source:
        assert source.uses(["rover"]) is None


def test_what_is_hidden_answers_as_what_does_not_exist(live_server, ids):
    with connect(live_server.url, reader(ids["engines"])) as source:
        with source.packs([Want("rover", (1,))]) as arriving:
            (hidden,) = list(arriving)
        with source.packs([Want("ghost", (1,))]) as arriving:
            (missing,) = list(arriving)
    assert isinstance(hidden, Absent)
    assert (hidden.code, hidden.reason) == (missing.code, missing.reason)


@pytest.mark.parametrize("header", ["Token nonsense", "Bearer x", ""])
def test_without_a_valid_token_nothing_is_told(live_server, ids, header):
    with connect(live_server.url, {"Authorization": header}) as source, pytest.raises(LoginRefused):
        source.identity()


def test_a_token_that_was_taken_away_stops_working_at_once(live_server, ids):
    with connect(live_server.url, reader()) as source:
        source.identity()
        User.objects.update(is_active=False)
        with pytest.raises(LoginRefused):
            source.identity()


def test_bytes_that_are_gone_at_the_source_cut_the_stream(source, data_folder):
    for segment in (data_folder / "segments").iterdir():
        segment.write_bytes(b"")
    with pytest.raises((Unreachable, BadAnswer)):
        everything(source, Want("rover", (1,)))


class Scripted(http.server.BaseHTTPRequestHandler):
    """Answers everything with the same thing."""

    body = b""
    media_type = "application/json"

    def answer(self):
        self.send_response(200)
        self.send_header("Content-Type", self.media_type)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    do_GET = do_POST = answer

    def log_message(self, *_args):
        pass


@pytest.fixture
def stranger():
    servers = []

    def start(body: bytes, media_type: str = "application/json") -> PeerSource:
        handler = type("Handler", (Scripted,), {"body": body, "media_type": media_type})
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return connect(f"http://127.0.0.1:{server.server_address[1]}")

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"<html>It works!</html>", "text/html"),
        (b"{}", "application/json"),
        (b"[1, 2", "application/json"),
        (b'{"protocol": 99, "identity": null}', "application/json"),
        (
            b'{"protocol": 1, "identity": {"uuid": "u", "epoch": "e", "name": "n",'
            b' "major_version": ""}}',
            "application/json",
        ),
    ],
)
def test_a_server_that_is_not_a_node_is_named_as_such(stranger, body, media_type):
    with stranger(body, media_type) as source, pytest.raises(BadAnswer):
        source.identity()


RESOURCE = (
    b'{"node":"n","epoch":"e","name":"x","major_version":"","resources":[{"id":"r","project_id":"p",'
    b'"name":"n","category":"c","trunk":"t","revisions":[%s]}%s]}'
)


@pytest.mark.parametrize(
    "body",
    [
        RESOURCE % (b'{"number":2,"branch":"t","parent":3,"digest":"d"}', b""),
        RESOURCE % (b'{"number":2,"branch":"t","parent":2,"digest":"d"}', b""),
        RESOURCE % (b'{"number":9223372036854775807,"branch":"t","parent":null,"digest":"d"}', b""),
        RESOURCE % (b'{"number":"2","branch":"t","parent":null,"digest":"d"}', b""),
        RESOURCE % (b"", b',{"id":"r","project_id":"q","name":"n","category":"c","trunk":"t"}'),
    ],
)
def test_a_listing_that_contradicts_itself_is_refused(stranger, body):
    with stranger(body) as source, pytest.raises(BadAnswer):
        source.snapshot(None, {})


@pytest.mark.parametrize(
    "body",
    [b"", b"E", b"Z" + bytes(15), b"E\0\0\0\x02\0\0\0" + bytes(8) + b"{}", b"R" + b"\xff" * 15],
)
def test_a_stream_that_is_cut_or_nonsense_never_looks_finished(stranger, body):
    source = stranger(body, "application/vnd.tcsync.frames")
    with source, pytest.raises((BadAnswer, Unreachable)):
        everything(source, Want("r", (1,)))


def test_the_peer_api_refuses_a_session_cookie(client, ids):
    user = User.objects.create(username="somebody", is_superuser=True)
    client.force_login(user)
    assert client.get("/api/peer/v1/handshake").status_code == 401


@pytest.mark.parametrize("body", ["", "[]", '{"wants": 3}', '{"wants": [], "more": 1}'])
def test_a_request_of_another_shape_says_what_is_wrong(client, ids, body):
    response = client.post(
        "/api/peer/v1/packs", body, content_type="application/json", headers=reader()
    )
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["next_step"]


def test_a_removed_resource_is_no_longer_given(source):
    models.Resource.objects.filter(id="probe").update(removed_at="2026-01-01T00:00:00Z")
    assert {r.id for r in source.snapshot(None, None).resources} == {"rover"}
    with source.packs([Want("probe", (1,))]) as arriving:
        assert isinstance(next(arriving), Absent)


def test_snapshots_of_nodes_that_know_more_or_fewer_fields_are_understood():
    whole = Snapshot("n", "e", "A", "2024x", resources=(Resource("r", "p", "N", "c", "t"),))
    plain = msgspec.to_builtins(whole)
    del plain["resources"][0]["fault"]
    plain["resources"][0]["later"] = 1
    assert msgspec.json.decode(msgspec.json.encode(plain), type=Snapshot) == whole


def test_reading_changes_nothing_at_the_source(source, ids):
    tables = (models.Resource, models.Category, models.Revision, models.Change, AuditEntry)
    before = [table.objects.count() for table in tables]
    (rover,) = source.snapshot(Selection(resources=("rover",)), {}).resources
    with source.packs([Want("rover", tuple(ref.number for ref in rover.revisions))]) as arriving:
        list(arriving)
    source.records_of("rover", [1])
    source.changes(None)
    assert [table.objects.count() for table in tables] == before


def test_records_are_told_only_of_what_the_account_may_read(live_server, ids):
    headers = reader(category=ids["engines"])
    with PeerSource(Endpoint(live_server.url, headers=headers, allow_loopback=True)) as source:
        assert source.records_of("rover", [1, 2]) == []
        assert [record.number for record in source.records_of("probe", [1])] == [1]
