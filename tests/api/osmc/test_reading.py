"""What a client reads of the tree and the history, in both families of paths."""

import json
import time

import pytest

from tcsync.audit.recording import SYSTEM
from tcsync.domain import Tag
from tcsync.repository import writing
from tcsync.repository.models import Branch, Category, Resource, Revision
from tests.api.osmc.conftest import Caller, account
from tests.api.osmc.project import MODEL, NOON, PACKAGE, PROJECT, SIDE, SPARE, TRUNK, VALVE, uid

FAMILIES = ("resources", "workspaces/{w}/resources")
OF_RESOURCE = (
    *("", "/branches", f"/branches/{TRUNK}", "/revisions", "/revisions/1"),
    *("/revisiondiff?source=1&target=2", "/tags", "/artifacts", "/models", "/models/uml"),
    *(f"/branches/{SIDE}/revisions/1", f"/branches/{SIDE}/revisions/3/elements/{MODEL}"),
    *(f"/elements/{MODEL}", f"/branches/{SIDE}/elements/{MODEL}", f"/revisions/1/elements/{MODEL}"),
)


@pytest.mark.parametrize("end", OF_RESOURCE)
def test_both_families_of_paths_answer_the_same(reader, world, end):
    one, other = (
        reader.get(f"/osmc/{family.format(w=world.pumps.id)}/{world.pump.id}{end}")
        for family in FAMILIES
    )
    assert one.status_code == 200
    assert one.getvalue() == other.getvalue()


def test_a_resource_is_not_below_another_category(reader, world):
    where = f"/osmc/workspaces/{world.space.id}/resources/{world.pump.id}"
    assert reader.get(where).status_code == 404


def test_categories_are_listed_with_those_inside_others(reader, world):
    listed = reader.read("workspaces")["ldp:contains"]
    assert {one["@id"] for one in listed} == {world.space.id, world.pumps.id}
    (pumps,) = (
        shown
        for _container, shown in reader.read("workspaces", includeBody="True")["ldp:contains"]
        if shown["dcterms:title"] == "Pumps"
    )
    assert pumps["kerml:parentID"] == world.space.id


def test_a_client_climbs_no_higher_than_it_may_read(world):
    account("paul", "reviewer", world.pumps.id)
    _container, pumps = Caller("paul").read(f"workspaces/{world.pumps.id}/resources")
    assert pumps["kerml:parentID"] == ""


def test_a_category_leads_to_its_resources(reader, world):
    answer = reader.get(f"/osmc/workspaces/{world.pumps.id}", {"includeBody": "true"})
    assert answer.status_code == 301
    assert answer["Location"].endswith(f"/workspaces/{world.pumps.id}/resources?includeBody=true")
    _container, shown = json.loads(reader.get(answer["Location"]).content)
    assert [one["dcterms:title"] for one in shown["kerml:resources"]] == ["Pump.MASTER"]


def test_categories_are_read_by_their_ids(reader, world):
    answer = reader.ask("PUT", "workspaces", f"{world.pumps.id},nothing", content_type="text/plain")
    found = answer.json()
    assert found[world.pumps.id]["data"][1]["dcterms:title"] == "Pumps"
    assert found["nothing"] == {"data": [], "status": 404}


def test_resources_are_ids_or_whole(reader, world):
    assert reader.read("resources") == [world.pump.id]
    (whole,) = reader.read("resources", includeBody="true")
    assert (whole["ID"], whole["trunkID"]) == (world.pump.id, TRUNK)
    assert whole["metadata"] == {"name": "Pump", "PROJECT_ID": f"PROJECT-{world.pump.id}"}
    assert whole["@base"].split("/")[7] == world.pump.id


@pytest.mark.parametrize(
    ("name", "title"), [("Pump", "Pump.MASTER"), ("A.MASTER", "A.MASTER"), ("Doc.CC", "Doc.CC")]
)
def test_titles_have_the_suffix_that_clients_look_for(reader, world, name, title):
    Resource.objects.filter(id=world.pump.id).update(name=name)
    said = reader.read(world.path)
    assert said["dcterms:title"] == title
    assert said["metadata"]["name"] == title.partition(".")[0]


def test_removed_resources_are_shown_to_who_asks_for_them(reader, world):
    writing.remove_resource(SYSTEM, world.pump.id)
    assert reader.read("resources") == []
    assert reader.get(f"/osmc/{world.path}").status_code == 404
    asked = {"includeBody": "true", "includeRemovedResource": "true"}
    assert [one["removed"] for one in reader.read("resources", **asked)] == [True]


@pytest.mark.parametrize(("seconds", "count"), [(-100, 1), (100, 0)])
def test_resources_that_changed_after_a_moment(reader, world, seconds, count):
    after = int(Resource.objects.get(id=world.pump.id).modified.timestamp()) + seconds
    assert len(reader.read("resources", modifiedDate=after)) == count


def test_a_branch_lists_what_it_began_with(reader, world):
    container, shown = reader.read(f"{world.path}/branches/{SIDE}")
    assert container["ldp:contains"] == shown["kerml:revisions"] == [3, 1]
    assert (shown["startRevision"], shown["latestRevision"]) == (1, 3)
    assert (shown["author"], shown["createdDate"]) == ("Zoë", NOON + 2)


def test_a_branch_without_revisions_ends_where_it_began(reader, world):
    Branch.objects.create(resource=world.pump, uid="new", name="New", start=2)
    container, shown = reader.read(f"{world.path}/branches/new")
    assert (container["ldp:contains"], shown["latestRevision"]) == ([2, 1], 2)


