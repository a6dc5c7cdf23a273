"""The list of runs: narrowed down, newest first, several cancelled at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from syncconfigs.models import SyncConfig, SyncRun
from tests.syncconfigs.views.conftest import make_run


@pytest.fixture
def active(world):
    return make_run(world.config, state="running", requested_by="Olga", started_at=timezone.now())


def listed(client, **query):
    return [row.run for row in client.get("/runs/", query).context["rows"]]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"state": "running"}, 1),
        ({"state": "active"}, 1),
        ({"state": "failed"}, 1),
        ({"state": "nonsense"}, 2),
        ({"kind": "verify"}, 0),
        ({"kind": "sync"}, 2),
        ({"trigger": "manual"}, 2),
        ({"trigger": "feed"}, 0),
        ({"person": "olg"}, 1),
        ({"q": "SOURCE R1"}, 2),
        ({"q": "<b>"}, 0),
        ({"q": "x" * 5000}, 2),
        ({"found": "nothing"}, 0),
        ({"page": "-1"}, 2),
    ],
)
def test_it_can_be_narrowed_down_and_nonsense_narrows_nothing(reviewer, active, query, count):
    assert len(listed(reviewer, **query)) == count


def test_what_was_typed_wrong_is_told_at_its_field(reviewer, active):
    assert "at most 200 characters" in reviewer.get("/runs/", {"q": "x" * 201}).text


def test_runs_that_found_nothing_are_marked_and_can_be_left_out(reviewer, world):
    idle = make_run(world.config, state="succeeded", found_nothing=True)
    assert "nothing new" in reviewer.get("/runs/").text
    assert listed(reviewer, found="nothing") == [idle]
    assert listed(reviewer, found="something") == [world.run]


def test_the_newest_comes_first_with_what_it_took(reviewer, world):
    now = timezone.now()
    run = make_run(
        world.config,
        state="succeeded",
        started_at=now - timedelta(minutes=3, seconds=20),
        finished_at=now,
        bytes_done=2048,
    )
    answer = reviewer.get("/runs/")
    assert [row.run for row in answer.context["rows"]] == [run, world.run]
    assert "3 min 20 s" in answer.text
    assert "2.0\xa0kB" in answer.text


def test_a_run_outlives_its_configuration(administrator, world):
    SyncConfig.objects.filter(pk=world.config.pk).delete()
    assert world.run in listed(administrator)
    assert administrator.get(f"/runs/{world.run.pk}/").status_code == 200


def cancel(client, *runs):
    return client.post("/runs/cancel/", {"run": [run.pk for run in runs]}, follow=True)


def test_several_can_be_cancelled_at_once(manager, world, active):
    other = SyncConfig.objects.get(pk=world.config.pk)
    other.pk, other.source_id = None, "r2"
    other.save()
    waiting = make_run(other)
    answer = cancel(manager, active, waiting)
    assert "2 runs stop." in answer.text
    assert set(SyncRun.objects.filter(cancel_requested=True)) == {active, waiting}


def test_ended_ones_among_them_stay_as_they_are(manager, world, active):
    assert "1 run stops." in cancel(manager, active, world.run).text
    world.run.refresh_from_db()
    assert world.run.state == "failed"


def test_boxes_are_for_those_who_may_press_them(manager, reviewer, active):
    assert f'name="run" value="{active.pk}"' in manager.get("/runs/").text
    assert 'name="run"' not in reviewer.get("/runs/").text


def test_what_one_may_not_cancel_is_403_and_what_one_may_not_see_404(reviewer, manager, world):
    hidden = make_run(world.hidden_config)
    shown = make_run(world.config)
    assert cancel(reviewer, shown).status_code == 403
    assert cancel(manager, shown, hidden).status_code == 404
    assert not SyncRun.objects.filter(cancel_requested=True).exists()


@pytest.mark.parametrize("ids", [[], ["x"], ["1" * 40], ["-1"], ["\0"]])
def test_a_selection_that_is_none_is_told(manager, active, ids):
    answer = manager.post("/runs/cancel/", {"run": ids}, follow=True)
    assert "Select at least one run" in answer.text
