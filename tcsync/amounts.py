"""Amounts as people read them: one wording for pages, records and what commands print."""

from __future__ import annotations

UNITS = ("B", "kB", "MB", "GB", "TB")
STEP = 1000


def size(count: float) -> str:
    """Return a number of bytes with its decimal unit, `48.2 MB`."""
    if count < STEP:
        return f"{count:.0f} {UNITS[0]}"
    power = 1
    # As it is written: 999.96 of a unit would become 1000.0 of it.
    while power < len(UNITS) - 1 and round(count / STEP**power, 1) >= STEP:
        power += 1
    return f"{count / STEP**power:,.1f} {UNITS[power]}"


def counted(count: int, noun: str) -> str:
    """Return how many there are, `1 resource`, `1,200 resources`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
