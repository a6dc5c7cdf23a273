"""Stretch: neighbouring records of one block of a pack, as they lie there."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tcsync.packs.layout import Record


class Stretch(NamedTuple):
    """Records that follow one another: raw bytes of the block; id, offset and op of each record.

    At the offset lies the id, then the body. `end` is the offset of the byte after the last one.
    """

    raw: bytes
    keys: list[bytes]
    starts: list[int]
    ops: bytes
    end: int

    def record(self, place: int) -> Record:
        """Return the record at a place."""
        key, above = self.keys[place], place + 1
        end = self.starts[above] if above < len(self.starts) else self.end
        return Record(self.ops[place], key.decode(), self.raw[self.starts[place] + len(key) : end])

    def split(self, key: bytes) -> tuple[Stretch, Stretch]:
        """Return the records below an id, and those from it on."""
        place = bisect_left(self.keys, key)
        middle = self.starts[place] if place < len(self.starts) else self.end
        return (
            Stretch(self.raw, self.keys[:place], self.starts[:place], self.ops[:place], middle),
            Stretch(self.raw, self.keys[place:], self.starts[place:], self.ops[place:], self.end),
        )

    def get(self, id_: str) -> Record | None:
        """Return the record of an id, None where there is none."""
        # An id with a lone surrogate is in no pack; it must only not break the search.
        key = id_.encode("utf-8", "surrogatepass")
        place = bisect_left(self.keys, key)
        return self.record(place) if self.keys[place : place + 1] == [key] else None

    def get_many(self, ids: Sequence[str]) -> Iterator[Record]:
        """Yield the records of those of the sorted `ids` that are here."""
        if len(ids) <= len(self.keys):
            yield from (record for id_ in ids if (record := self.get(id_)) is not None)
            return
        for place, key in enumerate(self.keys):
            at = bisect_left(ids, id_ := key.decode())
            if at < len(ids) and ids[at] == id_:
                yield self.record(place)
