"""Used projects on pages: who uses what, raising a version, what is missing, what may be seen."""

import pytest
from django.test import Client

from syncconfigs.configurations import Policy, create
from syncconfigs.configurations.policy import Picked
from syncconfigs.models import SyncConfig
from tcsync.access.models import Role
from tcsync.repository.models import Resource, Revision
from tests.repository.histories import History
from tests.syncconfigs.conftest import OPERATOR
from tests.syncconfigs.runs.working import synchronize
from tests.syncconfigs.views.conftest import signed_in
from tests.syncconfigs.views.walking import Walk

pytestmark = pytest.mark.django_db(transaction=True)
PUMP = {"resource": "pump", "branch": "trunk", "version": "1"}
GHOST = {"resource": "ghost", "version": "7"}


def local(id_: str, category: str, *used: dict[str, object]) -> Resource:
    History(id_, category=category).commit(1, None, used_projects=used)
    return Resource.objects.get(id=id_)


@pytest.fixture
def pump(world) -> Resource:
    """A copy with revisions 1 and 4, in Avionics."""
    history = History("pump", category="avionics")
    history.commit(1, None)
    history.commit(4, 1)
    Resource.objects.filter(id="pump").update(read_only=True)
    return Resource.objects.get(id="pump")


@pytest.fixture
def station(pump) -> Resource:
    return local("station", "flight", PUMP, GHOST)


@pytest.fixture
def contributor(world) -> Client:
    return signed_in("cleo", Role.CONTRIBUTOR, "flight")


def page(client: Client, id_: str) -> str:
    return client.get(f"/repository/resources/{id_}/").text


def test_a_page_says_what_is_used_at_which_version_and_that_newer_ones_are_here(station, reviewer):
    text = page(reviewer, "station")
    assert "/repository/revisions/1/of/pump/" in text
    assert "newer ones are here, up to revision 4" in text
    assert "<strong>not here</strong>" in text
    assert "Raise the version" not in text


def test_a_copys_page_says_who_uses_it(station, reviewer):
    text = page(reviewer, "pump")
    assert "/repository/resources/station/" in text
    assert "newer ones are here" in text


def test_users_that_may_not_be_seen_are_not_told(pump, reviewer):
    local("hush", "secret", PUMP)
    text = page(reviewer, "pump")
    assert "hush" not in text
    assert "Used by" not in text


def test_what_is_used_and_may_not_be_seen_counts_as_not_here(world, reviewer):
    local("open", "flight", {"resource": "h1", "version": "1"})
    text = page(reviewer, "open")
    assert "Hidden" not in text
    assert "<strong>not here</strong>" in text


def raise_it(client: Client, version: object = "", key: str = "resource:pump"):
    said = {"key": key, "version": version}
    return client.post("/repository/raise/station/", said, follow=True)


def test_raising_makes_one_revision_with_the_newest_version(station, contributor):
    assert 'value="4"' in page(contributor, "station")
    assert "Revision 2 uses the newer version." in raise_it(contributor).text
    made = Revision.objects.get(resource="station", number=2)
    assert made.used_projects == [{**PUMP, "version": "4"}, GHOST]
    assert made.author == "cleo"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ({"version": 3}, "has no revision 3 here"),
        ({"version": 1}, "uses revision 1 of Name pump already"),
        ({"version": "x"}, "Enter the number of a revision"),
        ({"key": "resource:ghost"}, "is not here"),
        ({"key": "resource:other"}, "uses no such project"),
    ],
)
def test_what_cannot_be_raised_says_why_and_changes_nothing(station, contributor, said, answer):
    assert answer in raise_it(contributor, **said).text
    assert Revision.objects.filter(resource="station").count() == 1


def test_a_copy_cannot_be_raised_and_the_sentence_says_where_it_can(station, contributor):
    Resource.objects.update(read_only=True)
    assert "Raise the version at the source" in raise_it(contributor).text
    assert Revision.objects.filter(resource="station").count() == 1


