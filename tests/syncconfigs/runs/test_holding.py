"""Blackout windows: nothing begins in them, whoever asks; what waits begins when they end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from syncconfigs import configurations, runs
from syncconfigs.configurations import Policy
from syncconfigs.models import Doorbell, SyncConfig, SyncRun
from syncconfigs.runs import holding
from syncconfigs.runs.lease import claim
from syncconfigs.schedules import Schedule
from tests.syncconfigs.runs.working import OPERATOR, synchronize

pytestmark = pytest.mark.both_databases


def window_now() -> list[str]:
    """Return a window that is open now, and for an hour more."""
    now = timezone.now()
    begin, end = now - timedelta(hours=1), now + timedelta(hours=1)
    return [f"daily {begin:%H:%M}-{end:%H:%M}"]


@pytest.fixture
def black(config) -> SyncConfig:
    """A configuration in a blackout."""
    SyncConfig.objects.update(blackouts=window_now())
    config.refresh_from_db()
    return config


def test_a_run_that_is_asked_for_waits_says_until_when_and_rings_for_nobody(black):
    run = runs.request(black, OPERATOR, "manual")
    black.refresh_from_db()
    assert run.not_before > timezone.now()
    assert "A blackout window is open until" in black.reason
    assert (black.status, Doorbell.objects.get().rung_at) == ("in_queue", None)


def test_a_verification_waits_too(black):
    assert configurations.verify(OPERATOR, black).code == "blackout"


def test_a_run_that_was_queued_before_the_window_does_not_begin_in_it(config):
    run = runs.request(config, OPERATOR, "manual")
    SyncConfig.objects.update(blackouts=window_now())
    assert claim(run.pk, "worker") is None
    run.refresh_from_db()
    assert (run.state, run.code) == ("queued", "blackout")


def test_when_the_window_has_ended_it_begins(black):
    run = runs.request(black, OPERATOR, "manual")
    SyncConfig.objects.update(blackouts=[])
    SyncRun.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    assert runs.sweep() == 1
    assert claim(run.pk, "worker") is not None


def test_a_run_that_has_begun_goes_on(config):
    run = runs.request(config, OPERATOR, "manual")
    SyncRun.objects.filter(pk=run.pk).update(started_at=timezone.now())
    SyncConfig.objects.update(blackouts=window_now())
    assert claim(run.pk, "worker") is not None


def test_taking_the_window_away_lets_what_waits_begin(black):
    run = runs.request(black, OPERATOR, "manual")
    configurations.change(OPERATOR, black, Policy())
    run.refresh_from_db()
    assert (run.not_before, run.code) == (None, "")
    assert Doorbell.objects.get().rung_at is not None


def test_another_window_lets_it_wait_for_the_new_end(black):
    run = runs.request(black, OPERATOR, "manual")
    longer = timezone.now() + timedelta(hours=3)
    begin = timezone.now() - timedelta(hours=1)
    windows = (f"daily {begin:%H:%M}-{longer:%H:%M}",)
    configurations.change(OPERATOR, black, Policy(schedule=Schedule(blackouts=windows)))
    run.refresh_from_db()
    assert run.not_before > timezone.now() + timedelta(hours=2)


def test_what_waits_can_be_cancelled(black):
    run = runs.request(black, OPERATOR, "manual")
    runs.cancel(run, OPERATOR)
    run.refresh_from_db()
    assert run.state == "cancelled"


def test_without_windows_nothing_waits(config):
    assert holding.free_from(config) is None
    assert synchronize(config).state == "succeeded"
