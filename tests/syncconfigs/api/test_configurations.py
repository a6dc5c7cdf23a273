"""Configurations: made by selection or refused as a whole, planned, run, changed, deleted."""

import pytest

from syncconfigs.models import Claim, SyncConfig, SyncRun
from tcsync.domain import UNCATEGORIZED_ID
from tcsync.errors import Unreachable
from tcsync.repository.models import Category, Resource
from tests.syncconfigs.api.conftest import problem
from tests.syncconfigs.views.conftest import make_resource

MANUAL = {"type": "manual", "tags": [], "late_tags": True}


@pytest.fixture
def asked(server, space):
    """Return a body that follows category Space by hand."""
    return {
        "server": server.pk,
        "resources": [],
        "categories": [space],
        "target_category": UNCATEGORIZED_ID,
        "trigger": MANUAL,
        "schedule": None,
        "include_used_projects": False,
    }


def test_one_configuration_is_made_for_each_selection(administrator, asked):
    body = {**asked, "categories": [], "resources": ["rover", "probe"]}
    answer = administrator.post("configurations/", body)
    assert answer.status_code == 201
    assert [one["source_id"] for one in answer.json()] == ["rover", "probe"]
    assert [one["source_name"] for one in answer.json()] == ["Name rover", "Name probe"]
    assert SyncConfig.objects.count() == 2


def test_a_configuration_has_the_shape_of_the_contract(administrator, asked):
    said = administrator.post("configurations/", asked).json()[0]
    assert said["status"] == "not_synchronized"
    assert said["trigger"] == {"type": "manual", "tags": [], "late_tags": True}
    assert (said["schedule"], said["include_used_projects"]) == (None, False)
    assert said == administrator.get(f"configurations/{said['id']}/").json()


def test_it_is_synchronized_at_once_unless_by_hand(administrator, asked):
    body = {**asked, "trigger": {"type": "commit_tag", "tags": ["v*"]}}
    said = administrator.post("configurations/", body).json()[0]
    assert said["status"] == "in_queue"
    assert said["run"] == SyncRun.objects.get().pk


def test_what_is_followed_already_is_refused_with_all_its_refusals(administrator, asked):
    both = {**asked, "categories": [], "resources": ["rover", "probe"]}
    administrator.post("configurations/", both)
    body = problem(administrator.post("configurations/", both), 409, "refused")
    assert [one["id"] for one in body["refusals"]] == ["rover", "probe"]
    assert {one["code"] for one in body["refusals"]} == {"clash"}
    assert SyncConfig.objects.count() == 2


def test_nothing_is_made_when_one_of_them_is_refused(administrator, asked):
    make_resource("other", "Name rover", Resource.category.field.related_model.objects.get())
    body = {**asked, "categories": [], "resources": ["rover", "probe"]}
    found = problem(administrator.post("configurations/", body), 409, "refused")
    assert [(one["id"], one["code"]) for one in found["refusals"]] == [("rover", "name_taken")]
    assert SyncConfig.objects.count() == 0


def test_a_category_is_followed_although_one_of_its_resources_is_refused(administrator, asked):
    make_resource("other", "Name rover", Resource.category.field.related_model.objects.get())
    assert administrator.post("configurations/", asked).status_code == 201


def test_a_preview_shows_the_plan_and_writes_nothing(administrator, asked):
    said = administrator.post("configurations/preview/", asked).json()
    assert said["would_create"] is True
    assert said["previews"][0]["plan"]["totals"]["resources"] == 2
    assert SyncConfig.objects.count() == 0


