"""The first step of New configuration: a server that exists, a new one, and the test of it."""

import pytest
from django.contrib.sessions.models import Session

from syncconfigs import connect
from syncconfigs.models import RemoteServer, SyncConfig
from tests.syncconfigs.views.conftest import CANARY
from tests.syncconfigs.views.walking import Walk

pytestmark = pytest.mark.django_db(transaction=True)
TYPED = {
    "server": "new",
    "kind": "tcsync",
    "address": "bodo:8001",
    "tls": "on",
    "secret": CANARY,
    "name": "",
}


@pytest.fixture
def walk(source, world, server, administrator):
    """Return the walk of somebody who manages servers; every server is the source."""
    return Walk.begin(administrator)


def test_a_new_server_is_added_together_with_its_configuration(walk):
    walk.answer("source", **TYPED)
    walk.to_review(["resource:rover"])
    assert "The server bodo:8001 at https://bodo:8001 is added." in walk.at("review").text
    assert not RemoteServer.objects.filter(name="bodo:8001").exists()
    walk.create()
    made = SyncConfig.objects.get(source_id="rover").server
    assert (made.name, made.address, made.secret) == ("bodo:8001", "https://bodo:8001", CANARY)


@pytest.mark.parametrize(
    ("typed", "tls", "address"),
    [
        ("twc:8111", "on", "https://twc:8111"),
        ("twc:8111", "", "http://twc:8111"),
        ("https://twc:8111/", "on", "https://twc:8111"),
        ("twc", "on", "https://twc"),
        ("[::1]:8111", "on", "https://[::1]:8111"),
    ],
)
def test_an_address_is_taken_with_or_without_its_scheme(walk, typed, tls, address):
    walk.answer("source", **{**TYPED, "address": typed, "tls": tls, "name": "New"})
    walk.to_review(["resource:rover"]).create()
    assert RemoteServer.objects.get(name="New").address == address


def test_the_password_is_kept_encrypted_and_never_shown(walk):
    walk.answer("source", **TYPED)
    page = walk.at("source")
    assert CANARY not in page.text
    assert "Leave it empty to keep it" in page.text
    kept = Session.objects.get().get_decoded()
    assert CANARY not in str(kept)
    walk.answer("source", **{**TYPED, "secret": ""})
    walk.to_review(["resource:rover"]).create()
    assert RemoteServer.objects.get(name="bodo:8001").secret == CANARY


def test_a_password_does_not_follow_to_another_address(walk):
    walk.answer("source", **TYPED)
    answer = walk.say("source", next="1", **{**TYPED, "address": "mallory", "secret": ""})
    assert list(answer.context["form"].errors) == ["secret"]


def test_the_connection_is_tested_with_nothing_written(walk, monkeypatch):
    tested = []
    monkeypatch.setattr(
        connect, "check_draft", lambda s: tested.append(s) or [connect.Check("dns", True, "found")]
    )
    answer = walk.say("source", test="1", **TYPED)
    assert "The connection works" in answer.text
    assert (tested[0].pk, tested[0].address, tested[0].secret) == (
        None,
        "https://bodo:8001",
        CANARY,
    )
    assert not RemoteServer.objects.filter(name="bodo:8001").exists()


def test_htmx_gets_the_checks_with_the_fields(walk, monkeypatch):
    monkeypatch.setattr(connect, "check_draft", lambda _: [connect.Check("tls", False, "expired")])
    where = f"{walk.base}/source/"
    answer = walk.client.post(where, {**TYPED, "test": "1"}, headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert "expired" in answer.text
    assert 'value="bodo:8001"' in answer.text


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("server", {"server": ""}),
        ("server", {"server": "999999"}),
        ("server", {"server": "9" * 500}),
        ("server", {"server": "\0"}),
        ("address", {"address": ""}),
        ("address", {"address": "http://twc:8111"}),
        ("address", {"address": "user:pass@twc"}),
        ("address", {"address": "twc:99999"}),
        ("address", {"address": "a\0b"}),
        ("address", {"address": "x" * (10 << 20)}),
        ("kind", {"kind": "gopher"}),
        ("secret", {"secret": "x" * 20_000}),
        ("secret", {"secret": "a\0b"}),
        ("username", {"username": "x" * 300}),
        ("ca_certificate", {"ca_certificate": "no certificate"}),
        ("name", {"name": "Site A"}),
    ],
)
def test_bad_input_is_refused_at_its_field(walk, field, words):
    for button in ("next", "test"):
        answer = walk.say("source", **{**TYPED, **words, button: "1"})
        assert answer.status_code == 200
        assert list(answer.context["form"].errors) == [field]


def test_who_manages_no_servers_is_offered_no_new_one(source, world, manager):
    walk = Walk.begin(manager)
    assert "A new server" not in walk.at("source").text
    answer = walk.say("source", next="1", **TYPED)
    assert list(answer.context["form"].errors) == ["server"]


def test_fields_of_a_new_server_do_not_matter_for_one_that_exists(walk, server):
    walk.answer("source", **{**TYPED, "server": str(server.pk), "address": "@@", "name": "Site A"})


def test_a_server_that_somebody_else_added_meanwhile_is_said(walk):
    walk.answer("source", **TYPED)
    walk.to_review(["resource:rover"])
    seen = walk.at("review").context["digest"]
    RemoteServer.objects.create(name="bodo:8001", address="https://bodo:8001")
    answer = walk.say("review", reviewed=seen, create="1")
    assert answer.url.endswith("/source/?check")
    assert "Another server has this name" in walk.at("source", check="").text
    assert walk.at("source", check="").context["form"].errors["name"]
