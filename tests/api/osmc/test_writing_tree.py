"""Categories, resources, branches and tags made, changed and removed; nothing of a copy ever is."""

import hashlib
from datetime import UTC, datetime

import pytest
from django.apps import apps

from tcsync.access.models import Role
from tcsync.audit.recording import SYSTEM
from tcsync.domain import Tag
from tcsync.repository import writing
from tcsync.repository.models import Branch, Category, Resource
from tcsync.repository.models import Tag as TagRow
from tests.api.osmc.conftest import Caller, account
from tests.api.osmc.project import MODEL, PACKAGE, SIDE, TRUNK, VALVE, pump, ref, uid
from tests.repository.arriving import stored

TITLE = "dcterms:title"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ELEMENT = {"@type": "uml:Class", "kerml:esiData": {"owningPackage": ref(PACKAGE)}}
WRITES = [
    ("POST", "elements", ELEMENT),
    ("POST", f"elements/{MODEL}", ELEMENT),
    ("POST", f"branches/{SIDE}/elements", ELEMENT),
    ("PATCH", f"elements/{VALVE}", ELEMENT),
    ("PUT", f"branches/{TRUNK}/elements/{VALVE}", ELEMENT),
    ("PATCH", "elements", {VALVE: ELEMENT}),
    ("PUT", "elements", {VALVE: ELEMENT}),
    ("DELETE", f"elements/{VALVE}", None),
    ("DELETE", "elements", [VALVE]),
    ("POST", "branches", {TITLE: "new"}),
    ("PATCH", f"branches/{SIDE}", {TITLE: "new"}),
    ("DELETE", f"branches/{SIDE}", None),
    ("POST", "tags", {TITLE: "v2", "commitID": 1}),
    ("PATCH", "tags/t", {TITLE: "v2"}),
    ("DELETE", "tags/t", None),
    ("PATCH", "", {TITLE: "Other.MASTER"}),
    ("DELETE", "", None),
]


def at(resource: Resource, path: str) -> str:
    return f"resources/{resource.id}/{path}".rstrip("/")


def digest() -> str:
    """Return the digest of what is stored and of every row, but for those of signing in."""
    state = hashlib.sha256(f"{stored()}".encode())
    for model in apps.get_models():
        if model.__name__ not in ("ClientSession", "User"):
            rows = sorted(map(repr, model.objects.values()))
            state.update(repr((model.__name__, rows)).encode())
    return state.hexdigest()


@pytest.fixture
def copy(world) -> Resource:
    row = pump(uid(103), world.pumps.id, name="Copy", copies=True)
    TagRow.objects.create(resource=row, uid="t", name="v1", number=1)
    return row


@pytest.mark.parametrize(("method", "path", "said"), WRITES)
def test_a_copy_refuses_and_stays_as_it_is(writer, copy, method, path, said):
    writer.read("resources")  # signs in
    before = digest()
    answer = writer.ask(method, at(copy, path), said)
    assert (answer.status_code, answer.json()["code"]) == (403, "read_only")
    assert "read-only copy" in answer.json()["message"]
    assert digest() == before


def test_a_released_copy_can_be_written(writer, copy):
    Resource.objects.filter(id=copy.id).update(read_only=False)
    assert writer.ask("POST", at(copy, "elements"), ELEMENT).status_code == 201


@pytest.mark.parametrize(("method", "path", "said"), WRITES)
def test_who_may_only_read_is_told_so(reader, world, method, path, said):
    writing.put_tag(SYSTEM, world.pump.id, Tag("t", "v1", 1))
    answer = reader.ask(method, at(world.pump, path), said)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert "Contributor" in answer.json()["next_step"]


@pytest.mark.parametrize(("method", "path", "said"), WRITES)
def test_writing_to_what_one_may_not_see(writer, world, method, path, said):
    hidden, absent = (
        writer.ask(method, at(Resource(id=id_), path), said) for id_ in (world.hidden.id, uid(999))
    )
    assert (hidden.status_code, hidden.content) == (404, absent.content)


