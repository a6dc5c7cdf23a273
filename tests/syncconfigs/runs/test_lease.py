"""Leases: one worker has a run; who was overtaken writes nothing any more."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from syncconfigs import runs
from syncconfigs.models import RunAttempt, SyncConfig, SyncRun
from syncconfigs.runs.heart import Heart
from syncconfigs.runs.lease import claim
from tcsync.audit.models import AuditEntry
from tcsync.errors import LeaseLost
from tests.syncconfigs.runs.working import OPERATOR, at_once, expire

pytestmark = pytest.mark.both_databases


@pytest.fixture
def run(config) -> SyncRun:
    """A queued run."""
    return runs.request(config, OPERATOR, "test")


def test_of_ten_workers_that_claim_a_run_at_once_one_gets_it(run):
    leases = at_once(10, lambda: claim(run.pk, "worker"))
    assert len([lease for lease in leases if lease is not None]) == 1
    assert RunAttempt.objects.count() == 1


def test_claiming_is_recorded_and_shows_on_the_configuration(run):
    claim(run.pk, "worker")
    assert SyncConfig.objects.get().status == "synchronizing"
    assert AuditEntry.objects.filter(action="run.start", target_id=str(run.pk)).count() == 1


def test_a_lease_lasts_about_thirty_seconds(run):
    claim(run.pk, "worker")
    left = SyncRun.objects.get().lease_until - timezone.now()
    assert timedelta(seconds=28) < left < timedelta(seconds=31)


def test_a_run_that_waits_is_not_claimed_before_its_time(run):
    SyncRun.objects.update(not_before=timezone.now() + timedelta(seconds=60))
    assert claim(run.pk, "worker") is None
    SyncRun.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    assert claim(run.pk, "worker") is not None


def test_an_expired_lease_is_taken_over_with_a_higher_token(run):
    first = claim(run.pk, "one")
    expire(run)
    second = claim(run.pk, "two")
    assert second.token == first.token + 1
    assert RunAttempt.objects.get(token=first.token).outcome.startswith("interrupted")


def test_a_wrong_clock_of_a_worker_evicts_nobody(run):
    claim(run.pk, "one")
    with time_machine.travel(timezone.now() + timedelta(days=3650)):
        assert claim(run.pk, "two") is None


def test_the_overtaken_worker_writes_nothing(run):
    first = claim(run.pk, "one")
    expire(run)
    claim(run.pk, "two")

    def write() -> None:
        with transaction.atomic():
            SyncConfig.objects.update(source_name="written")
            first.guard()

    with pytest.raises(LeaseLost):
        write()
    assert SyncConfig.objects.get().source_name == "Space"


def test_the_guard_renews_the_lease(run):
    lease = claim(run.pk, "one")
    SyncRun.objects.update(lease_until=timezone.now() + timedelta(seconds=2))
    lease.guard()
    assert SyncRun.objects.get().lease_until > timezone.now() + timedelta(seconds=25)


def test_the_heart_sees_that_somebody_cancels(run):
    lease = claim(run.pk, "one")
    with Heart(lease) as heart:
        runs.cancel(run, OPERATOR)
        for _ in range(60):
            if heart.cancelled:
                break
            heart._stop.wait(0.05)
    assert heart.cancelled


def test_a_finished_run_is_not_claimed_again(run):
    SyncRun.objects.update(state="succeeded")
    assert claim(run.pk, "worker") is None
