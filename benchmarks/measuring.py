"""Timing in turns."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable


def in_turn(rounds: int, *works: Callable[[], float | None]) -> list[list[float]]:
    """Do each of the works once a round, so that all of them meet the same disturbances.

    Returns the seconds of each: those that a work returns, else those that it took as a whole.
    """
    times: list[list[float]] = [[] for _work in works]
    for _round in range(rounds):
        for work, taken in zip(works, times, strict=True):
            gc.collect()
            began = time.perf_counter()
            said = work()
            taken.append(time.perf_counter() - began if said is None else said)
    return times