def test_the_revisions_of_a_branch_are_at_the_branch(reader, world):
    answer = reader.get(f"/osmc/{world.path}/branches/{SIDE}/revisions")
    assert answer.status_code == 301
    assert answer["Location"].endswith(f"/osmc/{world.path}/branches/{SIDE}")


@pytest.mark.parametrize(("number", "status"), [(1, 200), (2, 404), (3, 200), (4, 404), (9, 404)])
def test_a_branch_holds_its_revisions_and_those_below(reader, world, number, status):
    where = f"/osmc/{world.path}/branches/{SIDE}/revisions/{number}"
    assert reader.get(where).status_code == status


def test_revisions_come_newest_first_and_in_pages(reader, world):
    assert reader.read(f"{world.path}/revisions") == [4, 3, 2, 1]
    assert reader.read(f"{world.path}/revisions", items=3, page=2) == [1]
    newest = reader.read(f"{world.path}/revisions", includeBody="true", page=1, items=1)
    assert [(one["ID"], one["directParent"]) for one in newest] == [(4, 2)]


@pytest.mark.parametrize(
    ("said", "numbers"), [("side", [3]), ("revision 2", [2]), ("ZOË", [4, 3, 2, 1]), ("v1", [2])]
)
def test_revisions_are_searched(reader, world, said, numbers):
    writing.put_tag(SYSTEM, world.pump.id, Tag("t", "v1", 2))
    if said == "ZOË":
        said = "Zo"  # SQLite folds the case of ASCII only
    assert reader.read(f"{world.path}/revisions", search=said) == numbers


def test_the_difference_of_two_revisions(reader, world):
    found = reader.read(f"{world.path}/revisiondiff", source=1, target=4)
    assert found == {"removed": [SPARE], "added": [], "changed": [PACKAGE, VALVE], "empty": False}
    across = reader.read(f"{world.path}/revisiondiff", source=4, target=3)
    assert across["added"] == [SPARE, uid(77)]
    assert reader.read(f"{world.path}/revisiondiff", source=2, target=2)["empty"] is True


@pytest.mark.parametrize(
    ("query", "status"),
    [("source=1", 400), ("source=1&target=x", 400), ("source=1&target=99", 404)],
)
def test_a_difference_needs_two_revisions(reader, world, query, status):
    answer = reader.get(f"/osmc/{world.path}/revisiondiff?{query}")
    assert answer.status_code == status
    assert answer.json()["message"]


def test_tags_are_listed_and_read_by_their_ids(reader, world):
    writing.put_tag(SYSTEM, world.pump.id, Tag("t", "v1.0", 2, "first"))
    assert reader.read(f"{world.path}/tags")["ldp:contains"] == [{"@id": "t"}]
    tag = reader.read(f"{world.path}/tags/t")
    assert (tag["dcterms:title"], tag["commitID"], tag["branchID"]) == ("v1.0", 2, TRUNK)
    found = reader.batch(f"{world.path}/tags", ["t", "u"])
    assert (found["t"]["data"], found["u"]["status"]) == (tag, 404)


def test_an_artifact_is_described_and_sent(reader, world):
    assert reader.read(f"{world.path}/revisions/1/artifacts")["ldp:contains"] == ["picture"]
    said = reader.read(f"{world.path}/artifacts/picture")
    assert (said["size"], said["metadata"]["name"]) == (1800, "picture.png")
    answer = reader.get(f"/osmc/{world.path}/artifacts/picture?download=true")
    assert answer.getvalue() == b"pixels" * 300
    assert "attachment" in answer["Content-Disposition"]


def test_the_model_begins_where_the_project_says(reader, world):
    (root,) = reader.read(f"{world.path}/models/uml")["models:roots"]
    assert root == {"@type": "models:PrimaryModel", "models:root": f"../../elements/{MODEL}"}
    (usage,) = reader.read(f"{world.path}/models/decomposition")["models:usages"]
    assert usage["models:project"]["models:uri"] == f"twcloud:/{world.pump.id}/{TRUNK}"
    assert usage["models:uses"][0]["models:requiredVersion"] == "19.0 v9"


def test_a_used_project_on_a_server_keeps_its_address_and_revision(reader, world):
    used = [{"resource": "r2", "branch": "b2", "version": "33"}]
    Revision.objects.filter(resource=world.pump, number=4).update(used_projects=used)
    (usage,) = reader.read(f"{world.path}/models/decomposition")["models:usages"]
    (use,) = usage["models:uses"]
    assert (use["models:uri"], use["models:requiredVersion"]) == ("twcloud:/r2/b2", "33")


def test_the_version_is_text(reader, settings):
    settings.TCSYNC_MAJOR_VERSION = "2024x"
    answer = reader.get("/osmc/version")
    assert (answer.content, answer["Content-Type"][:10]) == (b"2024x", "text/plain")


def test_root_elements_are_those_of_the_revision(reader, world):
    (revision,) = reader.read(f"{world.path}/revisions/2")
    assert revision["rootObjectIDs"][0] == PROJECT
    assert revision["ID"] == ""
    assert revision["branchID"] == f"../../../branches/{TRUNK}"


def test_a_category_that_is_asked_for_again_and_again_is_answered_once(reader, world):
    Category.objects.bulk_create(
        Category(name=f"{n}", parent_id=world.space.id) for n in range(300)
    )
    start = time.process_time()
    answer = reader.ask("PUT", "workspaces", [world.space.id] * 100_000)
    assert time.process_time() - start < 1
    pair = answer.json()[world.space.id]["data"]
    assert len(pair[1]["kerml:categories"]) == 301
