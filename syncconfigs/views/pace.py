"""How fast a run goes just now, and how long it still takes, as far as that can be said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from syncconfigs.models import SyncRun

SHORTEST_SECONDS = 3.0
"""From less nothing is foretold."""
MINUTE, HOUR = 60, 3600
FEW_SECONDS = 8
SAMPLE_LENGTH = 5


@dataclass(frozen=True, slots=True)
class Pace:
    """What a run does in a second, over the last ones; all None where there is nothing to tell."""

    revisions: float | None = None
    elements: float | None = None
    stored: float | None = None
    raw: float | None = None

    @classmethod
    def of(cls, run: SyncRun, now: datetime) -> Pace:
        """Return the pace of a run. A standstill counts: the rates sink while nothing comes."""
        samples = [s for s in run.pace if isinstance(s, list) and len(s) == SAMPLE_LENGTH]
        if run.state != SyncRun.State.RUNNING or run.phase != "transferring" or not samples:
            return cls()
        first, last = samples[0], samples[-1]
        seconds = max(last[0], now.timestamp()) - first[0]
        if seconds < 1:
            return cls()
        return cls(*((b - a) / seconds for a, b in zip(first[1:], last[1:], strict=True)))

    def seconds_left(self, run: SyncRun, now: datetime) -> float | None:
        """Return how long the transfer still takes; None where it cannot be said."""
        since = run.pace[0][0] if run.pace else now.timestamp()
        if now.timestamp() - since < SHORTEST_SECONDS:
            return None
        # Bytes say it better than revisions, of which some are large; not every source has them.
        if self.raw and run.raw_total > run.raw_done:
            return (run.raw_total - run.raw_done) / self.raw
        if self.revisions and run.revisions_total > run.revisions_done:
            return (run.revisions_total - run.revisions_done) / self.revisions
        return None


def about(seconds: float) -> str:
    """Say a time that is only estimated."""
    if seconds < FEW_SECONDS:
        return _("a few seconds")
    if seconds < MINUTE:
        return _("about %d seconds") % (round(seconds / 10) * 10)
    if seconds < HOUR:
        minutes = round(seconds / MINUTE)
        return ngettext("about %d minute", "about %d minutes", minutes) % minutes
    hours = round(seconds / HOUR)
    return ngettext("about %d hour", "about %d hours", hours) % hours


def exactly(seconds: float | None) -> Any:
    """Say a time that was measured; nothing without one."""
    if seconds is None:
        return ""
    if seconds < 10:  # noqa: PLR2004 - one place of a second, as long as it says something
        return _("%.1f s") % seconds
    whole = int(seconds)
    if whole < MINUTE:
        return _("%d s") % whole
    if whole < HOUR:
        return _("%(m)d min %(s)02d s") % {"m": whole // MINUTE, "s": whole % MINUTE}
    return _("%(h)d h %(m)02d min") % {"h": whole // HOUR, "m": whole % HOUR // MINUTE}