def test_a_category_is_made_renamed_moved_and_deleted(writer, world):
    said = [{}, {"@type": ["kerml:Workspace"], TITLE: "New", "kerml:parentID": world.space.id}]
    answer = writer.ask("POST", "workspaces", said)
    new = answer.json()[1]["ID"]
    assert (answer.status_code, Category.objects.get(id=new).parent) == (201, world.space)
    writer.ask("PATCH", f"workspaces/{new}", {TITLE: "Old", "kerml:parentID": world.pumps.id})
    row = Category.objects.get(id=new)
    assert (row.name, row.parent) == ("Old", world.pumps)
    assert writer.ask("DELETE", f"workspaces/{new}").status_code == 204
    assert not Category.objects.filter(id=new).exists()


@pytest.mark.parametrize(
    ("method", "said", "status"),
    [
        ("DELETE", None, 409),
        ("PATCH", {"kerml:parentID": "inside"}, 409),
        ("PATCH", {"kerml:parentID": ""}, 403),
        ("PATCH", {TITLE: " "}, 400),
    ],
)
def test_what_cannot_be_done_to_a_category(writer, world, method, said, status):
    Category.objects.create(id="inside", name="Inside", parent=world.pumps)
    answer = writer.ask(method, f"workspaces/{world.pumps.id}", said)
    assert answer.status_code == status
    assert answer.json()["message"]


def test_a_copied_category_stays_as_it_is(writer, world):
    Category.objects.filter(id=world.pumps.id).update(origin_owner=1, origin_id="x")
    answer = writer.ask("PATCH", f"workspaces/{world.pumps.id}", {TITLE: "New"})
    assert (answer.status_code, answer.json()["code"]) == (403, "read_only")


def test_a_category_at_the_top_is_for_who_may_write_everywhere(writer, world):
    assert writer.ask("POST", "workspaces", {TITLE: "Top"}).status_code == 403
    account("anna", Role.ADMINISTRATOR)
    assert Caller("anna").ask("POST", "workspaces", {TITLE: "Top"}).status_code == 201


def test_a_resource_is_made_and_written_to(writer, world):
    said = {"@type": "kerml:Resource", TITLE: "New.MASTER", "dcterms:description": "Fresh"}
    answer = writer.ask("POST", f"workspaces/{world.pumps.id}/resources", said)
    new = answer.json()
    assert (answer.status_code, new["metadata"]["name"]) == (201, "New")
    assert writer.read(f"resources/{new['ID']}/branches/{new['trunkID']}")[0]["ldp:contains"] == [1]
    made = writer.ask("POST", f"resources/{new['ID']}/elements", {"@type": "uml:Model"})
    root = made.json()[1]["kerml:esiID"]
    assert writer.read(f"resources/{new['ID']}/revisions/2")[0]["rootObjectIDs"] == [root]


def test_a_resource_moves_and_is_renamed(writer, world):
    said = {"categoryID": world.space.id, TITLE: "Press.MASTER"}
    answer = writer.ask("PATCH", world.path, said).json()
    assert (answer["categoryID"], answer["metadata"]["name"]) == (world.space.id, "Press")
    row = Resource.objects.get(id=world.pump.id)
    assert (row.category, row.name) == (world.space, "Press")


def test_a_resource_moves_only_to_where_one_may_write(writer, world):
    said = {"categoryID": world.hidden.category_id}
    assert writer.ask("PATCH", world.path, said).status_code == 404
    assert writer.ask("PATCH", world.path, {"metadata": {"a": "b"}}).status_code == 422
    assert Resource.objects.get(id=world.pump.id).category == world.pumps


def test_a_resource_is_marked_as_deleted(writer, world):
    assert writer.ask("DELETE", world.path).status_code == 204
    row = Resource.objects.get(id=world.pump.id)
    assert (row.removed_at is None, row.revision_count) == (False, 4)
    assert writer.ask("POST", f"{world.path}/elements", ELEMENT).status_code == 404


def test_a_branch_begins_with_a_revision(writer, world):
    said = [{}, {TITLE: "test", "startRevision": 2}]
    answer = writer.ask("POST", f"{world.path}/branches", said)
    container, branch = answer.json()
    assert (answer.status_code, container["ldp:contains"]) == (201, [5, 2, 1])
    assert (branch["startRevision"], branch["latestRevision"]) == (2, 5)
    assert branch["dcterms:description"] == 'Branch "test" created'
    assert branch["author"] == "cleo"
    diff = writer.read(f"{world.path}/revisiondiff", source=2, target=5)
    assert diff["empty"] is True