def test_raising_takes_the_right_to_edit_and_to_see(station, reviewer, world):
    assert raise_it(reviewer).status_code == 403
    assert raise_it(signed_in("nell", Role.CONTRIBUTOR, "secret")).status_code == 404
    assert Revision.objects.filter(resource="station").count() == 1


def test_a_revision_shows_what_it_uses(station, reviewer):
    text = reviewer.get("/repository/revisions/1/of/station/").text
    assert "Used projects" in text
    assert "Name pump" in text


def test_very_many_used_projects_come_in_pages(world, reviewer):
    many = [{"resource": f"x{n}", "version": "1"} for n in range(60)]
    local("wide", "flight", *many)
    assert page(reviewer, "wide").count("<strong>not here</strong>") == 50
    second = reviewer.get("/repository/resources/wide/", {"uses": 2}).text
    assert second.count("<strong>not here</strong>") == 10


def test_deleting_copies_names_local_users_and_counts_the_hidden_ones(world, manager):
    used = {"resource": "r1", "version": "1"}
    local("station", "flight", used)
    local("hush", "secret", used)
    text = manager.get(f"/configurations/{world.config.pk}/delete/").text
    assert "Name station" in text
    assert "1 project that you may not see" in text
    assert "hush" not in text


@pytest.fixture
def rover(server, source, world) -> SyncConfig:
    """Rover, which uses Probe and a ghost, synchronized into Flight."""
    source.use("rover", "probe", "ghost")
    picked = [Picked("resource", "rover", "Name rover")]
    (config,) = create(OPERATOR, server, picked, "flight", Policy(trigger="manual"))
    synchronize(config)
    return config


def test_a_configuration_tells_what_is_missing_here_and_is_no_error(rover, reviewer, manager):
    text = reviewer.get(f"/configurations/{rover.pk}/").text
    assert "2 projects that are used are not here" in text
    assert "could come along" not in text
    assert "could come along" in manager.get(f"/configurations/{rover.pk}/").text
    assert rover.status == "synchronized"


def test_its_used_projects_are_shown_and_come_along_with_one_press(rover, manager):
    there = f"/configurations/{rover.pk}/used-projects/"
    text = manager.get(there).text
    assert "could come along" in text
    assert "missing" in text
    said = manager.post(there, follow=True).text
    assert "1 used project comes along." in said
    assert SyncConfig.objects.filter(source_id="probe", target_category="flight").exists()


def test_what_they_are_is_for_those_who_may_synchronize(rover, reviewer):
    there = f"/configurations/{rover.pk}/used-projects/"
    assert reviewer.get(there).status_code == 403
    assert reviewer.post(there).status_code == 403


@pytest.fixture
def walk(server, source, world, manager) -> Walk:
    source.use("rover", "probe", "ghost")
    return Walk.begin(manager, server.pk)


def test_the_review_shows_what_is_used_and_how_to_take_it_along(walk):
    text = walk.to_review(["resource:rover"]).at("review").text
    for words in ("Used projects", "Name probe", "could come along", "missing", "tick"):
        assert words in text


def test_with_the_switch_used_projects_are_previewed_and_made(walk, server):
    walk.to_review(["resource:rover"], include_used_projects="on")
    text = walk.at("review").text
    assert "comes along, because it is used" in text
    walk.create()
    made = SyncConfig.objects.filter(server=server, include_used_projects=True)
    assert set(made.values_list("source_id", flat=True)) == {"rover", "probe"}


def test_the_switch_can_be_changed_later(rover, manager):
    words = {"trigger": "manual", "tags": "", "include_used_projects": "on"}
    manager.post(f"/configurations/{rover.pk}/edit/", words)
    assert SyncConfig.objects.filter(source_id="probe").exists()
    manager.post(f"/configurations/{rover.pk}/edit/", {"trigger": "manual", "tags": ""})
    rover.refresh_from_db()
    assert not rover.include_used_projects
