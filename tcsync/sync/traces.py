"""What elements were at the revisions that a run takes in, as traces: nothing is read back for it.

A revision is compared with its parent, and of what changed the owners before are asked for. Without
traces each of those elements costs a block of a pack to be opened.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter

from tcsync.sync.register import Register, Trace

_UNKNOWN = Trace(b"", None)
_WAYS = 4
"""Ways that are kept: as many branches can take turns."""
MOST_LATER = 100_000
"""Traces beside the register, some 300 bytes each. Beyond them all is forgotten and begun anew."""

Seen = Mapping[str, Trace | None]
"""Traces by id; None: there is no such element."""


class Traces:
    """The traces of one resource.

    A trace is one at a revision, and holds for what comes after it until the next trace of its id:
    of every revision that was taken in, all that it changed is noted. Of what lies further back
    nothing is known but what was looked up at one revision, and holds there.
    """

    def __init__(self, most: int = MOST_LATER) -> None:
        self._most = most
        self._forget()

    def _forget(self) -> None:
        self._parents: dict[int, int | None] = {}
        self._register: tuple[int, Register] | None = None
        self._later: dict[str, list[tuple[int, Trace | None]]] = {}
        self._count = 0
        self._ways: dict[int, set[int]] = {}

    def find(self, number: int, ids: Iterable[str]) -> tuple[dict[str, Trace | None], list[str]]:
        """Return what is known of ids at a revision, and those of which nothing is known."""
        way = self._way_of(number)
        register = None
        if self._register is not None and self._register[0] in way:
            register = self._register[1]
        known: dict[str, Trace | None] = {}
        unknown: list[str] = []
        for id_ in ids:
            later = next((t for n, t in reversed(self._later.get(id_, ())) if n in way), _UNKNOWN)
            if later is not _UNKNOWN:
                known[id_] = later
            elif register is not None:
                known[id_] = register.find(id_)
            else:
                unknown.append(id_)
        return known, unknown

    def _way_of(self, number: int) -> set[int]:
        """Return a revision and those before it that were taken in, and the one before these."""
        way = self._ways.get(number)
        if way is None:
            # The way to the parent goes on, as it mostly does.
            way = self._ways.pop(self._parents.get(number) or number, None)
            way = {number, *self._upwards(number)} if way is None else way
            way.add(number)
            while len(self._ways) >= _WAYS:
                self._ways.pop(next(iter(self._ways)))
            self._ways[number] = way
        return way

    def _upwards(self, number: int) -> Iterator[int]:
        here = self._parents.get(number)
        while here is not None:
            yield here
            here = self._parents.get(here)

    def note_looked_up(self, number: int, seen: Seen) -> None:
        """Note what was found at a revision that is here."""
        self._note(number, seen)

    def note_changed(self, number: int, parent: int | None, seen: Seen) -> None:
        """Note all that a revision changes that was taken in."""
        self._parents[number] = parent
        self._note(number, seen)

    def note_whole(self, number: int, register: Register) -> None:
        """Note all elements of a revision that was taken in, and that there are no others."""
        self._forget()
        if not register.is_too_large:
            self._parents[number] = None
            self._register = (number, register)

    def _note(self, number: int, seen: Seen) -> None:
        if self._count + len(seen) > self._most:
            self._forget()
            if len(seen) > self._most:
                return
        self._count += len(seen)
        for id_, trace in seen.items():
            insort(self._later.setdefault(id_, []), (number, trace), key=itemgetter(0))
