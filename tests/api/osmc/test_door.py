"""Who may see and do what; methods, unknown addresses, errors."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tcsync.audit.models import AuditEntry
from tests.api.osmc.conftest import Caller, account
from tests.api.osmc.project import MODEL, TRUNK, uid

PATHS = (
    *("", "/branches", f"/branches/{TRUNK}", "/revisions", "/revisions/1", "/tags", "/artifacts"),
    *("/revisiondiff?source=1&target=2", f"/elements/{MODEL}", "/models", "/artifacts/picture"),
)


@pytest.mark.parametrize("end", PATHS)
def test_what_one_may_not_see_is_answered_like_what_does_not_exist(reader, world, end):
    hidden, absent = (
        reader.get(f"/osmc/resources/{id_}{end}") for id_ in (world.hidden.id, uid(999))
    )
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.content == absent.content
    assert sorted(hidden.items()) == sorted(absent.items())


@pytest.mark.parametrize("kind", ["resources", "workspaces"])
def test_what_one_may_not_see_asks_the_database_like_what_does_not_exist(reader, world, kind):
    hidden = world.hidden.id if kind == "resources" else world.hidden.category_id
    end = "" if kind == "resources" else "/resources"
    reader.read("resources")  # signs in
    asked = []
    for id_ in (hidden, uid(999)):
        with CaptureQueriesContext(connection) as queries:
            assert reader.get(f"/osmc/{kind}/{id_}{end}").status_code == 404
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_batch_on_what_one_may_not_see_is_absent_too(reader, world):
    answers = [
        reader.ask("POST", f"resources/{id_}/elements", [MODEL])
        for id_ in (world.hidden.id, uid(999))
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


def test_only_what_one_may_see_is_listed(world, reader):
    account("anna", "administrator")
    assert len(Caller("anna").read("resources")) == 2
    assert reader.read("resources") == [world.pump.id]
    account("sam")
    assert Caller("sam").read("resources") == []
    assert Caller("sam").read("workspaces")["ldp:contains"] == []


@pytest.mark.parametrize(
    "path", ["nothing", "resources/x/y/z", "", "workspaces/x", f"resources/{uid(101)}/revisions/0"]
)
def test_an_address_that_leads_nowhere(reader, path):
    answer = reader.get(f"/osmc/{path}")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert answer.json()["code"] == "missing"


def test_a_method_that_an_address_does_not_know(reader, world):
    answer = reader.ask("PUT", f"{world.path}/revisions")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert answer.json()["message"]


def test_options_and_head(reader, world):
    answer = reader.options(f"/osmc/{world.path}/revisions")
    assert (answer.status_code, answer["Allow"]) == (204, "GET, HEAD, OPTIONS")
    answer = reader.head(f"/osmc/{world.path}/revisions")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["Content-Length"] == "9"


def test_an_address_with_a_nul_is_refused_in_json(reader):
    answer = reader.get("/osmc/resources/a%00b")
    assert answer.status_code == 400
    assert "json" in answer["Content-Type"]


def test_a_body_that_is_too_long(reader, world, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = reader.ask("POST", f"{world.path}/elements", [MODEL] * 100)
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


def test_reading_records_nothing_but_the_sign_in(reader, world):
    reader.read("resources")
    before = AuditEntry.objects.count()
    reader.batch(f"{world.path}/elements", [MODEL])
    assert AuditEntry.objects.count() == before


def test_who_is_signed_in(reader):
    answer = reader.get("/osmc/admin/currentUser?permission=true")
    assert answer.status_code == 307
    assert answer["Location"] == "http://testserver/osmc/admin/users/rita?permission=true"


def test_an_account_sees_itself_and_what_it_may_read(reader, world):
    said = reader.read("admin/users/rita", permission="true")
    assert (said["userName"], said["enabled"]) == ("rita", True)
    (read,) = said["permissions"]
    assert read["permissionInfo"]["operationName"] == "read.resource"
    assert read["relatedResources"] == [world.pump.id]


def test_other_accounts_are_for_administrators(reader):
    account("anna", "administrator")
    assert reader.read("admin/users") == ["rita"]
    assert reader.get("/osmc/admin/users/anna").status_code == 404
    anna = Caller("anna")
    assert anna.read("admin/users") == ["anna", "rita"]
    assert anna.read("admin/user", username="rita")["userName"] == "rita"


def test_the_roles_of_an_account_and_where(reader, world):
    (role,) = reader.read("admin/users/rita/roles")
    assert role["roleID"] == "e3cf7416-9cf3-42ff-84e6-e9d4283dfd18"
    assert [place["ID"] for place in role["protectedObjects"]] == [world.space.id]
    assert reader.read(f"admin/roles/{role['roleID']}")["name"] == "Resource Reviewer"
