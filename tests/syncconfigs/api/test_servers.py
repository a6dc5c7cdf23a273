"""Remote servers: secrets go in and never come out; the test and the catalogue of a source."""

import base64

import pytest
from cryptography.fernet import Fernet

from syncconfigs.models import RemoteServer
from tcsync.audit.models import AuditEntry
from tests.syncconfigs.api.conftest import problem

DRAFT = {"name": "Site B", "kind": "tcsync", "address": "http://127.0.0.1:9", "token": "canary-1"}


def test_a_server_is_added_and_its_secret_is_not_shown(administrator):
    answer = administrator.post("servers/", DRAFT)
    assert answer.status_code == 201
    assert answer["Location"].endswith(f"/api/v1/servers/{answer.json()['id']}/")
    assert answer.json()["has_secret"] is True
    assert "canary" not in answer.text
    assert RemoteServer.objects.get().secret == "canary-1"


def test_what_is_done_stands_in_the_audit_record_with_its_account_and_origin(administrator):
    administrator.post("servers/", DRAFT)
    entry = AuditEntry.objects.get(action="server.create")
    assert (entry.actor, entry.origin) == ("anna", "api 127.0.0.1")
    assert "canary" not in str(entry.details)


def test_an_address_without_a_scheme_is_secure(administrator):
    answer = administrator.post("servers/", {**DRAFT, "address": "twc:8111"})
    assert answer.json()["address"] == "https://twc:8111"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": 5}, "name"),
        ({"name": None}, "name"),
        ({"kind": "svn"}, "kind"),
        ({"kind": ["tcsync"]}, "kind"),
        ({"address": "ftp://x"}, "address"),
        ({"password": "too"}, "token"),
        ({"token": "x" * 20_000}, "token"),
        ({"ca_certificate": "no PEM"}, "ca_certificate"),
        ({"client_keystore": "file"}, "client_keystore"),
        ({"client_keystore": {"type": "PKCS12", "data": "%%"}}, "client_keystore.data"),
        ({"client_keystore": {"type": "JKS", "data": "eA=="}}, "client_keystore.type"),
        ({"client_keystore": {"type": "PKCS12"}}, "client_keystore.data"),
        ({"client_keystore": {"type": "PKCS12", "data": "eA=="}}, "client_keystore"),
        ({"secret": "x"}, "secret"),
    ],
)
def test_bad_input_is_told_at_its_field(administrator, change, field):
    for method, path in (("POST", "servers/"), ("POST", "servers/test/")):
        body = problem(administrator.ask(method, path, {**DRAFT, **change}), 400, "invalid")
        assert list(body["errors"]) == [field]
        assert "canary" not in str(body)


def test_a_name_that_is_taken_is_a_clash(administrator, world):
    problem(administrator.post("servers/", {**DRAFT, "name": "Site A"}), 409, "clash")


def test_a_change_keeps_what_is_not_named(administrator, world):
    answer = administrator.patch(f"servers/{world.server.pk}/", {"name": "Site Z"})
    assert answer.json()["name"] == "Site Z"
    assert answer.json()["has_secret"] is True


def test_another_address_forgets_the_secret(administrator, world):
    change = {"address": "http://127.0.0.1:10"}
    assert administrator.patch(f"servers/{world.server.pk}/", change).json()["has_secret"] is False


def test_a_server_that_nobody_reads_is_deleted(administrator):
    made = administrator.post("servers/", DRAFT).json()["id"]
    assert administrator.delete(f"servers/{made}/").status_code == 204
    problem(administrator.get(f"servers/{made}/"), 404, "not_found")


def test_a_test_names_every_check(administrator, world):
    said = administrator.post(f"servers/{world.server.pk}/test/").json()
    assert said["ok"] is False
    names = ["dns", "tcp", "tls", "http", "login", "version", "permission"]
    assert [check["name"] for check in said["checks"]] == names
    assert [check["ok"] for check in said["checks"]][:3] == [True, False, None]


def test_a_draft_is_tested_and_not_stored(administrator, world):
    before = RemoteServer.objects.get().last_error
    assert administrator.post("servers/test/", DRAFT).json()["ok"] is False
    where = f"servers/{world.server.pk}/test/"
    assert administrator.post(where, {"address": "http://127.0.0.1:11"}).json()["ok"] is False
    assert RemoteServer.objects.get().last_error == before


def test_a_good_connection_passes_every_check(administrator, server):
    said = administrator.post(f"servers/{server.pk}/test/").json()
    assert said["ok"] is True
    assert "ay read 2 resources" in said["checks"][-1]["detail"]


def test_the_catalogue_has_the_shape_of_the_contract(administrator, server, space):
    said = administrator.get(f"servers/{server.pk}/catalogue/").json()
    assert set(said) == {"version", "categories", "resources"}
    assert {"id": space, "name": "Space", "parent": None} in said["categories"]
    rover = next(r for r in said["resources"] if r["id"] == "rover")
    assert rover == {
        "id": "rover",
        "project_id": "P-rover",
        "name": "Name rover",
        "category": space,
    }


def test_a_server_that_is_away_is_a_problem_with_its_stage(administrator, world):
    body = problem(administrator.get(f"servers/{world.server.pk}/catalogue/"), 504, "unreachable")
    assert body["stage"] == "tcp"


def test_nothing_that_is_shown_needs_the_keys_of_the_secrets(administrator, world, settings):
    settings.TCSYNC_FIELD_KEYS = [Fernet.generate_key().decode()]
    for path in ("servers/", f"servers/{world.server.pk}/", "configurations/"):
        assert administrator.get(path).status_code == 200
    answer = administrator.patch(f"servers/{world.server.pk}/", {"token": "fresh"})
    assert answer.status_code == 200


def test_lists_are_filtered(administrator, world):
    assert administrator.get("servers/", name="SITE").json()["count"] == 1
    assert administrator.get("servers/", kind="teamwork-cloud").json()["count"] == 0


def test_a_keystore_is_taken_away_by_null(administrator, world):
    world.server.client_keystore_type = "PEM"
    world.server.client_keystore = base64.b64encode(b"x").decode()
    world.server.save()
    answer = administrator.patch(f"servers/{world.server.pk}/", {"client_keystore": None})
    assert answer.json()["client_keystore"] is None
