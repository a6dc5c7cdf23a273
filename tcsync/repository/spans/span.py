"""Span: an open file of touches, read a page at a time."""

from __future__ import annotations

import os
import weakref
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from tcsync.repository.spans.layout import (
    APART,
    HEADER,
    KEY_BYTES,
    PAGE_TOUCHES,
    PLACE_BITS,
    TOUCH_BYTES,
    SpanDamaged,
    head_bytes,
    parse,
    parse_lengths,
    unpacked,
)

PAGES_KEPT = 8
OWN_BYTES = 2_048
_KEPT_BYTES = PAGES_KEPT * PAGE_TOUCHES * TOUCH_BYTES
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC

Page: TypeAlias = "tuple[array[int], array[int]]"
"""Keys and places, side by side."""


class Span:
    """One span. Raises FileNotFoundError, and SpanDamaged then or later. Not thread-safe.

    Keeps its file open: what is deleted meanwhile can be read to the end.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = os.open(path, _FLAGS)
        weakref.finalize(self, os.close, self._descriptor)
        size = os.fstat(self._descriptor).st_size
        links, self.touch_count = parse_lengths(self._read_at(0, HEADER.size))
        length = head_bytes(links, self.touch_count)
        if size != length + self.touch_count * TOUCH_BYTES:
            raise SpanDamaged(f"The span has {size} bytes instead of those that it announces.")
        head = parse(self._read_at(0, length))
        self.links, self._fences, self._pages_at = head.links, head.pages, length
        self._pages: OrderedDict[int, Page] = OrderedDict()
        self._apart = self.links.places(APART)
        self.weight: int = OWN_BYTES + length + min(_KEPT_BYTES, self.touch_count * TOUCH_BYTES)
        """About how many bytes of memory this span will take."""

    def place_of(self, number: int, mark: bytes) -> int | None:
        """Return the place of a link, None where it is not here."""
        numbers = self.links.numbers
        place = bisect_left(numbers, number)
        if place < len(numbers) and numbers[place] == number and self.links.mark(place) == mark:
            return place
        return None

    def is_apart(self, place: int) -> bool:
        """Return whether the pack of a link has to be asked itself."""
        return bool(self.links.flags[place] & APART)

    def places(self, key: int, place: int) -> Iterator[int]:
        """Yield the places, from one on downwards, whose packs may have a record of a key."""
        touches = self._touches(key, place)
        touch = next(touches, -1)
        for apart in reversed(self._apart[: bisect_right(self._apart, place)]):
            while touch > apart:
                yield touch
                touch = next(touches, -1)
            yield apart
        while touch >= 0:
            yield touch
            touch = next(touches, -1)

    def _touches(self, key: int, place: int) -> Iterator[int]:
        page = _after(self._fences.keys, self._fences.places, key, place) - 1
        # A pack may hold two ids with one key.
        last = place + 1
        while page >= 0:
            keys, places = self._page(page)
            at = _after(keys, places, key, place)
            while at:
                at -= 1
                if keys[at] != key:
                    return
                if places[at] < last:
                    last = places[at]
                    yield last
            page -= 1

    def entries(self, offset: int) -> Iterator[int]:
        """Yield all touches by rising key and place as one number each, places from `offset` on."""
        for page in range(len(self._fences.keys)):
            for key, place in zip(*self._read(page), strict=True):
                yield (key << PLACE_BITS) + place + offset

    def _page(self, page: int) -> Page:
        found = self._pages.get(page)
        if found is None:
            if len(self._pages) >= PAGES_KEPT:
                self._pages.popitem(last=False)
            found = self._pages[page] = self._read(page)
        self._pages.move_to_end(page)
        return found

    def _read(self, page: int) -> Page:
        begin = page * PAGE_TOUCHES
        count = min(PAGE_TOUCHES, self.touch_count - begin)
        at = self._pages_at + begin * TOUCH_BYTES
        data = self._read_at(at, count * TOUCH_BYTES)
        if zlib.crc32(data) != self._fences.checks[page]:
            raise SpanDamaged(f"Page {page} of the span has another check.")
        middle = count * KEY_BYTES
        return unpacked("Q", data[:middle]), unpacked("I", data[middle:])

    def _read_at(self, offset: int, length: int) -> bytes:
        try:
            return os.pread(self._descriptor, length, offset)
        except OSError as error:
            raise SpanDamaged(f"The span cannot be read: {error.strerror}.") from error


def _after(keys: array[int], places: array[int], key: int, place: int) -> int:
    """Return how many of the sorted (key, place) pairs are not above this one."""
    low = bisect_left(keys, key)
    high = bisect_right(keys, key, low)
    return bisect_right(places, place, low, high)
