"""Pages of remote servers."""

import pytest
import trustme
from cryptography.fernet import Fernet
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from syncconfigs.models import RemoteServer
from tcsync.audit.models import AuditEntry
from tests.outbound.servers import Server
from tests.outbound.servers import answer as said
from tests.outbound.test_tls_client import PASSWORD, given
from tests.syncconfigs.views.conftest import CANARY

TYPED = {
    "name": "Site C",
    "kind": "tcsync",
    "address": "http://127.0.0.1:9",
    "secret": "s3cret-of-c",
}


def test_a_server_is_added_with_its_secret_and_an_audit_entry(administrator):
    answer = administrator.post("/servers/add/", TYPED)
    server = RemoteServer.objects.get(name="Site C")
    assert answer.url == f"/servers/{server.pk}/"
    assert server.secret == TYPED["secret"]
    assert AuditEntry.objects.get(target_name="Site C").actor == "anna"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "Site A"),
        ("name", "a\0b"),
        ("name", "\U0001f680" * 201),
        ("kind", "floppy"),
        ("address", ""),
        ("address", "no address"),
        ("address", "ftp://models.example.com"),
        ("address", "http://" + "x" * 600),
        ("secret", "x" * 20_000),
        ("ca_certificate", "x" * 300_000),
    ],
)
def test_bad_input_is_refused_at_its_field(administrator, field, value):
    answer = administrator.post("/servers/add/", {**TYPED, field: value})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert not RemoteServer.objects.filter(address=TYPED["address"], name="Site C").exists()


def test_an_empty_secret_keeps_the_stored_one(administrator, world):
    typed = {**TYPED, "name": "Renamed", "secret": ""}
    administrator.post(f"/servers/{world.server.pk}/edit/", typed)
    server = RemoteServer.objects.get(pk=world.server.pk)
    assert (server.name, server.secret) == ("Renamed", CANARY)


def test_another_address_does_not_get_the_stored_secret(administrator, world):
    typed = {**TYPED, "address": "http://127.0.0.1:10", "secret": ""}
    administrator.post(f"/servers/{world.server.pk}/edit/", typed)
    assert RemoteServer.objects.get(pk=world.server.pk).secret == ""


@pytest.mark.parametrize(
    "path", ["", "{pk}/", "{pk}/edit/", "{pk}/delete/", "../", "../configurations/", "../runs/"]
)
def test_the_secret_is_on_no_page(administrator, world, path):
    answer = administrator.get("/servers/" + path.format(pk=world.server.pk), follow=True)
    assert CANARY not in answer.text


@pytest.mark.parametrize("path", ["add/", "{pk}/edit/"])
def test_a_typed_secret_is_not_sent_back_with_the_errors(administrator, world, path):
    typed = {**TYPED, "name": "", "secret": CANARY}
    answer = administrator.post("/servers/" + path.format(pk=world.server.pk), typed)
    assert answer.status_code == 200
    assert CANARY not in answer.text


def test_a_failed_connection_shows_each_check_with_its_sentence(administrator, world):
    answer = administrator.post(f"/servers/{world.server.pk}/test/")
    checks = {check.name: check.ok for check in answer.context["checks"]}
    assert (checks["dns"], checks["login"]) == (True, None)
    assert False in checks.values()
    assert "The connection does not work yet" in answer.text
    assert CANARY not in answer.text