def test_a_preview_tells_what_would_be_refused(administrator, asked):
    administrator.post("configurations/", asked)
    said = administrator.post("configurations/preview/", asked).json()
    assert said["would_create"] is False
    assert said["previews"][0]["error"]["code"] == said["refusals"][0]["code"] == "clash"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"server": 999}, "server"),
        ({"server": "1"}, "server"),
        ({"server": True}, "server"),
        ({"server": 10**30}, "server"),
        ({"server": None}, "server"),
        ({"categories": []}, "resources"),
        ({"categories": "x"}, "categories"),
        ({"categories": ["nothing"]}, "categories.0"),
        ({"resources": ["rover", "forged"]}, "resources.1"),
        ({"resources": ["rover", "rover"]}, "resources"),
        ({"resources": ["x"] * 2000}, "resources"),
        ({"resources": [1]}, "resources.0"),
        ({"target_category": "nothing"}, "target_category"),
        ({"target_category": 7}, "target_category"),
        ({"trigger": "manual"}, "trigger"),
        ({"trigger": {"type": "hourly"}}, "trigger.type"),
        ({"trigger": {"type": "commit_tag"}}, "trigger.tags"),
        ({"trigger": {"type": "commit_tag", "tags": [""]}}, "trigger.tags.0"),
        ({"trigger": {"type": "manual", "tags": ["v1"]}}, "trigger.tags"),
        ({"allow_equal_names": "yes"}, "allow_equal_names"),
        ({"flatten": 1}, "flatten"),
    ],
)
def test_bad_input_is_told_at_its_field(administrator, asked, change, field):
    for path in ("configurations/", "configurations/preview/"):
        body = problem(administrator.post(path, {**asked, **change}), 400, "invalid")
        assert list(body["errors"]) == [field]


def test_a_schedule_is_kept_and_shown_with_its_next_dates(administrator, asked):
    schedule = {"cron": "30 2 * * *", "time_zone": "Europe/Berlin", "blackouts": ["mon 1:00-2:00"]}
    body = {**asked, "trigger": {"type": "every_commit"}, "schedule": schedule}
    said = administrator.post("configurations/", body).json()[0]["schedule"]
    assert said["blackouts"] == ["mon 01:00-02:00"]
    assert (said["cron"], said["every_minutes"], len(said["next"])) == ("30 2 * * *", None, 3)
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize(
    ("schedule", "field"),
    [
        ({"cron": "x"}, "schedule.cron"),
        ({"every_minutes": 0}, "schedule.every_minutes"),
        ({"every_minutes": 5, "cron": "* * * * *"}, "schedule.cron"),
        ({"time_zone": "Mars/Olympus"}, "schedule.time_zone"),
        ({"blackouts": ["never"]}, "schedule.blackouts"),
        ({"hourly": True}, "schedule.hourly"),
    ],
)
def test_a_bad_schedule_is_told_at_its_field(administrator, asked, schedule, field):
    body = {**asked, "trigger": {"type": "every_commit"}, "schedule": schedule}
    answer = administrator.post("configurations/", body)
    assert list(problem(answer, 400, "invalid")["errors"]) == [field]


def test_a_schedule_without_its_trigger_is_refused(administrator, asked):
    body = {**asked, "trigger": {"type": "manual"}, "schedule": {"every_minutes": 5}}
    answer = administrator.post("configurations/", body)
    assert list(problem(answer, 400, "invalid")["errors"]) == ["schedule.every_minutes"]


def test_a_schedule_stays_when_something_else_is_changed_and_goes_with_null(administrator, config):
    where = f"configurations/{config.pk}/"
    administrator.patch(where, {"schedule": {"every_minutes": 5}})
    said = administrator.patch(where, {"allow_equal_names": True}).json()
    assert said["schedule"]["every_minutes"] == 5
    assert administrator.patch(where, {"schedule": None}).json()["schedule"] is None


def test_late_ones_are_not_listed_as_synchronized(administrator, config):
    SyncConfig.objects.update(status="synchronized", checked_at=None)
    assert administrator.get("configurations/", status="synchronized").json()["count"] == 0
    assert administrator.get("configurations/", status="late").json()["count"] == 1


def test_fields_that_may_be_absent_have_their_defaults(administrator, server):
    body = {"server": server.pk, "resources": ["rover"]}
    said = administrator.post("configurations/", body).json()[0]
    assert said["trigger"] == {"type": "every_commit", "tags": [], "late_tags": True}
    assert said["target_category"] == UNCATEGORIZED_ID


def test_a_source_that_is_away_makes_nothing(administrator, asked, source):
    def fail(*_):
        raise Unreachable("It is away.")

    source.snapshot = fail
    problem(administrator.post("configurations/", asked), 504, "unreachable")
    assert SyncConfig.objects.count() == 0


