"""The pace of a run: samples of what it has done, how fast that is, how long it still takes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from syncconfigs.models import SyncRun
from tcsync.sync.events import BatchDone

WINDOW_SECONDS = 10.0
MOST_SAMPLES = 40
SAMPLE_LENGTH = 5
SHORTEST_SECONDS = 3.0
"""From less nothing is foretold."""

Sample = list[float]
"""Seconds since 1970; since the attempt began: revisions, elements, stored and raw bytes."""


@dataclass(slots=True)
class Samples:
    """What an attempt has done, sampled with its batches; those of the last seconds are kept."""

    clock: Callable[[], float] = field(default=time.time)
    _kept: deque[Sample] = field(default_factory=lambda: deque(maxlen=MOST_SAMPLES))

    def begin(self) -> list[Sample]:
        """Return the samples of a transfer that begins."""
        self._kept.clear()
        self._kept.append([self.clock(), 0, 0, 0, 0])
        return list(self._kept)

    def add(self, done: BatchDone) -> list[Sample]:
        """Return the samples after a batch."""
        now = self.clock()
        _at, revisions, elements, stored, raw = (self._kept or self.begin())[-1]
        brought = sum(done.revisions.values())
        self._kept.append(
            [
                now,
                revisions + brought,
                elements + done.elements,
                stored + done.bytes,
                raw + done.raw_bytes,
            ]
        )
        # One that is older stays, so that the window is spanned.
        while self._kept[1][0] <= now - WINDOW_SECONDS:
            self._kept.popleft()
        return list(self._kept)


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