def test_htmx_gets_the_checks_alone(administrator, world):
    where = f"/servers/{world.server.pk}/test/"
    answer = administrator.post(where, headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert "Port" in answer.text


def test_a_server_in_use_is_not_deleted(administrator, world):
    where = f"/servers/{world.server.pk}/delete/"
    answer = administrator.post(where, follow=True)
    assert RemoteServer.objects.filter(pk=world.server.pk).exists()
    assert "Source r1" in answer.text


def test_a_server_that_nothing_reads_is_deleted(administrator, world):
    other = RemoteServer.objects.create(name="Idle", address="http://127.0.0.1:9")
    administrator.post(f"/servers/{other.pk}/delete/")
    assert not RemoteServer.objects.filter(pk=other.pk).exists()


def test_a_secret_that_does_not_open_breaks_no_list(administrator, world, settings):
    settings.TCSYNC_FIELD_KEYS = ["qYl3hQm2l2vXKZy0o1mDq3m9bB3nqv3n5a4mVZ3mZ3g="]
    for path in ("/", "/servers/", "/configurations/", f"/servers/{world.server.pk}/"):
        assert administrator.get(path).status_code == 200


@pytest.fixture
def keystore():
    """Return what the form takes of a keystore, and its file."""

    def made(password=PASSWORD):
        file = SimpleUploadedFile("client.p12", given(trustme.CA(), "PKCS12").data)
        fields = {"client_keystore_type": "PKCS12", "client_keystore_password": password}
        return {"client_keystore": file, **fields}

    return made


def test_a_keystore_is_stored_and_only_its_certificate_is_shown(administrator, keystore):
    where = administrator.post("/servers/add/", {**TYPED, **keystore()}).url
    server = RemoteServer.objects.get(name="Site C")
    text = administrator.get(where).text + administrator.get(f"{where}edit/").text
    assert "Client certificate" in text
    assert "Testing cert" in text
    for hidden in (PASSWORD, server.client_keystore[:60], "PRIVATE"):
        assert hidden not in text


def test_a_wrong_password_of_a_keystore_is_said_at_its_field(administrator, keystore):
    answer = administrator.post("/servers/add/", {**TYPED, **keystore("wrong")})
    assert list(answer.context["form"].errors) == ["client_keystore"]
    assert not RemoteServer.objects.filter(name="Site C").exists()


def test_a_java_keystore_is_refused_with_the_way_to_convert_it(administrator, keystore):
    file = SimpleUploadedFile("client.jks", b"\xfe\xed\xfe\xed\0\0\0\2")
    answer = administrator.post("/servers/add/", {**TYPED, **keystore(), "client_keystore": file})
    assert "-deststoretype PKCS12" in str(answer.context["form"].errors["client_keystore"])


def test_a_keystore_stays_until_it_is_forgotten(administrator, keystore):
    where = administrator.post("/servers/add/", {**TYPED, **keystore()}).url
    administrator.post(f"{where}edit/", {**TYPED, "name": "Site D"})
    assert RemoteServer.objects.get(name="Site D").client_certificate
    administrator.post(f"{where}edit/", {**TYPED, "forget_keystore": "on"})
    row = RemoteServer.objects.get(name="Site C")
    assert (row.client_keystore, row.client_certificate, row.secret) == ("", "", TYPED["secret"])


def test_the_check_box_gives_the_scheme_that_was_not_typed(administrator):
    for number, (more, address) in enumerate(
        [({"secure": "on"}, "https://twc:8111"), ({}, "http://twc:8111")]
    ):
        typed = {"name": f"N{number}", "kind": "teamwork-cloud", "address": "twc:8111", **more}
        administrator.post("/servers/add/", typed)
        assert RemoteServer.objects.get(name=f"N{number}").address == address


def test_a_teamwork_cloud_without_a_port_is_asked_on_its_usual_one(administrator):
    typed = {"name": "T", "kind": "teamwork-cloud", "address": "twc", "secure": "on"}
    administrator.post("/servers/add/", {**typed, "poll_seconds": "60"})
    row = RemoteServer.objects.get(name="T")
    assert (row.address, row.interval) == ("https://twc:8111", 60.0)


def test_a_server_without_an_interval_has_the_usual_one_of_its_kind(administrator, settings):
    administrator.post("/servers/add/", TYPED)
    row = RemoteServer.objects.get(name=TYPED["name"])
    assert row.interval == settings.TCSYNC_WATCH_SECONDS
    row.kind = "teamwork-cloud"
    assert row.interval == settings.TCSYNC_TWC_WATCH_SECONDS


def test_a_look_now_address_is_shown_once_and_can_be_ended(administrator, world):
    where = f"/servers/{world.server.pk}/"
    page = administrator.post(f"{where}look-now/")
    key = page.context["address"].rpartition("/")[2]
    assert key in page.text
    assert key not in administrator.get(where).text
    administrator.post(f"{where}look-now/", {"end": "1"})
    assert RemoteServer.objects.get(pk=world.server.pk).look_key_digest == ""


def test_who_may_not_manage_servers_makes_no_look_now_address(reviewer, world):
    assert reviewer.post(f"/servers/{world.server.pk}/look-now/").status_code in {403, 404}


@pytest.mark.parametrize(("scheme", "more"), [("https", {}), ("http", {"secure": "on"})])
def test_a_contradiction_is_said_at_the_address(administrator, scheme, more):
    typed = {**TYPED, "address": f"{scheme}://twc:8111", **more}
    answer = administrator.post("/servers/add/", typed)
    assert "secure connection (TLS)" in str(answer.context["form"].errors["address"])


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_what_was_typed_is_tested_before_anything_is_saved(administrator, headers):
    typed = {**TYPED, "secret": CANARY, "test": "1"}
    answer = administrator.post("/servers/add/", typed, headers=headers)
    assert [c.ok for c in answer.context["checks"]][:2] == [True, False]
    assert ("<html" in answer.text) is not bool(headers)
    assert CANARY not in answer.text
    assert not RemoteServer.objects.filter(name="Site C").exists()


def test_a_test_of_another_address_does_not_get_the_stored_secret(administrator, world):
    with Server(said(b"{}")) as listener:
        typed = {**TYPED, "address": listener.url, "secret": "", "test": "1"}
        administrator.post(f"/servers/{world.server.pk}/edit/", typed)
    assert listener.requests
    assert CANARY.encode() not in b"".join(listener.requests)
    assert RemoteServer.objects.get(pk=world.server.pk).secret == CANARY


def test_a_server_in_use_names_who_uses_it_instead_of_asking(administrator, world):
    text = administrator.get(f"/servers/{world.server.pk}/delete/").text
    assert "2 configurations read it" in text
    assert "Source r1" in text


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ({"last_error": "401", "waits_for_person": True}, "Waits for you"),
        ({"last_error": "closed"}, "Does not answer"),
        ({}, "Not asked yet"),
        ({"last_seen_at": timezone.now()}, "Answers"),
    ],
)
def test_the_list_says_how_each_server_does(administrator, world, row, word):
    RemoteServer.objects.update(**row)
    assert word in administrator.get("/servers/").text
    assert word in administrator.get(f"/servers/{world.server.pk}/").text


def test_htmx_gets_the_way_there_first_and_then_the_rest(administrator, world):
    where = f"/servers/{world.server.pk}/test/"
    with Server(said(b"{}")) as listener:
        RemoteServer.objects.update(address=listener.url)
        first = administrator.post(where, headers={"HX-Request": "true"})
        assert listener.requests == []
        rest = administrator.post(where, {"rest": "1"}, headers={"HX-Request": "true"})
    assert [c.ok for c in first.context["checks"]] == [True] * 3 + [None] * 4
    assert 'hx-trigger="load"' in first.text
    assert 'hx-trigger="load"' not in rest.text
    assert RemoteServer.objects.get(pk=world.server.pk).last_error


@pytest.mark.parametrize("path", ["/servers/", "/configurations/", "/runs/", "/"])
def test_lists_are_drawn_although_no_key_opens_the_secrets(administrator, world, settings, path):
    for name in RemoteServer.SECRETS:
        setattr(world.server, name, "sealed")
    world.server.save()
    settings.TCSYNC_FIELD_KEYS = [Fernet.generate_key().decode()]
    assert administrator.get(path).status_code == 200
