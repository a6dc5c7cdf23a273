"""Used projects over the API: of a revision, a resource, what is picked; raising a version."""

import pytest

from syncconfigs.configurations import Picked, Policy, create
from syncconfigs.models import SyncConfig
from tcsync.domain import UNCATEGORIZED_ID
from tcsync.repository.models import Resource, Revision
from tests.repository.histories import History
from tests.syncconfigs.api.conftest import problem
from tests.syncconfigs.conftest import OPERATOR

pytestmark = pytest.mark.django_db(transaction=True)
PUMP = {"resource": "pump", "branch": "trunk", "version": "1"}


@pytest.fixture
def station(world) -> str:
    """Return a local resource in Flight that uses a copy in Avionics at revision 1 of 1 and 4."""
    pump = History("pump", category="avionics")
    pump.commit(1, None)
    pump.commit(4, 1)
    Resource.objects.filter(id="pump").update(read_only=True)
    History("station", category="flight").commit(1, None, used_projects=[PUMP])
    return "station"


def test_what_a_resource_uses_is_told_with_how_it_stands_here(station, reviewer):
    said = reviewer.get("resources/station/uses/").json()
    (one,) = said["results"]
    assert (said["revision"], one["name"], one["here"]) == (1, "Name pump", "pump")
    assert (one["version"], one["version_here"], one["newest"], one["newer"]) == (
        "1",
        True,
        4,
        True,
    )


def test_at_any_of_its_revisions(station, reviewer, contributor):
    contributor.post("resources/station/uses/raise/", {"resource": "pump"})
    versions = [
        reviewer.get("resources/station/uses/", revision=n).json()["results"][0]["version"]
        for n in (1, 2)
    ]
    assert versions == ["1", "4"]
    problem(reviewer.get("resources/station/uses/", revision=9), 404, "not_found")


def test_who_uses_a_copy_is_told_as_far_as_one_may_see(station, reviewer):
    History("hush", category="secret").commit(1, None, used_projects=[PUMP])
    said = reviewer.get("resources/pump/used-by/").json()
    assert [(one["resource"], one["version"], one["newer"]) for one in said["results"]] == [
        ("station", "1", True)
    ]


def test_raising_makes_a_revision_with_the_chosen_or_the_newest_version(station, contributor):
    answer = contributor.post("resources/station/uses/raise/", {"resource": "pump"})
    assert (answer.status_code, answer.json()) == (201, {"revision": 2})
    assert Revision.objects.get(resource="station", number=2).used_projects[0]["version"] == "4"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"resource": "pump", "version": 1}, 409, "clash"),
        ({"resource": "pump", "version": 3}, 404, "missing"),
        ({"resource": "ghost"}, 404, "missing"),
        ({"resource": "pump", "project": "P-pump"}, 400, "invalid"),
        ({}, 400, "invalid"),
        ({"resource": "pump", "version": "4"}, 400, "invalid"),
    ],
)
def test_what_cannot_be_raised_is_a_problem(station, contributor, body, status, code):
    problem(contributor.post("resources/station/uses/raise/", body), status, code)
    assert Revision.objects.filter(resource="station").count() == 1


def test_raising_takes_the_right_to_edit_and_is_refused_for_copies(station, reviewer, contributor):
    def answer(who, id_):
        return who.post(f"resources/{id_}/uses/raise/", {"resource": "pump"})

    problem(answer(reviewer, "station"), 403, "not_allowed")
    problem(answer(contributor, "pump"), 409, "read_only")
    problem(answer(contributor, "h1"), 404, "not_found")


def test_the_copies_that_would_go_say_which_local_resources_use_them(manager, world):
    for id_, category in (("station", "flight"), ("hush", "secret")):
        used = [{"resource": "r1", "version": "1"}]
        History(id_, category=category).commit(1, None, used_projects=used)
    (copy,) = manager.get(f"configurations/{world.config.pk}/copies/").json()["results"]
    assert (copy["id"], copy["used_by"]) == ("r1", ["station"])


@pytest.fixture
def asked(server, source):
    """Return a body that follows Rover, which uses Probe and a ghost."""
    source.use("rover", "probe", "ghost")
    trigger = {"type": "manual", "tags": []}
    return {"server": server.pk, "resources": ["rover"], "trigger": trigger}


def test_the_preview_lists_the_closure(administrator, asked):
    said = administrator.post("configurations/preview/", asked).json()
    marks = {one["name"]: one["mark"] for one in said["used"]["projects"]}
    assert marks == {"Name probe": "can_come", "ghost": "missing"}
    assert said["used"]["projects"][1]["used_by"] == ["Name rover"]
    assert len(said["previews"]) == 1


def test_the_preview_plans_what_comes_along(administrator, asked):
    body = {**asked, "include_used_projects": True}
    said = administrator.post("configurations/preview/", body).json()
    assert [one["id"] for one in said["previews"]] == ["rover", "probe"]
    assert not SyncConfig.objects.exists()


def test_used_projects_that_can_come_along_get_configurations(administrator, asked):
    made = administrator.post("configurations/", {**asked, "include_used_projects": True}).json()
    assert [(one["source_id"], one["include_used_projects"]) for one in made] == [
        ("rover", True),
        ("probe", True),
    ]


def test_without_it_or_with_null_none_comes_along(administrator, asked):
    (made,) = administrator.post("configurations/", {**asked, "include_used_projects": None}).json()
    assert made["include_used_projects"] is False


@pytest.fixture
def rover(asked, server) -> SyncConfig:
    picked = [Picked("resource", "rover", "Name rover")]
    (made,) = create(OPERATOR, server, picked, UNCATEGORIZED_ID, Policy(trigger="manual"))
    return made


def test_a_configuration_lists_its_used_projects_and_includes_them(administrator, rover):
    there = f"configurations/{rover.pk}/used-projects/"
    marks = {one["name"]: one["mark"] for one in administrator.get(there).json()["projects"]}
    assert marks == {"Name probe": "can_come", "ghost": "missing"}
    answer = administrator.post(there)
    assert (answer.status_code, [one["source_id"] for one in answer.json()]) == (201, ["probe"])
    marks = {one["name"]: one["mark"] for one in administrator.get(there).json()["projects"]}
    assert marks["Name probe"] == "followed"


def test_including_takes_the_right_to_synchronize_there(manager, rover, world):
    problem(manager.post(f"configurations/{rover.pk}/used-projects/"), 404, "not_found")
    assert SyncConfig.objects.filter(source_id="probe").count() == 0


def test_a_change_of_something_else_leaves_the_switch_as_it_was(administrator, rover):
    administrator.patch(f"configurations/{rover.pk}/", {"include_used_projects": True})
    said = administrator.patch(f"configurations/{rover.pk}/", {"allow_equal_names": True}).json()
    assert said["include_used_projects"] is True
