"""The next date of a configuration's schedule: kept on its row, so that a restart forgets none."""

from __future__ import annotations

from datetime import datetime

from syncconfigs.models import SyncConfig


def first(config: SyncConfig, now: datetime) -> datetime | None:
    """Return the first date after now, None without a schedule."""
    return config.schedule.next_after(now) if config.schedule.has_dates else None


def is_due(config: SyncConfig, now: datetime) -> bool:
    """Tell whether a date has come that nobody has reacted to yet."""
    return config.next_at is not None and config.next_at <= now


def advance(config: SyncConfig, now: datetime) -> None:
    """Wait for the first date after now: dates that were missed meanwhile count as one."""
    date = first(config, now)
    # One that somebody else has changed meanwhile stays as it is.
    rows = SyncConfig.objects.filter(pk=config.pk, next_at=config.next_at)
    if rows.update(next_at=date):
        config.next_at = date
