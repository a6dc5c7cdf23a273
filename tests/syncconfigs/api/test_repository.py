"""Categories, resources and revisions: what they show, and what may be changed of local ones."""

from urllib.parse import quote

import pytest

from tcsync.repository.models import Category, Resource, Walk
from tests.syncconfigs.api.conftest import problem
from tests.syncconfigs.views.conftest import make_resource, make_revision


def test_categories_are_rows_of_their_tree(administrator, world):
    rows = administrator.get("categories/").json()["results"]
    assert [row["path"] for row in rows] == [
        ["Flight"],
        ["Flight", "Avionics"],
        ["Secret"],
        ["Uncategorized"],
    ]
    assert rows[1]["parent"] == "flight"
    assert [row["resources"] for row in rows] == [0, 1, 1, 0]


def test_the_tree_begins_where_somebody_may_look(administrator, world, reviewer):
    Category.objects.create(id="above", name="Above")
    Category.objects.filter(id="flight").update(parent="above")
    rows = reviewer.get("categories/").json()["results"]
    assert [row["path"] for row in rows] == [["Flight"], ["Flight", "Avionics"]]
    assert rows[0]["parent"] is None


def test_a_category_is_made_in_another(manager, world):
    answer = manager.post("categories/", {"name": "Radio", "parent": "avionics"})
    assert answer.status_code == 201
    assert answer.json()["path"] == ["Flight", "Avionics", "Radio"]
    assert manager.get(answer["Location"]).json() == answer.json()


def test_a_category_at_the_top_takes_the_right_to_it(manager, administrator, world):
    problem(manager.post("categories/", {"name": "Top"}), 403, "not_allowed")
    assert administrator.post("categories/", {"name": "Top", "parent": None}).status_code == 201


def test_a_category_twice_is_a_clash(manager, world):
    body = {"name": "Avionics", "parent": "flight"}
    problem(manager.post("categories/", body), 409, "clash")


@pytest.mark.parametrize("parent", ["secret", "nothing", "", " flight"])
def test_a_parent_that_one_may_not_see_is_told_at_its_field(manager, world, parent):
    body = problem(manager.post("categories/", {"name": "x", "parent": parent}), 400, "invalid")
    assert list(body["errors"]) == ["parent"]


def test_a_resource_has_the_shape_of_the_contract(reviewer, world):
    said = reviewer.get("resources/r1/").json()
    assert said["project_id"] == "P-r1"
    assert said["category"] == "avionics"
    assert said["configuration"] == world.config.pk
    assert said["verification"] == {"level": "none", "revision": None, "at": None, "walks": []}
    branch = {"id": "b1", "name": "trunk", "head": 1, "head_digest": ""}
    assert branch.items() <= said["branches"][0].items()
    assert {"name": "v1.0", "revision": 1}.items() <= said["tags"][0].items()
    assert said["hops"][0] == {"node": "n1", "name": "Site A"}


def test_a_resource_tells_the_last_walk_of_each_head(reviewer, world):
    row = Walk(resource_id="r1", branch="b1", number=1, account="ann", elements=7, artifacts=2)
    row.save()
    (walk,) = reviewer.get("resources/r1/").json()["verification"]["walks"]
    assert {"branch": "b1", "revision": 1, "account": "ann", "differing": 0}.items() <= walk.items()


def test_the_configuration_of_a_resource_is_hidden_where_it_may_not_be_seen(reviewer, world):
    world.config.target_category = world.secret
    world.config.save()
    assert reviewer.get("resources/r1/").json()["configuration"] is None


@pytest.mark.parametrize("id_", ["a/b", "a b", "ä\N{ROCKET}", "<b>", "..", "%2F", "a?b#c"])
def test_an_id_may_be_any_text(administrator, world, id_):
    make_resource(id_, "Odd", world.avionics)
    answer = administrator.get(f"resources/{quote(id_, safe='')}/")
    assert answer.json()["id"] == id_
    assert administrator.get(f"resources/{quote(id_, safe='')}/revisions/").status_code == 200


def test_a_local_resource_is_renamed_and_moved(contributor, world):
    Resource.objects.filter(id="r1").update(read_only=False)
    said = contributor.patch("resources/r1/", {"name": "New", "category": "flight"}).json()
    assert (said["name"], said["category"]) == ("New", "flight")


def test_a_copy_is_read_only(contributor, world):
    problem(contributor.patch("resources/r1/", {"name": "New"}), 409, "read_only")


def test_a_local_resource_is_changed_as_a_whole_or_not_at_all(contributor, world):
    Resource.objects.filter(id="r1").update(read_only=False)
    change = {"name": "New", "category": "secret"}
    body = problem(contributor.patch("resources/r1/", change), 400, "invalid")
    assert list(body["errors"]) == ["category"]
    assert Resource.objects.get(id="r1").name == "Radio"


def test_renaming_takes_the_right_to_edit(manager, world):
    Resource.objects.filter(id="r1").update(read_only=False)
    problem(manager.patch("resources/r1/", {"name": "New"}), 403, "not_allowed")


@pytest.mark.parametrize("change", [{"name": ""}, {"name": "x" * 1001}, {"name": 1}, {"id": "x"}])
def test_a_bad_change_is_told_at_its_field(contributor, world, change):
    body = problem(contributor.patch("resources/r1/", change), 400, "invalid")
    assert list(body["errors"]) == list(change)


def test_revisions_come_newest_first_with_their_names(reviewer, world):
    make_revision(world.resource, 7, parent=1, time=-1)
    rows = reviewer.get("resources/r1/revisions/").json()["results"]
    assert [row["number"] for row in rows] == [7, 1]
    assert rows[0]["time"] == "1969-12-31T23:59:59Z"
    assert (rows[1]["branch_name"], rows[1]["tags"]) == ("trunk", ["v1.0"])


def test_a_revision_says_what_was_made_from_it(reviewer, world):
    make_revision(world.resource, 7, parent=1)
    said = reviewer.get("resources/r1/revisions/1/").json()
    assert said["children"] == [7]
    assert said["digest"] == "ab" * 32


@pytest.mark.parametrize("number", ["0", "9" * 18, "9" * 40])
def test_a_revision_that_is_not_there_is_not_found(administrator, world, number):
    problem(administrator.get(f"resources/r1/revisions/{number}/"), 404, "not_found")


def test_a_time_that_no_calendar_has_is_null(reviewer, world):
    make_revision(world.resource, 7, time=2**60)
    said = reviewer.get("resources/r1/revisions/7/").json()
    assert (said["time"], said["epoch_seconds"]) == (None, 2**60)
