"""Dates of schedules: intervals, cron, and what daylight saving does to them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from syncconfigs.schedules import BadSchedule, Schedule

NIGHTLY = Schedule(cron="30 2 * * *", time_zone="Europe/Berlin")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def clocks(schedule: Schedule, since: datetime) -> list[str]:
    return [f"{date.at:%d %H:%M %z}" for date in schedule.following(since)]


def test_an_interval_gives_even_dates_however_late_somebody_looks():
    schedule = Schedule(every_minutes=30)
    assert schedule.next_after(utc(2026, 1, 1, 10, 0)) == utc(2026, 1, 1, 10, 30)
    assert schedule.next_after(utc(2026, 1, 1, 10, 29, 59)) == utc(2026, 1, 1, 10, 30)
    assert schedule.next_after(utc(2026, 1, 9, 23, 31)) == utc(2026, 1, 10)


def test_cron_follows_the_wall_clock_of_its_zone():
    assert clocks(NIGHTLY, utc(2026, 7, 1)) == [
        "01 02:30 +0200",
        "02 02:30 +0200",
        "03 02:30 +0200",
    ]


def test_a_date_that_the_clock_jumps_over_comes_right_after_the_jump():
    found = clocks(NIGHTLY, utc(2026, 3, 28, 12))
    assert found == ["29 03:00 +0200", "30 02:30 +0200", "31 02:30 +0200"]


def test_a_date_that_the_clock_passes_twice_comes_once():
    found = clocks(NIGHTLY, utc(2026, 10, 24, 12))
    assert found == ["25 02:30 +0200", "26 02:30 +0100", "27 02:30 +0100"]


def test_a_date_in_a_blackout_says_when_it_may_start():
    schedule = Schedule(cron="0 12 * * *", time_zone="UTC", blackouts=("mon-fri 08:00-18:00",))
    friday, saturday, _sunday = schedule.following(utc(2026, 1, 2))
    assert (friday.at, friday.starts) == (utc(2026, 1, 2, 12), utc(2026, 1, 2, 18))
    assert friday.is_held
    assert not saturday.is_held


def test_without_dates_there_is_no_next_one():
    assert Schedule(blackouts=("daily 08:00-18:00",)).next_after(utc(2026, 1, 1)) is None


@pytest.mark.parametrize(
    ("schedule", "field"),
    [
        (Schedule(every_minutes=0), "every_minutes"),
        (Schedule(every_minutes=600_000), "every_minutes"),
        (Schedule(every_minutes=5, cron="* * * * *"), "cron"),
        (Schedule(cron="@daily"), "cron"),
        (Schedule(cron="61 * * * *"), "cron"),
        (Schedule(cron="* * * * * *"), "cron"),
        (Schedule(cron="0 0 31 2 *"), "cron"),
        (Schedule(every_minutes=5, time_zone="../etc/passwd"), "time_zone"),
        (Schedule(every_minutes=5, time_zone=""), "time_zone"),
        (Schedule(blackouts=("sometimes",)), "blackouts"),
    ],
)
def test_what_cannot_be_followed_is_refused_at_its_field(schedule, field):
    with pytest.raises(BadSchedule) as caught:
        schedule.check()
    assert caught.value.field == field
