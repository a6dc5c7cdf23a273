"""The watcher and schedules: news wait for their date, and an outage is made up for once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syncconfigs import configurations, runs
from syncconfigs.configurations import Picked, Policy
from syncconfigs.models import SyncConfig, SyncRun
from syncconfigs.runs.lease import claim
from syncconfigs.schedules import Schedule
from syncconfigs.watcher import ServerWatch
from tcsync.domain import Changes
from tcsync.errors import Unreachable
from tests.syncconfigs.runs.working import OPERATOR, synchronize

pytestmark = pytest.mark.both_databases
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


class Clock:
    """A clock that tests put forward."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watch(config, source, monkeypatch, clock) -> ServerWatch:
    """A watch over a synchronized configuration that has a date each hour; the next is 13:00."""
    synchronize(config)
    SyncConfig.objects.update(every_minutes=60, next_at=NOON + timedelta(hours=1))
    source.feed = Changes(source.whole.epoch, 9, (), tree_changed=False, complete=True)
    monkeypatch.setattr(source, "changes", lambda _after: source.feed)
    watch = ServerWatch(config.server_id, now=clock)
    watch.turn()
    return watch


def rename(source, name: str) -> None:
    """Let Rover have another name at the source, and the feed say that it changed."""
    others = tuple(r for r in source.whole.resources if r.id != "rover")
    rover = next(r for r in source.whole.resources if r.id == "rover")
    source.whole = replace(source.whole, resources=(*others, replace(rover, name=name)))
    source.feed = replace(source.feed, resources=("rover",), cursor=source.feed.cursor + 1)


def asked() -> list[str]:
    return list(SyncRun.objects.exclude(trigger="test").values_list("trigger", flat=True))


def test_news_wait_for_the_next_date_and_show_as_behind(watch, source):
    rename(source, "Rover 2")
    watch.turn()
    assert asked() == []
    assert SyncConfig.objects.get().status == "partially_synchronized"


def test_at_its_date_what_waited_travels(watch, source, clock, config):
    rename(source, "Rover 2")
    watch.turn()
    clock.at += timedelta(hours=1)
    watch.turn()
    config.refresh_from_db()
    assert asked() == ["schedule"]
    assert config.next_at == NOON + timedelta(hours=2)


def test_at_a_date_without_news_there_is_no_run_but_a_comparison(watch, clock, config):
    SyncConfig.objects.update(checked_at=None)
    clock.at += timedelta(hours=1)
    watch.turn()
    config.refresh_from_db()
    assert asked() == []
    assert config.checked_at is not None
    assert config.next_at == NOON + timedelta(hours=2)


def test_after_an_outage_many_missed_dates_are_made_up_for_once(watch, source, clock, config):
    rename(source, "Rover 2")
    clock.at += timedelta(hours=30, minutes=5)
    watch.turn()
    watch.turn()
    config.refresh_from_db()
    assert asked() == ["schedule"]
    assert config.next_at == NOON + timedelta(hours=31)


def test_a_date_that_comes_while_the_server_is_silent_is_kept(watch, source, clock, monkeypatch):
    rename(source, "Rover 2")
    said = source.changes

    def silent(_after: int) -> Changes:
        raise Unreachable("cut")

    monkeypatch.setattr(source, "changes", silent)
    clock.at += timedelta(hours=1)
    watch.turn()
    assert asked() == []
    monkeypatch.setattr(source, "changes", said)
    clock.at += timedelta(minutes=10)
    watch.turn()
    assert asked() == ["schedule"]


def test_a_date_that_comes_during_a_run_is_looked_at_after_it(watch, source, clock, config):
    run = runs.request(config, OPERATOR, "test")
    claim(run.pk, "worker")
    rename(source, "Rover 2")
    clock.at += timedelta(hours=1)
    watch.turn()
    assert asked() == []
    SyncRun.objects.filter(pk=run.pk).update(state="succeeded")
    watch.turn()
    assert asked() == ["schedule"]


def test_the_watch_waits_no_longer_than_until_the_next_date(watch, clock):
    clock.at += timedelta(minutes=59, seconds=59, milliseconds=900)
    assert watch.turn() == pytest.approx(0.1)


def test_a_new_configuration_with_a_schedule_waits_for_its_first_date(carol, server, space):
    policy = Policy(schedule=Schedule(cron="0 2 * * *", time_zone="Europe/Berlin"))
    picked = [Picked("category", space, "Space")]
    (made,) = configurations.create(
        carol, server, picked, "4d6ce495-1273-452c-a548-36fcd922184e", policy
    )
    assert asked() == []
    assert made.next_at is not None
    assert f"{made.schedule.following(made.created)[0].at:%H:%M}" == "02:00"


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        (Policy("manual", schedule=Schedule(every_minutes=5)), "every_minutes"),
        (Policy("once", schedule=Schedule(cron="* * * * *")), "cron"),
        (Policy("manual", schedule=Schedule(blackouts=("daily 08:00-18:00",))), "blackouts"),
        (Policy("every_commit", schedule=Schedule(cron="x")), "cron"),
    ],
)
def test_a_schedule_that_its_trigger_cannot_follow_is_refused(config, policy, field):
    with pytest.raises(configurations.BadSchedule) as caught:
        configurations.change(OPERATOR, config, policy)
    assert caught.value.field == field


def test_resuming_waits_for_the_next_date_and_makes_up_for_none(config):
    SyncConfig.objects.update(every_minutes=60, next_at=NOON, paused=True)
    config.refresh_from_db()
    configurations.resume(OPERATOR, config)
    config.refresh_from_db()
    assert asked() == []
    assert config.next_at > datetime.now(UTC)


def test_with_its_schedule_taken_away_what_waits_travels_at_once(config):
    configurations.change(OPERATOR, config, Policy(schedule=Schedule(every_minutes=60)))
    assert asked() == []
    configurations.change(OPERATOR, config, Policy())
    config.refresh_from_db()
    assert asked() == ["changed"]
    assert config.next_at is None
