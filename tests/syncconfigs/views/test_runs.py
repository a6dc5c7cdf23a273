"""Pages of runs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from syncconfigs.models import RunLine, RunStep, SyncConfig, SyncRun
from syncconfigs.views.tables import RunRow
from tests.syncconfigs.views.conftest import make_run


@pytest.fixture
def active(world):
    started = timezone.now() - timedelta(seconds=10)
    return make_run(world.config, state="running", started_at=started, phase="transferring")


def progress(client, run):
    return client.get(f"/runs/{run.pk}/progress/")


def update(run, **values):
    SyncRun.objects.filter(pk=run.pk).update(**values)


def test_an_active_run_is_asked_for_again_and_a_finished_one_is_not(reviewer, world, active):
    assert 'hx-trigger="every 1s"' in reviewer.get(f"/runs/{active.pk}/").text
    assert "hx-trigger" not in reviewer.get(f"/runs/{world.run.pk}/").text


def test_the_refresh_is_a_part_of_the_page_and_ends_with_286(reviewer, active):
    answer = progress(reviewer, active)
    assert (answer.status_code, "<html" in answer.text) == (200, False)
    update(active, state="succeeded")
    answer = progress(reviewer, active)
    assert answer.status_code == 286
    assert "succeeded" in answer.text


def test_before_the_counting_is_done_there_is_no_share(reviewer, active):
    update(active, resources_total=1240)
    text = progress(reviewer, active).text
    assert "Counting: 1,240 resources so far" in text
    assert '<progress class="mb-3" id="bar"></progress>' in text


def test_afterwards_the_share_is_shown_with_its_numbers(reviewer, active):
    update(active, revisions_total=4300, revisions_done=1240)
    text = progress(reviewer, active).text
    assert "1,240 of 4,300 revisions" in text
    assert 'max="4300" value="1240"' in text


def test_the_rate_is_elements_by_seconds(active):
    update(active, elements_done=50_000)
    active.refresh_from_db()
    assert RunRow.of(active).elements_per_second == pytest.approx(5000, rel=0.1)


def test_steps_that_failed_or_were_refused_come_first(reviewer, active):
    for position, state in enumerate(["done", "pending", "refused", "failed"]):
        RunStep.objects.create(
            run=active, position=position, name=state, state=state, reason=f"why {state}"
        )
    steps = progress(reviewer, active).context["page"]
    assert [step.state for step in steps] == ["failed", "refused", "pending", "done"]


def test_the_newest_lines_are_shown_in_their_order(reviewer, active):
    RunLine.objects.bulk_create(RunLine(run=active, text=f"line {n}") for n in range(250))
    context = progress(reviewer, active).context
    assert [line.text for line in context["lines"]] == [f"line {n}" for n in range(50, 250)]
    assert context["lines_cut"]


def test_a_person_can_cancel_a_run(manager, active):
    answer = manager.post(f"/runs/{active.pk}/cancel/", follow=True)
    active.refresh_from_db()
    assert active.cancel_requested
    assert "cancelling" in answer.text


def test_a_person_can_try_again(manager, world):
    answer = manager.post(f"/runs/{world.run.pk}/retry/")
    run = SyncRun.objects.get(state="queued")
    assert answer.url == f"/runs/{run.pk}/"
    assert (run.trigger, run.requested_by) == ("retry", "mara")


def test_a_run_whose_configuration_is_gone_cannot_be_repeated(administrator, world):
    SyncConfig.objects.filter(pk=world.config.pk).delete()
    answer = administrator.post(f"/runs/{world.run.pk}/retry/", follow=True)
    assert "The configuration of this run was deleted" in answer.text


def test_a_run_whose_configuration_is_gone_is_for_those_who_read_all(manager, world):
    SyncConfig.objects.filter(pk=world.config.pk).delete()
    assert manager.get(f"/runs/{world.run.pk}/").status_code == 404


def test_buttons_are_for_those_who_may_press_them(manager, reviewer, world):
    assert 'id="retry"' in manager.get(f"/runs/{world.run.pk}/").text
    assert 'id="retry"' not in reviewer.get(f"/runs/{world.run.pk}/").text


@pytest.mark.parametrize(("state", "count"), [("running", 1), ("failed", 1), ("nonsense", 2)])
def test_the_list_can_be_narrowed_to_a_state(reviewer, active, state, count):
    assert len(reviewer.get("/runs/", {"state": state}).context["rows"]) == count
