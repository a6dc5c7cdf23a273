"""Runs whose worker is gone, and doorbells that nobody heard."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from syncconfigs import runs
from syncconfigs.models import Doorbell, RunAttempt, SyncConfig, SyncRun
from syncconfigs.runs.lease import claim
from tcsync.audit.models import AuditEntry
from tests.syncconfigs.runs.working import OPERATOR, expire

pytestmark = pytest.mark.both_databases


@pytest.fixture
def run(config) -> SyncRun:
    """A queued run whose message was taken out of the queue."""
    asked = runs.request(config, OPERATOR, "test")
    OrmQ.objects.all().delete()
    return asked


def die(run: SyncRun) -> None:
    """Let a worker claim the run and vanish."""
    assert claim(run.pk, "worker") is not None
    expire(run)
    runs.sweep()
    run.refresh_from_db()


def test_a_run_whose_worker_died_waits_again_and_is_rung_for(run):
    die(run)
    assert (run.state, run.code) == ("queued", "interrupted")
    assert SyncConfig.objects.get().status == "in_queue"
    assert OrmQ.objects.count() == 1
    assert AuditEntry.objects.filter(action="run.interrupted").count() == 1


def test_a_live_lease_is_left_alone(run):
    claim(run.pk, "worker")
    runs.sweep()
    assert SyncRun.objects.get().state == "running"


def test_a_run_that_kills_three_workers_is_given_up(run):
    for _ in range(3):
        die(run)
    assert (run.state, run.code) == ("failed", "worker_died")
    assert SyncConfig.objects.get().status == "error"
    assert not Doorbell.objects.exists()


def test_deaths_after_progress_do_not_count(run):
    die(run)
    RunAttempt.objects.update(revisions=7)
    die(run)
    die(run)
    assert run.state == "queued"


def test_failed_attempts_are_no_deaths(run):
    for _ in range(2):
        die(run)
    RunAttempt.objects.update(outcome="unreachable")
    die(run)
    assert run.state == "queued"


def test_a_run_that_was_to_stop_is_cancelled_when_its_worker_died(run):
    claim(run.pk, "worker")
    runs.cancel(run, OPERATOR)
    expire(run)
    runs.sweep()
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert run.finished_at is not None


def long_ago(seconds: float) -> None:
    Doorbell.objects.update(rung_at=timezone.now() - timedelta(seconds=seconds))


def test_a_lost_message_is_sent_again_after_ten_seconds(run):
    long_ago(5)
    assert runs.sweep() == 0
    long_ago(11)
    assert runs.sweep() == 1
    assert OrmQ.objects.count() == 1


def test_a_busy_queue_is_not_filled_with_more_messages(run):
    runs.ring(run.pk)
    long_ago(60)
    assert runs.sweep() == 0
    assert OrmQ.objects.count() == 1


def test_a_run_that_waits_for_its_time_is_rung_for_then_and_not_before(run):
    Doorbell.objects.update(rung_at=None)
    SyncRun.objects.update(not_before=timezone.now() + timedelta(seconds=60))
    assert runs.sweep() == 0
    SyncRun.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    assert runs.sweep() == 1
