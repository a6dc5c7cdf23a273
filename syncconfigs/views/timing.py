"""Schedules as pages show them."""

from __future__ import annotations

from django.utils import timezone

from syncconfigs.schedules import Date, Schedule


def next_dates(schedule: Schedule) -> list[Date]:
    """Return the next three dates, none without a schedule."""
    return schedule.following(timezone.now()) if schedule.has_dates else []
