"""Blackout windows: over midnight, joined, and when the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncconfigs.schedules import BadSchedule, Blackouts

BERLIN = ZoneInfo("Europe/Berlin")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def end(line: str, moment: datetime) -> datetime | None:
    return Blackouts([line], BERLIN).end(moment)


@pytest.mark.parametrize(
    ("hour", "ends"),
    [(21, None), (22, utc(2026, 1, 6, 5)), (28, utc(2026, 1, 6, 5)), (30, None)],
)
def test_a_window_over_midnight_belongs_to_the_day_it_begins_on(hour, ends):
    # Monday the 5th, by a clock one hour ahead of UTC.
    moment = utc(2026, 1, 5) + timedelta(hours=hour - 1)
    assert end("mon 22:00-06:00", moment) == ends


def test_sunday_night_reaches_into_monday():
    assert end("sun 22:00-06:00", utc(2026, 1, 5, 2)) == utc(2026, 1, 5, 5)


def test_windows_that_touch_are_one_blackout():
    joined = Blackouts(["daily 22:00-06:00", "mon-fri 06:00-08:00"], ZoneInfo("UTC"))
    assert joined.end(utc(2026, 1, 5, 23)) == utc(2026, 1, 6, 8)


def test_a_window_whose_end_the_clock_jumps_over_ends_with_the_jump():
    assert end("daily 01:00-02:30", utc(2026, 3, 29, 0, 15)) == utc(2026, 3, 29, 1)


def test_a_window_around_the_jump_is_an_hour_shorter():
    assert end("daily 22:00-06:00", utc(2026, 3, 28, 22)) == utc(2026, 3, 29, 4)


def test_a_gap_shorter_than_the_jump_is_not_passed_over():
    windows = Blackouts(["daily 00:00-03:30", "daily 04:00-08:00"], BERLIN)
    assert windows.end(utc(2026, 3, 29, 0, 30)) == utc(2026, 3, 29, 1, 30)


def test_a_window_around_the_hour_that_comes_twice_is_an_hour_longer():
    assert end("daily 22:00-06:00", utc(2026, 10, 24, 21)) == utc(2026, 10, 25, 5)


def test_the_hour_that_comes_twice_is_in_a_window_both_times():
    assert end("daily 02:00-02:30", utc(2026, 10, 25, 0, 10)) == utc(2026, 10, 25, 0, 30)
    assert end("daily 02:00-02:30", utc(2026, 10, 25, 1, 10)) == utc(2026, 10, 25, 1, 30)


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("Mon,Tue,wed 8:00 - 18:00", "mon-wed 08:00-18:00"),
        ("fri-mon 00:00-24:00", "mon,fri-sun 00:00-24:00"),
        ("mon-sun 22:00-06:00", "daily 22:00-06:00"),
    ],
)
def test_a_window_is_kept_in_one_form(line, kept):
    assert Blackouts([line], BERLIN).lines() == [kept]


@pytest.mark.parametrize(
    "line",
    ["", "mon", "mon 8-9", "mon 25:00-26:00", "mon 08:61-09:00", "mon 08:00-08:00", "mo 1:00-2:00"],
)
def test_what_is_no_window_is_refused(line):
    with pytest.raises(BadSchedule, match="is no blackout window"):
        Blackouts([line or "x"], BERLIN)


def test_a_week_without_a_free_minute_is_refused():
    with pytest.raises(BadSchedule, match="leave no minute"):
        Blackouts(["mon-fri 00:00-24:00", "sat,sun 00:00-24:00"], BERLIN)


@given(st.integers(0, 365 * 24 * 60))
def test_just_after_its_end_nothing_is_black_and_just_before_it_is(minutes):
    moment = utc(2026, 1, 1) + timedelta(minutes=minutes)
    windows = Blackouts(["daily 01:30-02:30", "sat 20:00-03:00"], BERLIN)
    found = windows.end(moment)
    if found is not None:
        assert windows.end(found) is None
        assert windows.end(found - timedelta(seconds=1)) == found
        assert moment < found
