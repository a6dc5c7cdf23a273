"""Whatever is sent to the forms and lists of servers and configurations: a message, never a 500."""

from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from syncconfigs.models import RemoteServer, SyncConfig, SyncRun
from tcsync.repository.models import Resource

SERVER = {"name": "Site C", "kind": "tcsync", "address": "twc:8111", "secure": "on"}
POLICY = {"trigger": "every_commit"}
NASTY = {
    "empty": "",
    "10 MB": "x" * 10_000_000,
    "NUL": "a\0b",
    "emoji": "\U0001f680" * 300,
    "right to left": "\u202e\u200f" * 300,
    "markup": "<script>alert(1)</script>" * 30,
    "number": "9" * 400,
    "negative": "-1",
    "array": ["a", "b"],
    "quotes": "'; DROP TABLE x; --" * 20,
}
REFUSED = {
    "name": {"empty", "10 MB", "NUL", "emoji", "right to left", "markup", "number", "quotes"},
    "kind": set(NASTY),
    "address": set(NASTY) - {"array", "number"},
    "username": {"10 MB", "NUL", "emoji", "right to left", "markup", "number", "quotes"},
    "secret": {"10 MB", "NUL"},
    "ca_certificate": set(NASTY) - {"empty"},
    "client_keystore_type": set(NASTY) - {"empty"},
}
CASES = [pytest.param(f, n, id=f"{f}: {n}") for f in REFUSED for n in NASTY]


def fits(answer, field):
    """Tell whether a page shows a message at this field, and none of what went wrong inside."""
    assert answer.status_code == 200
    return field in answer.context["form"].errors and "errorlist" not in answer.text


@pytest.mark.parametrize(("field", "name"), CASES)
def test_a_bad_field_of_a_server_has_its_message(administrator, field, name):
    answer = administrator.post("/servers/add/", {**SERVER, field: NASTY[name]})
    if answer.status_code == 302:
        assert name not in REFUSED[field]
    elif name in REFUSED[field]:
        assert fits(answer, field)
    assert answer.status_code in {200, 302}
    assert name not in REFUSED[field] or not RemoteServer.objects.filter(name="Site C").exists()


@pytest.mark.parametrize("field", SERVER)
def test_a_missing_field_of_a_server_has_its_message(administrator, field):
    sent = {name: value for name, value in SERVER.items() if name != field}
    answer = administrator.post("/servers/add/", sent)
    assert field == "secure" or fits(answer, field)


@pytest.mark.parametrize("data", [b"", b"x", b"\0" * 100, b"x" * 300_000, b"\xfe\xed\xfe\xed\0"])
@pytest.mark.parametrize("kind", ["PKCS12", "PEM"])
def test_a_bad_keystore_is_refused_at_its_field(administrator, data, kind):
    file = SimpleUploadedFile("\u202e<b>\U0001f680" + "n" * 300 + ".p12", data)
    sent = {**SERVER, "client_keystore": file, "client_keystore_type": kind}
    assert fits(administrator.post("/servers/add/", sent), "client_keystore")
    assert not RemoteServer.objects.filter(name="Site C").exists()


def test_a_keystore_that_is_no_file_counts_as_none(administrator):
    administrator.post("/servers/add/", {**SERVER, "client_keystore": "text"})
    assert RemoteServer.objects.get(name="Site C").client_keystore == ""


@pytest.mark.parametrize("name", sorted(set(NASTY) - {"empty"}))
def test_a_password_without_its_keystore_is_refused(administrator, name):
    answer = administrator.post(
        "/servers/add/", {**SERVER, "client_keystore_password": NASTY[name]}
    )
    at = "client_keystore_password" if name in {"10 MB", "NUL"} else "client_keystore"
    assert fits(answer, at)


@pytest.mark.parametrize("name", NASTY)
def test_a_test_of_bad_input_says_what_to_mend(administrator, name):
    sent = {**SERVER, "kind": NASTY[name], "test": "1"}
    answer = administrator.post("/servers/add/", sent, headers={"HX-Request": "true"})
    assert "First mend what was typed" in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize("name", NASTY)
def test_bad_input_changes_no_server(administrator, world, name):
    where = f"/servers/{world.server.pk}/edit/"
    before = RemoteServer.objects.values().get()
    answer = administrator.post(where, {**SERVER, "kind": NASTY[name]})
    assert fits(answer, "kind")
    assert RemoteServer.objects.values().get() == before


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("field", ["trigger", "tags"])
def test_a_bad_policy_has_its_message(manager, world, field, name):
    where = f"/configurations/{world.config.pk}/edit/"
    answer = manager.post(where, {"trigger": "commit_tag", "tags": "v1", field: NASTY[name]})
    wrong = {"empty", "10 MB", "NUL"} if field == "tags" else set(NASTY)
    if name in wrong:
        assert fits(answer, field)
        assert SyncConfig.objects.get(pk=world.config.pk).trigger == "every_commit"
    assert answer.status_code in {200, 302}


def test_an_empty_policy_has_its_message(manager, world):
    assert fits(manager.post(f"/configurations/{world.config.pk}/edit/", {}), "trigger")


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("field", ["copies", "confirm"])
def test_a_bad_deletion_has_its_message_and_deletes_nothing(manager, world, field, name):
    where = f"/configurations/{world.config.pk}/delete/"
    answer = manager.post(where, {"copies": "delete", "confirm": "1", field: NASTY[name]})
    assert fits(answer, field)
    assert Resource.objects.filter(id="r1").exists()


def test_a_deletion_without_its_choice_has_its_message(manager, world):
    assert fits(manager.post(f"/configurations/{world.config.pk}/delete/", {}), "copies")


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("field", ["config", "action", "next"])
def test_bad_input_for_several_does_nothing(manager, world, field, name):
    sent = {"config": world.config.pk, "action": "synchronize", field: NASTY[name]}
    answer = manager.post("/configurations/act/", sent)
    assert answer.status_code in {302, 400, 404}
    assert field == "next" or not SyncRun.objects.filter(state="queued").exists()
    assert answer.status_code != 302 or not urlsplit(answer.url).netloc


@pytest.mark.parametrize("action", ["synchronize", "verify", "pause", "resume", "delete"])
def test_ids_of_others_do_nothing(manager, world, action):
    pks = [world.config.pk, world.hidden_config.pk]
    sent = {"config": pks, "action": action, "copies": "delete", "confirm": "2"}
    assert manager.post("/configurations/act/", sent).status_code == 404
    assert SyncConfig.objects.filter(paused=False).count() == 2
    assert not SyncRun.objects.filter(state="queued").exists()


@pytest.mark.parametrize("name", sorted(set(NASTY) - {"10 MB"}))
@pytest.mark.parametrize(
    "key", ["page", "q", "status", "server", "trigger", "paused", "sort", "state"]
)
def test_bad_parameters_of_a_list_break_nothing(administrator, world, key, name):
    for where in ("/configurations/", f"/configurations/{world.config.pk}/", "/servers/", "/"):
        expected = 400 if name == "NUL" else 200
        assert administrator.get(where, {key: NASTY[name]}).status_code == expected


@pytest.mark.parametrize("pk", ["9" * 18, "9" * 19, "9" * 400])
@pytest.mark.parametrize(
    "where", ["servers/{}/", "servers/{}/edit/", "configurations/{}/", "configurations/{}/delete/"]
)
def test_a_number_that_nothing_has_is_404(administrator, where, pk):
    assert administrator.get(f"/{where.format(pk)}").status_code == 404
