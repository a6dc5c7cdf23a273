"""Going through all elements of a revision, a window of ids at a time, without reading bodies.

A window holds the stretches of all packs on the way to the root whose ids lie within it, newest
pack first: the first record of an id counts, those below it are history.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter

from tcsync.packs import Op, PackReader, Stretch
from tcsync.repository.states import History

WINDOW_BYTES = 4 << 20
WINDOW_BYTES_OF_A_PACK = 4 << 10
"""Each pack costs something in each window, however little of it lies there."""
_MOST_DIGITS = 15

Matching = Callable[[Stretch], Iterable[int]]
"""Stretch -> the places of the records in it that are looked for, rising."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found by rising id, how many elements were passed, and the cursor to go on from."""

    found: tuple[tuple[str, bytes], ...]
    passed: int
    after: str | None


@dataclass(frozen=True, slots=True)
class _Position:
    """A cursor taken apart: how many elements lie up to this id."""

    passed: int = 0
    id: str = ""

    @classmethod
    def parse(cls, cursor: str) -> _Position:
        """Read a cursor; one that we never gave means what its text would mean as an id."""
        digits, _, id_ = cursor.partition(":")
        if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS:
            return cls(int(digits), id_)
        return cls(0, cursor)

    def text(self) -> str:
        return f"{self.passed}:{self.id}"


def scan(
    history: History,
    number: int,
    matching: Matching,
    cursor: str,
    limit: int,
    seconds: float,
) -> Scan:
    """Go on from a cursor until there are `limit` elements or the time is over.

    Where opening the packs takes most of the time, half as much again is added: each call gets on.
    """
    began = time.monotonic()
    begin = _Position.parse(cursor)
    limit = max(1, limit)
    found: list[tuple[bytes, bytes]] = []
    passed = begin.passed
    readers = [history.pack(link) for link in history.chain(number)]
    rests = [_Rest(reader, begin.id) for reader in readers]
    deadline = max(began + seconds, time.monotonic() + seconds / 2)
    for window in _windows(rests, _ends(readers, rests)):
        some = _live(window, matching)
        if len(found) + len(some) >= limit:
            found += some[: limit - len(found)]
            last = found[-1][0]
            passed += _count(window, last)
        else:
            found += some
            last = max(stretch.keys[-1] for stretches in window for stretch in stretches)
            passed += _count(window, None)
        if len(found) >= limit or time.monotonic() > deadline:
            return Scan(_texts(found), passed, _Position(passed, last.decode()).text())
    return Scan(_texts(found), passed, None)


def _texts(found: list[tuple[bytes, bytes]]) -> tuple[tuple[str, bytes], ...]:
    return tuple((key.decode(), body) for key, body in found)


class _Rest:
    """The records of one pack that were not taken yet; `first` is the id of the next one."""

    def __init__(self, reader: PackReader, after: str) -> None:
        self._stretches = reader.stretches(after=after)
        self._go_on(next(self._stretches, None))

    def _go_on(self, stretch: Stretch | None) -> None:
        self._stretch = stretch
        self.first = b"" if stretch is None else stretch.keys[0]

    @property
    def is_empty(self) -> bool:
        return self._stretch is None

    @property
    def keys(self) -> list[bytes]:
        return [] if self._stretch is None else self._stretch.keys

    def take(self, end: bytes | None) -> list[Stretch]:
        """Take the records below an id, None: all."""
        taken: list[Stretch] = []
        while self._stretch is not None and (end is None or self.first < end):
            if end is None or self._stretch.keys[-1] < end:
                taken.append(self._stretch)
                self._go_on(next(self._stretches, None))
            else:
                front, rest = self._stretch.split(end)
                taken.append(front)
                self._go_on(rest)
        return taken


def _windows(rests: list[_Rest], ends: Iterable[bytes | None]) -> Iterator[list[list[Stretch]]]:
    for end in ends:
        rests = [rest for rest in rests if not rest.is_empty]
        window = [taken for rest in rests if (taken := rest.take(end))]
        if window:
            yield window


def _ends(readers: list[PackReader], rests: list[_Rest]) -> Iterator[bytes | None]:
    """Yield ids where windows end, and None for the last: about so many as there are bytes for.

    They lie as the blocks of the large packs do. Of a small pack all is in memory anyway.
    """
    window = WINDOW_BYTES + WINDOW_BYTES_OF_A_PACK * len(readers)
    wanted = sum(reader.summary_counts.raw_bytes for reader in readers) // window
    firsts = (reader.first_ids() for reader in readers)
    places = {first for some in firsts if len(some) > 1 for first in some}
    if len(places) < wanted:
        largest: list[bytes] = max((rest.keys for rest in rests), key=len)
        places.update(largest)
    step = max(1, len(places) // max(1, wanted))
    yield from sorted(places)[step::step]
    yield None


def _live(window: list[list[Stretch]], matching: Matching) -> list[tuple[bytes, bytes]]:
    """Return (id, body) of what matches and exists, by rising id."""
    newer: set[bytes] = set()
    found: list[tuple[bytes, bytes]] = []
    for stretches in window:
        for stretch in stretches:
            for place in matching(stretch):
                key = stretch.keys[place]
                if stretch.ops[place] != Op.REMOVE and key not in newer:
                    found.append((key, stretch.record(place).body))
        if stretches is not window[-1]:
            newer.update(key for stretch in stretches for key in stretch.keys)
    found.sort(key=itemgetter(0))
    return found


def _count(window: list[list[Stretch]], last: bytes | None) -> int:
    """Return how many elements exist up to an id: what was added and not removed again."""
    count = 0
    for stretch in (stretch for stretches in window for stretch in stretches):
        ops = stretch.ops if last is None else stretch.split(last + b"\0")[0].ops
        count += ops.count(Op.ADD) - ops.count(Op.REMOVE)
    return count