def test_a_branch_keeps_what_the_resource_is(writer, world):
    before = Resource.objects.values("name", "category", "trunk", "origin", "hops").get(
        id=world.pump.id
    )
    writer.ask("POST", f"{world.path}/branches", {TITLE: "test"})
    after = Resource.objects.values(*before).get(id=world.pump.id)
    assert after == before
    assert Branch.objects.get(resource=world.pump, name="test").start == 4


@pytest.mark.parametrize(
    ("method", "path", "said", "status"),
    [
        ("POST", "branches", {TITLE: "side"}, 409),
        ("POST", "branches", {TITLE: "x", "startRevision": 99}, 404),
        ("POST", "branches", {TITLE: "x", "startRevision": "y"}, 400),
        ("PATCH", f"branches/{SIDE}", {TITLE: ""}, 422),
        ("PATCH", f"branches/{SIDE}", {TITLE: "trunk"}, 409),
        ("PATCH", "branches/none", {TITLE: "x"}, 404),
        ("DELETE", f"branches/{TRUNK}", None, 409),
        ("POST", "tags", {TITLE: "v", "commitID": 99}, 404),
        ("POST", "tags", {TITLE: "v"}, 404),
        ("PATCH", "tags/none", {TITLE: "v"}, 404),
    ],
)
def test_what_cannot_be_done_to_branches_and_tags(writer, world, method, path, said, status):
    answer = writer.ask(method, at(world.pump, path), said)
    assert answer.status_code == status, answer.content
    assert answer.json()["next_step"]


def test_a_branch_is_renamed_and_put_away(writer, world):
    renamed = writer.ask("PATCH", f"{world.path}/branches/{SIDE}", {TITLE: "Side"}).json()
    assert renamed[1][TITLE] == "Side"
    assert writer.ask("DELETE", f"{world.path}/branches/{SIDE}").status_code == 204
    listed = writer.read(f"{world.path}/branches")["ldp:contains"]
    assert listed == [{"@id": TRUNK}]
    assert writer.read(f"{world.path}/branches/{SIDE}")[1]["removed"] is True
    where = f"{world.path}/branches/{SIDE}/elements"
    assert writer.ask("POST", where, ELEMENT).status_code == 422


def test_a_tag_is_put_moved_and_taken_away(writer, world):
    said = {"@type": ["kerml:Tag"], TITLE: "v1", "dcterms:description": "one", "commitID": "2"}
    answer = writer.ask("POST", f"{world.path}/tags", said)
    tag = answer.json()
    assert (answer.status_code, tag["commitID"]) == (201, 2)
    where = f"{world.path}/tags/{tag['@id']}"
    moved = writer.ask("PATCH", where, {"commitID": 4}).json()
    assert (moved["commitID"], moved[TITLE], moved["dcterms:description"]) == (4, "v1", "one")
    assert writer.ask("DELETE", where).status_code == 204
    assert writer.read(f"{world.path}/tags")["ldp:contains"] == []


def test_a_synchronization_manager_changes_no_models(world):
    account("mara", Role.SYNCHRONIZATION_MANAGER)
    answer = Caller("mara").ask("POST", f"{world.path}/elements", ELEMENT)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("POST", "elements", ELEMENT),
        ("POST", "branches", {TITLE: "new"}),
        ("PATCH", f"branches/{SIDE}", {TITLE: "new"}),
        ("DELETE", f"branches/{SIDE}", None),
        ("POST", "tags", {TITLE: "v2", "commitID": 1}),
        ("DELETE", "tags/t", None),
    ],
)
def test_who_polls_sees_what_changed(writer, world, method, path, said):
    TagRow.objects.create(resource=world.pump, uid="t", name="v1", number=1)
    Resource.objects.update(modified=NOON)
    after = int(NOON.timestamp())
    assert writer.read("resources", modifiedDate=after) == []
    assert writer.ask(method, at(world.pump, path), said).status_code < 300
    assert writer.read("resources", modifiedDate=after) == [world.pump.id]
