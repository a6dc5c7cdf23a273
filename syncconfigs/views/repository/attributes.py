"""Attributes as rows of a table: what stands in one list is one row, long ones fold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tcsync.repository.browsing import Value

SHOWN = 20
"""Entries of a list that are shown; the others are behind a click."""
ROOT = "data."


@dataclass(frozen=True, slots=True)
class Entry:
    """A value with what its path says within the list that it stands in."""

    place: str
    value: Value


@dataclass(slots=True)
class Row:
    """An attribute: its name, the path of the object that it stands in, and what it holds."""

    within: str
    name: str
    entries: list[Entry] = field(default_factory=list)

    @property
    def shown(self) -> list[Entry]:
        """The entries that are always to be seen."""
        return self.entries[:SHOWN]

    @property
    def folded(self) -> list[Entry]:
        """The others."""
        return self.entries[SHOWN:]


def rows_of(values: Iterable[Value]) -> list[Row]:
    """Return values as rows, in their order."""
    rows: list[Row] = []
    known: dict[str, Row] = {}
    for value in values:
        path = value.path.removeprefix(ROOT)
        name, bracket, place = path.partition("[")
        if name not in known:
            within, _dot, last = name.rpartition(".")
            known[name] = Row(within, last)
            rows.append(known[name])
        known[name].entries.append(Entry(bracket + place, value))
    return rows
