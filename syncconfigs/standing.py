"""The word and the colour for where a configuration or a run stands.

Red is kept for what needs a person, yellow for what is not as it should be; grey waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from syncconfigs.models import SyncConfig, SyncRun

LATE_AFTER_LOOKS = 3
"""So many full looks may be missed before "Synchronized" is no longer believed."""
_PERCENT = 100


class Tone(StrEnum):
    """Names of Bootstrap's colours."""

    GOOD = "success"
    BUSY = "primary"
    QUIET = "secondary"
    UNSURE = "warning"
    BAD = "danger"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a badge shows. The word says it all; the colour only helps the eye."""

    word: Any
    tone: Tone
    detail: Any = ""
    """What the word does not say: per cent done, revisions behind."""


_Status = SyncConfig.Status
_CONFIG_TONES = {
    _Status.IN_QUEUE: Tone.QUIET,
    _Status.SYNCHRONIZING: Tone.BUSY,
    _Status.NOT_SYNCHRONIZED: Tone.QUIET,
    _Status.SYNCHRONIZED: Tone.GOOD,
    _Status.PARTIALLY: Tone.UNSURE,
    _Status.NO_LONGER: Tone.UNSURE,
    _Status.MISSING: Tone.UNSURE,
    _Status.CONFLICT: Tone.BAD,
    _Status.ERROR: Tone.BAD,
    _Status.CLOSED: Tone.QUIET,
}
NEEDS_PERSON = (_Status.ERROR, _Status.CONFLICT, _Status.MISSING, _Status.NO_LONGER)
PROMISING = (_Status.SYNCHRONIZED, _Status.PARTIALLY)
"""Statuses of those that may be late: they promise to be looked at, and to keep their dates."""
_State = SyncRun.State
_RUN_TONES = {
    _State.QUEUED: Tone.QUIET,
    _State.RUNNING: Tone.BUSY,
    _State.SUCCEEDED: Tone.GOOD,
    _State.INCOMPLETE: Tone.UNSURE,
    _State.FAILED: Tone.BAD,
    _State.CANCELLED: Tone.QUIET,
    _State.SKIPPED: Tone.QUIET,
}


def late_before(now: datetime, interval: float = 0.0) -> datetime:
    """Return the moment before which a last check is too old to be believed.

    `interval` is the number of seconds between two looks at the server, where that is longer than
    it takes to look at everything.
    """
    longest = max(settings.TCSYNC_FULL_LOOK_SECONDS, interval)
    return now - timedelta(seconds=LATE_AFTER_LOOKS * longest)


def is_late(config: SyncConfig, now: datetime) -> bool:
    """Tell whether a configuration breaks its promise.

    Synchronized is late when nobody has looked for too long; and whatever waits for a date of its
    schedule is when that date has passed for as long. Who is paused promises nothing.
    """
    if config.paused or config.status not in PROMISING:
        return False
    before = late_before(now, config.server.interval)
    if config.next_at is not None and config.next_at < before:
        return True
    is_old = config.checked_at is None or config.checked_at < before
    return config.status == _Status.SYNCHRONIZED and is_old


def percent(run: SyncRun | None) -> int | None:
    """Return how much of its bytes, else of its revisions, a run has done; None: not known."""
    if run is None or run.state != _State.RUNNING:
        return None
    done, total = run.raw_done, run.raw_total
    if not total:
        done, total = run.revisions_done, run.revisions_total
    return min(_PERCENT - 1, done * _PERCENT // total) if total else None


def of_config(config: SyncConfig, now: datetime, run: SyncRun | None = None) -> Standing:
    """Return how a configuration stands. `run` is its last one.

    An old success is late, and that of a paused one is not believed either.
    """
    status = _Status(config.status)
    if is_late(config, now):
        return Standing(_("Late"), Tone.UNSURE)
    if status == _Status.SYNCHRONIZED and config.paused:
        return Standing(_("Paused"), Tone.QUIET)
    return Standing(status.label, _CONFIG_TONES[status], _detail(config, run))


def _detail(config: SyncConfig, run: SyncRun | None) -> Any:
    if config.status == _Status.SYNCHRONIZING and (done := percent(run)) is not None:
        return f"{done} %"
    if config.status == _Status.PARTIALLY and config.behind:
        text = ngettext("%d revision behind", "%d revisions behind", config.behind)
        return text % config.behind
    return ""


def of_run(run: SyncRun) -> Standing:
    """Return how a run stands."""
    state = _State(run.state)
    if run.cancel_requested and run.is_active:
        return Standing(_("cancelling"), Tone.QUIET)
    return Standing(state.label, _RUN_TONES[state])
