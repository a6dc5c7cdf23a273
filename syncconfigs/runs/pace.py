"""The pace of a run: a few samples of what it has done, to tell how fast it is just now."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tcsync.sync.events import BatchDone

WINDOW_SECONDS = 10.0
MOST_SAMPLES = 40

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
