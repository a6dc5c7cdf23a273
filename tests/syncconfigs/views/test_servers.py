"""Pages of remote servers."""

import pytest

from syncconfigs.models import RemoteServer
from tcsync.audit.models import AuditEntry
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
    assert "tcp" in answer.text


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
