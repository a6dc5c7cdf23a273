"""Holding runs back: in a blackout window of its configuration no run begins.

One that has begun goes on to its end, over all its stretches and retries.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format

from syncconfigs.models import SyncConfig, SyncRun
from syncconfigs.schedules import zone_named

BLACKOUT = "blackout"
"""The code of a run that waits for the end of a window."""
NEXT_STEP = "It starts then by itself. To start at once, take the window out of the configuration."


def free_from(config: SyncConfig | None, now: datetime | None = None) -> datetime | None:
    """Return when the blackout that is now ends, None where there is none."""
    if config is None or not config.blackouts:
        return None
    return config.schedule.free_from(now or timezone.now())


def columns(config: SyncConfig, now: datetime | None = None) -> dict[str, object]:
    """Return the columns of a run that waits, none where it may begin."""
    end = free_from(config, now)
    if end is None:
        return {}
    said = sentence(config, end)
    return {"not_before": end, "code": BLACKOUT, "reason": said, "next_step": NEXT_STEP}


def sentence(config: SyncConfig, end: datetime) -> str:
    """Say until when it waits, by the clock of the configuration's time zone."""
    local = end.astimezone(zone_named(config.time_zone))
    until = f"{date_format(local, 'Y-m-d H:i')} {config.time_zone}"
    return f"A blackout window is open until {until}."


def is_held(run_id: int) -> bool:
    """Tell whether a run that has not begun must wait, and write down until when."""
    rows = SyncRun.objects.filter(pk=run_id, state=SyncRun.State.QUEUED, started_at=None)
    run = rows.select_related("config").defer("config__server").first()
    if run is None or run.config is None:
        return False
    held = columns(run.config)
    return bool(held) and bool(rows.update(**held))


def let_go(config: SyncConfig) -> int | None:
    """Let the run that waits be looked at again, after the windows were changed.

    Returns the number of the run that may begin now, None where there is none.
    """
    rows = SyncRun.objects.filter(config=config, state=SyncRun.State.QUEUED, code=BLACKOUT)
    run = rows.first()
    if run is None:
        return None
    held = columns(config)
    free = {"not_before": None, "code": "", "reason": "", "next_step": ""}
    rows.update(**(held or free))
    return None if held else run.pk
