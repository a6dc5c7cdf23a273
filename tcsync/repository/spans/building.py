"""Making spans of links that none has, and merging them, in bounded memory and time."""

from __future__ import annotations

import heapq
import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from tcsync.errors import ContentError
from tcsync.packs import Kind, PackReader
from tcsync.repository.spans.layout import (
    APART,
    HAS_ARTIFACTS,
    MOST_LINKS,
    PLACE_BITS,
    Links,
    SpanDamaged,
    key_of,
)
from tcsync.repository.spans.shelf import Shelf
from tcsync.repository.spans.span import Span

FAN_OUT = 8
SHORTEST = FAN_OUT
"""Fewer links are walked faster than they are taken into a span."""
RUN_TOUCHES = 200_000
"""So many are sorted in memory, about 10 MB."""
LARGE_RECORDS = 50_000
"""A pack with more records is asked itself: its directory finds the block of an id."""
MERGED_TOUCHES = 2_000_000
"""No span becomes longer by merging: that would take a reader more than a second."""


class Piece(NamedTuple):
    """A link that is to be taken into a span, and what opens its pack."""

    number: int
    mark: bytes
    open: Callable[[], PackReader]


class _Run:
    """Links on their way into a span, oldest first."""

    def __init__(self, below: tuple[int, bytes] | None) -> None:
        self._below = below
        self._numbers = array("Q")
        self._marks = bytearray()
        self._flags = bytearray()
        self._entries: list[int] = []

    @property
    def length(self) -> int:
        return len(self._numbers)

    @property
    def is_full(self) -> bool:
        return len(self._entries) >= RUN_TOUCHES or len(self._numbers) >= MOST_LINKS

    def add(self, piece: Piece) -> None:
        place, before = len(self._numbers), len(self._entries)
        try:
            flags = self._take(piece.open(), place)
        except ContentError:
            # Who reads this far down shall learn it from the pack itself.
            del self._entries[before:]
            flags = APART | HAS_ARTIFACTS
        self._numbers.append(piece.number)
        self._marks += piece.mark
        self._flags.append(flags)

    def _take(self, pack: PackReader, place: int) -> int:
        counts = pack.summary_counts
        artifacts = counts.artifacts_put + counts.artifacts_removed
        flags = HAS_ARTIFACTS if artifacts else 0
        if counts.added + counts.edited + counts.removed + artifacts > LARGE_RECORDS:
            return flags | APART
        for kind in Kind:
            for stretch in pack.stretches(kind):
                self._entries += [(key_of(kind, k) << PLACE_BITS) | place for k in stretch.keys]
        return flags

    def write(self, shelf: Shelf) -> tuple[int, bytes]:
        """Write the span; return number and mark of its newest link."""
        links = Links(self._numbers, bytes(self._marks), bytes(self._flags), self._below)
        self._entries.sort()
        shelf.add(links, len(self._entries), self._entries)
        return links.numbers[-1], links.mark(self.length - 1)


def extend(
    shelf: Shelf, pieces: Iterable[Piece], below: tuple[int, bytes] | None, seconds: float
) -> bool:
    """Make spans of neighbouring links, oldest first, above what `below` names; then merge.

    Stops at a span's end when the time is over; returns whether it came to the end. Raises OSError.
    """
    deadline = time.monotonic() + seconds
    run, top = _Run(below), below
    for piece in pieces:
        run.add(piece)
        is_late = time.monotonic() > deadline and run.length >= SHORTEST
        if run.is_full or is_late:
            top = run.write(shelf)
            run = _Run(top)
        if is_late:
            return False
    if run.length >= SHORTEST:
        top = run.write(shelf)
    try:
        while top is not None and (group := _group(_whole_spans(shelf, top))):
            if time.monotonic() > deadline:
                return False
            _merge(shelf, group)
    except SpanDamaged:
        return False
    return True


def _whole_spans(shelf: Shelf, top: tuple[int, bytes]) -> Iterator[Span]:
    """Yield the spans below a link, newest first, up to one that the way does not go through."""
    end: tuple[int, bytes] | None = top
    while end is not None:
        entry = shelf.find(*end)
        if entry is None or not entry.is_whole:
            return
        yield entry.span
        end = entry.span.links.below


def _group(spans: Iterable[Span]) -> list[Span]:
    """Return the newest spans that are to become one, none where they are few enough.

    None longer lies above a shorter one, and of each level (a power of eight of links) up to seven
    remain.
    """
    group: list[Span] = []
    best = links = touches = level = 0
    for span in spans:
        length = len(span.links.numbers)
        links, touches = links + length, touches + span.touch_count
        if links > MOST_LINKS or touches > MERGED_TOUCHES:
            break
        group.append(span)
        is_below_longer = _level(length) < level
        level = max(level, _level(length))
        if len(group) > 1 and (is_below_longer or links >= FAN_OUT ** (level + 1)):
            best = len(group)
    return group[:best]


def _level(links: int) -> int:
    level = 0
    while links >= FAN_OUT:
        links //= FAN_OUT
        level += 1
    return level


def _merge(shelf: Shelf, group: Sequence[Span]) -> None:
    """Put one span into the place of several, given newest first."""
    oldest_first = group[::-1]
    numbers, streams = array("Q"), []
    for span in oldest_first:
        streams.append(_entries(shelf, span, len(numbers)))
        numbers += span.links.numbers
    links = Links(
        numbers,
        b"".join(span.links.marks for span in oldest_first),
        b"".join(span.links.flags for span in oldest_first),
        oldest_first[0].links.below,
    )
    shelf.add(links, sum(span.touch_count for span in group), heapq.merge(*streams))
    shelf.remove(group)


def _entries(shelf: Shelf, span: Span, offset: int) -> Iterator[int]:
    try:
        yield from span.entries(offset)
    except SpanDamaged as error:
        shelf.discard(span, error)
        raise