def test_a_plan_is_shown_and_not_done(administrator, config):
    plan = administrator.get(f"configurations/{config.pk}/preview/").json()
    assert plan["totals"]["revisions"] == 5
    assert {step["resource"] for step in plan["resources"]} == {"rover", "probe"}
    assert Claim.objects.count() == 0


def test_synchronizing_twice_is_one_run(administrator, config):
    first = administrator.post(f"configurations/{config.pk}/sync/")
    second = administrator.post(f"configurations/{config.pk}/sync/")
    assert (first.status_code, first.json()) == (202, second.json())
    assert administrator.get(first["Location"]).json()["state"] == "queued"


def test_a_verification_is_a_run_too(administrator, config):
    run = administrator.post(f"configurations/{config.pk}/verify/").json()["run"]
    assert administrator.get(f"runs/{run}/").json()["kind"] == "verify"


def test_pausing_and_resuming(administrator, config):
    where = f"configurations/{config.pk}/"
    assert administrator.post(f"{where}pause/").json()["paused"] is True
    assert administrator.post(f"{where}resume/").json()["paused"] is False
    assert administrator.get(where).json()["run"] == SyncRun.objects.get().pk


def test_a_change_keeps_what_is_not_named(administrator, config):
    where = f"configurations/{config.pk}/"
    change = {"trigger": {"type": "commit_tag", "tags": ["v*"]}}
    trigger = {**change["trigger"], "late_tags": True}
    assert administrator.patch(where, change).json()["trigger"] == trigger
    said = administrator.patch(where, {"allow_equal_names": True}).json()
    assert (said["allow_equal_names"], said["trigger"]) == (True, trigger)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"paused": True}, "paused"),
        ({"trigger": {"type": "commit_tag"}}, "trigger.tags"),
        ({"allow_equal_names": None}, "allow_equal_names"),
    ],
)
def test_a_bad_change_is_told_at_its_field(administrator, config, change, field):
    body = problem(administrator.patch(f"configurations/{config.pk}/", change), 400, "invalid")
    assert list(body["errors"]) == [field]


def test_deleting_keeps_the_copies_unless_told_otherwise(administrator, world):
    where = f"configurations/{world.config.pk}/"
    copies = administrator.get(f"{where}copies/").json()["results"]
    assert [row["id"] for row in copies] == ["r1"]
    assert administrator.delete(where).status_code == 204
    assert Resource.objects.filter(id="r1").exists()


def test_deleting_takes_the_copies_along(administrator, world):
    where = f"configurations/{world.config.pk}/"
    assert administrator.ask("DELETE", f"{where}?copies=delete").status_code == 204
    assert not Resource.objects.filter(id="r1").exists()


def test_deleting_says_what_it_does_not_know(administrator, world):
    for copies in ("some", ""):
        where = f"configurations/{world.config.pk}/?copies={copies}"
        body = problem(administrator.ask("DELETE", where), 400, "invalid")
        assert list(body["errors"]) == ["copies"]


def test_what_is_under_way_is_not_deleted(administrator, config):
    administrator.post(f"configurations/{config.pk}/sync/")
    problem(administrator.delete(f"configurations/{config.pk}/"), 409, "clash")


def test_claims_name_what_may_be_seen(reviewer, world):
    Claim.objects.create(resource="h1", config=world.config)
    rows = reviewer.get(f"configurations/{world.config.pk}/claims/").json()["results"]
    assert [(row["resource"], row["name"]) for row in rows] == [("h1", None), ("r1", "Radio")]


def test_only_copies_that_one_may_read_are_listed(administrator, manager, world):
    copy = make_resource("moved", "Moved away", world.secret)
    Claim.objects.create(resource=copy.id, config=world.config)
    path = f"configurations/{world.config.pk}/copies/"
    assert copy.id in [one["id"] for one in administrator.get(path).json()["results"]]
    assert copy.id not in [one["id"] for one in manager.get(path).json()["results"]]


def test_only_configurations_that_one_may_see_are_counted_and_named(administrator, manager, world):
    Category.objects.filter(id="flight").update(origin_owner=world.hidden_config.pk)
    for who, count, owner in (
        (administrator, 2, world.hidden_config.pk),
        (manager, 1, None),
    ):
        assert who.get(f"servers/{world.server.pk}/").json()["configurations"] == count
        assert who.get("categories/flight/").json()["configuration"] == owner
