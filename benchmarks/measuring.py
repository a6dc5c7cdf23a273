"""Timing, and what a row of the table says."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Times:
    """Seconds of one thing that was done several times."""

    seconds: list[float] = field(default_factory=list)

    @contextmanager
    def measure(self) -> Iterator[None]:
        """Add the time that the block takes."""
        began = time.perf_counter()
        yield
        self.seconds.append(time.perf_counter() - began)

    @property
    def best(self) -> float:
        """The least disturbed one: a shared machine only ever adds to it."""
        return min(self.seconds)

    @property
    def median(self) -> float:
        """The one in the middle."""
        return statistics.median(self.seconds)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. `ours` and `theirs` (git's) are in `unit`; `ratio` is theirs by ours."""

    name: str
    ours: float
    unit: str
    theirs: float | None = None
    ratio: float | None = None
    notes: tuple[str, ...] = ()


def in_turn(rounds: int, *works: Callable[[], None]) -> list[Times]:
    """Do each of the works once a round, so that all of them meet the same disturbances."""
    times = [Times() for _work in works]
    for _round in range(rounds):
        for work, taken in zip(works, times, strict=True):
            with taken.measure():
                work()
    return times
