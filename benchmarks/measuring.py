"""Timing in turns, and how much of it."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Effort:
    """How much is done for a row: all of it for the table, less for the short form."""

    rounds: int = 100
    """At most so many of each."""
    profiles: bool = True


EFFORT = Effort()


def in_turn(rounds: int, *works: Callable[[], float | None]) -> list[list[float]]:
    """Do each of the works once a round, so that all of them meet the same disturbances.

    Returns the seconds of each: those that a work returns, else those that it took as a whole.
    """
    times: list[list[float]] = [[] for _work in works]
    for _round in range(min(rounds, EFFORT.rounds)):
        for work, taken in zip(works, times, strict=True):
            gc.collect()
            began = time.perf_counter()
            said = work()
            taken.append(time.perf_counter() - began if said is None else said)
    return times
