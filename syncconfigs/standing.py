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

from syncconfigs.models import SyncConfig, SyncRun

LATE_AFTER_LOOKS = 3
"""So many full looks may be missed before "Synchronized" is no longer believed."""


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


_Status = SyncConfig.Status
_CONFIG_TONES = {
    _Status.IN_QUEUE: Tone.QUIET,
    _Status.SYNCHRONIZING: Tone.BUSY,
    _Status.NOT_SYNCHRONIZED: Tone.QUIET,
    _Status.SYNCHRONIZED: Tone.GOOD,
    _Status.PARTIALLY: Tone.UNSURE,
    _Status.MISSING: Tone.UNSURE,
    _Status.CONFLICT: Tone.BAD,
    _Status.ERROR: Tone.BAD,
}
NEEDS_PERSON = (_Status.ERROR, _Status.CONFLICT, _Status.MISSING)
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


def late_before(now: datetime) -> datetime:
    """Return the moment before which a last check is too old to be believed."""
    return now - timedelta(seconds=LATE_AFTER_LOOKS * settings.TCSYNC_FULL_LOOK_SECONDS)


def is_late(config: SyncConfig, now: datetime) -> bool:
    """Tell whether nobody has looked at a configuration for too long."""
    return config.checked_at is None or config.checked_at < late_before(now)


def of_config(config: SyncConfig, now: datetime) -> Standing:
    """Return how a configuration stands. An old success is late, not synchronized."""
    status = _Status(config.status)
    if status == _Status.SYNCHRONIZED and not config.paused and is_late(config, now):
        return Standing(_("Late"), Tone.UNSURE)
    return Standing(status.label, _CONFIG_TONES[status])


def of_run(run: SyncRun) -> Standing:
    """Return how a run stands."""
    state = _State(run.state)
    if run.cancel_requested and run.is_active:
        return Standing(_("cancelling"), Tone.QUIET)
    return Standing(state.label, _RUN_TONES[state])
