"""Runs: how far they are, their steps and log, stopping and repeating them."""

import time

import pytest

from syncconfigs.models import FullReport, RunLine, RunStep, StoredPlan, SyncRun
from tests.syncconfigs.api.conftest import problem

KEYS = {"state", "reason", "counts", "bytes", "steps", "verified", "started", "finished"}


def test_a_run_has_the_shape_of_the_contract(reviewer, world):
    said = reviewer.get(f"runs/{world.run.pk}/").json()
    assert set(said) >= KEYS
    assert said["configuration"] == world.config.pk
    assert said["counts"]["revisions_total"] == 0


def test_a_run_says_how_fast_it_goes_and_how_long_it_takes(reviewer, world):
    at, totals = time.time(), {"raw_total": 10_000, "raw_done": 4_000}
    samples = [[at - 10, 0, 0, 0, 0], [at, 1, 0, 500, 1000]]
    moving = {"state": "running", "phase": "transferring", "pace": samples, **totals}
    SyncRun.objects.filter(pk=world.run.pk).update(**moving)
    pace = reviewer.get(f"runs/{world.run.pk}/").json()["pace"]
    assert pace["bytes_per_second"] == pytest.approx(50, rel=0.1)
    assert pace["seconds_left"] == pytest.approx(60, rel=0.1)


def test_a_run_that_has_ended_has_no_pace(reviewer, world):
    nothing = {"bytes_per_second": None, "seconds_left": None}
    assert reviewer.get(f"runs/{world.run.pk}/").json()["pace"] == nothing


def test_the_steps_that_failed_come_first(reviewer, world):
    for position, state in enumerate(("done", "pending", "refused", "failed"), 1):
        RunStep.objects.create(run=world.run, position=position, state=state, resource=state)
    said = reviewer.get(f"runs/{world.run.pk}/").json()
    assert [step["state"] for step in said["steps"]] == ["failed", "refused", "pending", "done"]
    assert said["step_counts"] == {"done": 1, "pending": 1, "refused": 1, "failed": 1}
    assert reviewer.get(said["steps_url"]).json()["results"] == said["steps"]
    where = f"runs/{world.run.pk}/steps/"
    assert reviewer.get(where, state=["failed", "refused"]).json()["count"] == 2


def test_only_the_first_thousand_steps_come_with_the_run(reviewer, world):
    steps = [RunStep(run=world.run, position=n, resource=f"x{n}") for n in range(1001)]
    RunStep.objects.bulk_create(steps)
    said = reviewer.get(f"runs/{world.run.pk}/").json()
    assert len(said["steps"]) == 1000
    assert reviewer.get(said["steps_url"]).json()["count"] == 1001


def test_the_log_is_a_file_with_a_line_for_each_entry(reviewer, world):
    for text in ("first", "second\nand <more>"):
        RunLine.objects.create(run=world.run, text=text, level="error")
    answer = reviewer.get(f"runs/{world.run.pk}/log/")
    lines = answer.getvalue().decode().splitlines()
    assert lines[-2].endswith("ERROR   first")
    assert lines[-1].endswith("ERROR   second\\nand <more>")
    assert "attachment" in answer["Content-Disposition"]


def test_the_plan_of_a_run_is_what_it_stored(reviewer, world):
    StoredPlan.objects.create(run=world.run, document={"totals": {}})
    assert reviewer.get(f"runs/{world.run.pk}/plan/").json() == {"totals": {}}


def test_a_waiting_run_is_cancelled_at_once(manager, world):
    run = manager.post(f"configurations/{world.config.pk}/sync/").json()["run"]
    answer = manager.post(f"runs/{run}/cancel/")
    assert (answer.status_code, answer.json()["state"]) == (202, "cancelled")


def test_a_running_run_is_asked_to_stop(manager, world):
    SyncRun.objects.filter(pk=world.run.pk).update(state="running")
    said = manager.post(f"runs/{world.run.pk}/cancel/").json()
    assert (said["state"], said["cancel_requested"]) == ("running", True)


def test_a_run_is_repeated(manager, world):
    answer = manager.post(f"runs/{world.run.pk}/retry/")
    assert answer.status_code == 202
    assert answer.json()["run"] != world.run.pk
    assert answer["Location"].endswith(f"/api/v1/runs/{answer.json()['run']}/")


def test_a_run_without_its_configuration_is_not_repeated(administrator, world):
    administrator.delete(f"configurations/{world.config.pk}/")
    problem(administrator.post(f"runs/{world.run.pk}/retry/"), 409, "clash")


def test_a_full_comparison_is_asked_for_and_its_report_is_sent_as_it_was_signed(
    administrator, reviewer, world
):
    where = f"configurations/{world.config.pk}/verify/"
    pk = administrator.post(where, {"every_revision": True}).json()["run"]
    assert reviewer.get(f"runs/{pk}/").json()["kind"] == "prove"
    problem(reviewer.get(f"runs/{pk}/report/"), 404, "not_found")
    FullReport.objects.create(run_id=pk, is_equal=True, signed='{"report": {}}')
    assert reviewer.get(f"runs/{pk}/report/").content == b'{"report": {}}'
