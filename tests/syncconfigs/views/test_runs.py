"""One run: its page, what can be done with it, what can be downloaded. See also test_live.py."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from syncconfigs.models import FullReport, RunLine, RunStep, StoredPlan, SyncConfig, SyncRun
from tcsync.sync.causes import cause_of
from tests.syncconfigs.views.conftest import make_run


@pytest.fixture
def active(world):
    started = timezone.now() - timedelta(seconds=10)
    return make_run(world.config, state="running", started_at=started, phase="transferring")


def page(client, run, **query):
    return client.get(f"/runs/{run.pk}/", query)


def make_step(run, position, **more):
    values = {"resource": f"x{position}", "name": f"Part {position}", **more}
    if values.get("reason"):
        values["cause"] = cause_of("c", values["reason"], values["name"])
    return RunStep.objects.create(run=run, position=position, **values)


def make_plan(run, count=1):
    resources = [
        {"resource": "r1", "name": f"Radio {n}", "marks": ["new", "revisions"], "revisions": 3}
        | {"first": 1, "last": 5, "raw_bytes": 900}
        for n in range(count)
    ]
    refusals = [
        {"resource": "h", "name": "H\nx", "code": "c", "reason": "Taken.", "next_step": "-"}
    ]
    document = {"totals": {"resources": count, "raw_bytes": 900}, "resources": resources}
    return StoredPlan.objects.create(run=run, document={**document, "refusals": refusals})


def test_steps_that_failed_or_were_refused_come_first_and_the_one_at_work_before_the_rest(
    reviewer, active
):
    SyncRun.objects.filter(pk=active.pk).update(resource_now="x5")
    for position, state in enumerate(["done", "pending", "refused", "failed", "done", "pending"]):
        make_step(active, position, state=state)
    context = page(reviewer, active).context
    words = [str(row.standing.word) for row in context["page"].object_list and rows_of(context)]
    assert words == ["failed", "refused", "working", "pending", "done", "done"]


def rows_of(context):
    return next(layer["rows"] for layer in context if "rows" in layer)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"step": "failed"}, 2),
        ({"step": "working"}, 1),
        ({"q": "part 1"}, 1),
        ({"q": "x2"}, 1),
        ({"step": "nonsense"}, 4),
        ({"cause": "' OR 1"}, 4),
        ({"page": "9" * 400}, 4),
    ],
)
def test_steps_can_be_narrowed_down_and_nonsense_narrows_nothing(reviewer, active, query, count):
    SyncRun.objects.filter(pk=active.pk).update(resource_now="x0")
    for position, state in enumerate(["pending", "done", "failed", "failed"]):
        make_step(active, position, state=state)
    answer = page(reviewer, active, **query)
    assert (answer.status_code, answer.context["page"].paginator.count) == (200, count)


def test_two_hundred_failures_of_one_cause_are_told_once(reviewer, active):
    for position in range(200):
        make_step(
            active, position, state="failed", reason=f"Part {position}: no space <b>left</b>."
        )
    make_step(active, 200, state="refused", reason="The name is taken.")
    answer = page(reviewer, active)
    assert [cause.count for cause in answer.context["causes"]] == [200, 1]
    assert "Show the steps of all 200" in answer.text
    assert "&lt;b&gt;left" in answer.text


def test_the_steps_of_a_cause_can_be_shown_alone(reviewer, active):
    for position in range(3):
        make_step(active, position, state="failed", reason=f"Part {position}: no space.")
    make_step(active, 3, state="failed", reason="Another reason.")
    cause = page(reviewer, active).context["causes"][0].example.cause
    assert page(reviewer, active, cause=cause).context["page"].paginator.count == 3


def test_steps_lead_to_resources_that_may_be_seen_only(reviewer, active):
    make_step(active, 1, resource="r1", name="Radio")
    make_step(active, 2, resource="h1", name="Hidden")
    text = page(reviewer, active).text
    assert "/repository/resources/r1/" in text
    assert "/repository/resources/h1/" not in text


def test_the_newest_lines_are_shown_in_their_order(reviewer, active):
    RunLine.objects.bulk_create(RunLine(run=active, text=f"line {n}") for n in range(250))
    context = page(reviewer, active).context
    assert [line.text for line in context["lines"]] == [f"line {n}" for n in range(50, 250)]
    assert context["lines_cut"]


def test_the_log_is_a_file_with_all_lines(reviewer, active):
    RunLine.objects.bulk_create(RunLine(run=active, text=f"line {n}") for n in range(1250))
    answer = reviewer.get(f"/runs/{active.pk}/log/")
    text = answer.getvalue().decode()
    assert answer.headers["Content-Disposition"] == f'attachment; filename="run-{active.pk}.log"'
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert text.count(" INFO    line ") == 1250


def test_the_plan_is_shown_in_part_and_can_be_downloaded_whole(reviewer, active):
    make_plan(active, 300)
    text = page(reviewer, active).text
    assert "Radio 98" in text
    assert "Radio 99" not in text
    lines = reviewer.get(f"/runs/{active.pk}/plan/").getvalue().decode().splitlines()
    assert (len(lines), lines[0]) == (301, r"! H\nx: Taken. -")
    assert lines[1] == "+ Radio 0: new, 3 revisions from 1 to 5"


def test_the_plan_as_json_is_what_was_stored(reviewer, active):
    stored = make_plan(active)
    answer = reviewer.get(f"/runs/{active.pk}/plan/", {"format": "json"})
    assert json.loads(answer.content) == stored.document


def test_a_run_without_a_plan_has_none_to_download(reviewer, active):
    assert reviewer.get(f"/runs/{active.pk}/plan/").status_code == 404


@pytest.mark.parametrize("part", ["", "progress/", "log/", "plan/"])
def test_what_one_may_not_see_does_not_exist(reviewer, world, part):
    make_plan(world.hidden_run)
    assert reviewer.get(f"/runs/{world.hidden_run.pk}/{part}").status_code == 404


def test_a_run_and_the_one_that_repeats_it_lead_to_each_other(manager, world):
    manager.post(f"/runs/{world.run.pk}/retry/")
    again = SyncRun.objects.get(retry_of=world.run)
    assert f"/runs/{again.pk}/" in page(manager, world.run).text
    assert f"/runs/{world.run.pk}/" in page(manager, again).text


def test_the_button_says_how_many_failed(manager, world):
    for position in range(3):
        make_step(world.run, position, state="failed")
    assert "Retry the failed (3)" in page(manager, world.run).text


def test_a_run_whose_worker_is_gone_can_be_cancelled_without_it(manager, active):
    past = timezone.now() - timedelta(seconds=5)
    SyncRun.objects.filter(pk=active.pk).update(cancel_requested=True, lease_until=past)
    assert "Cancel without its worker" in page(manager, active).text
    manager.post(f"/runs/{active.pk}/cancel/")
    assert SyncRun.objects.get(pk=active.pk).state == "cancelled"


def test_a_person_can_cancel_a_run(manager, active):
    answer = manager.post(f"/runs/{active.pk}/cancel/", follow=True)
    active.refresh_from_db()
    assert active.cancel_requested
    assert "cancelling" in answer.text
    assert 'id="cancel"' not in answer.text


def test_a_person_can_try_again(manager, world):
    answer = manager.post(f"/runs/{world.run.pk}/retry/")
    run = SyncRun.objects.get(state="queued")
    assert answer.url == f"/runs/{run.pk}/"
    assert (run.trigger, run.requested_by) == ("retry", "mara")


def test_a_run_whose_configuration_is_gone_cannot_be_repeated(administrator, world):
    SyncConfig.objects.filter(pk=world.config.pk).delete()
    answer = administrator.post(f"/runs/{world.run.pk}/retry/", follow=True)
    assert "What this run is of was deleted" in answer.text


def test_a_run_whose_configuration_is_gone_is_for_those_who_read_all(manager, world):
    SyncConfig.objects.filter(pk=world.config.pk).delete()
    assert manager.get(f"/runs/{world.run.pk}/").status_code == 404


def test_buttons_are_for_those_who_may_press_them(manager, reviewer, world):
    assert 'id="retry"' in manager.get(f"/runs/{world.run.pk}/").text
    assert 'id="retry"' not in reviewer.get(f"/runs/{world.run.pk}/").text


def test_the_signed_report_of_a_full_comparison_is_sent_as_it_was_signed(
    manager, reviewer, stranger, world
):
    SyncRun.objects.filter(pk=world.run.pk).update(kind="prove", state="succeeded")
    where = f"/runs/{world.run.pk}/report/"
    assert reviewer.get(where).status_code == 404
    FullReport.objects.create(run=world.run, is_equal=True, signed='{"report": {}}')
    assert where in manager.get(f"/runs/{world.run.pk}/").text
    assert reviewer.get(where).content == b'{"report": {}}'
    assert stranger.get(where).status_code == 404
