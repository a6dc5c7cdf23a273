"""Who may rename and move a category, choose a Project ID, and what bodies may not hold."""

import pytest

from tcsync.access.models import Role, RoleGrant, User
from tcsync.repository.models import Category, Resource
from tests.api.osmc.conftest import Caller, account
from tests.api.osmc.project import pump, uid

TITLE, PARENT = "dcterms:title", "kerml:parentID"


@pytest.fixture
def ends(world) -> tuple[Category, Category]:
    """Two categories: the writer may write in both, and not where the first one lies."""
    secret = Category.objects.get(id=world.hidden.category_id)
    inner = Category.objects.create(id="inner", name="Inner", parent=secret)
    return inner, world.space


def grant(role: Role, category: str) -> None:
    RoleGrant.objects.create(user=User.objects.get(username="cleo"), role=role, category=category)


def test_a_category_is_not_taken_out_of_where_one_may_not_write(writer, ends):
    grant(Role.CONTRIBUTOR, "inner")
    answer = writer.ask("PATCH", "workspaces/inner", {PARENT: ends[1].id})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert Category.objects.get(id="inner").parent == ends[0].parent


def test_a_category_at_the_top_is_moved_by_who_may_write_everywhere(writer, world):
    grant(Role.CONTRIBUTOR, world.hidden.category_id)
    said = {PARENT: world.hidden.category_id}
    assert writer.ask("PATCH", f"workspaces/{world.space.id}", said).status_code == 403


def test_a_name_beside_it_that_one_may_not_see_is_not_told(writer, ends):
    grant(Role.CONTRIBUTOR, "inner")
    Category.objects.create(name="Taken", parent=ends[0].parent)
    answers = [writer.ask("PATCH", "workspaces/inner", {TITLE: name}) for name in ("Taken", "Free")]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[0].content == answers[1].content


def moved(writer: Caller, world) -> int:
    """Move Pumps, in which there is a copy, from Space into a place beside it."""
    beside = Category.objects.create(name="Beside", parent=world.space)
    said = {PARENT: beside.id}
    return writer.ask("PATCH", f"workspaces/{world.pumps.id}", said).status_code


def test_a_category_with_a_read_only_copy_is_moved_by_who_may_synchronize(writer, world):
    pump(uid(103), world.pumps.id, name="Copy", copies=True)
    assert moved(writer, world) == 403
    grant(Role.SYNCHRONIZATION_MANAGER, world.space.id)
    Category.objects.filter(name="Beside").delete()
    assert moved(writer, world) == 200


def test_a_category_with_a_copied_category_is_not_moved(writer, world):
    Category.objects.create(name="C", parent=world.pumps, origin_owner=1, origin_id="x")
    assert moved(writer, world) == 403


def test_a_project_id_is_chosen_by_who_may_write_everywhere(writer, world):
    account("anna", Role.ADMINISTRATOR)
    path = f"workspaces/{world.pumps.id}/resources"
    for project in (world.hidden.project_id, "PROJECT-free"):
        said = {TITLE: "New", "metadata": {"PROJECT_ID": project}}
        assert writer.ask("POST", path, said).status_code == 403
    assert Caller("anna").ask("POST", path, said).json()["metadata"]["PROJECT_ID"] == project


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("POST", "tags", {TITLE: "v", "commitID": 1, "dcterms:description": "a\0b"}),
        ("POST", "branches", {TITLE: "v", "commitDescription": "a\0b"}),
        ("POST", "elements", {"@type": "uml:\0"}),
        ("POST", "elements", {"@type": "uml:Class", "kerml:name": "a\0b"}),
        ("PATCH", "", {"categoryID": "a\0b"}),
    ],
)
def test_a_nul_in_a_body_is_refused(writer, world, method, path, said):
    answer = writer.ask(method, f"{world.path}/{path}".rstrip("/"), said)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert Resource.objects.get(id=world.pump.id).head_number == 4


def test_a_category_in_a_place_with_a_nul_is_refused(writer):
    answer = writer.ask("POST", "workspaces", {TITLE: "x", PARENT: "a\0b"})
    assert answer.status_code == 400
