"""Reading a pack at random: the directory finds the block, one block is opened at a time.

Trusts that the pack was verified once; still refuses what breaks the format on the way.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from tcsync.errors import PackDamaged
from tcsync.packs.compression import decompress
from tcsync.packs.directory import Directory, read_directory
from tcsync.packs.layout import (
    BLOCK,
    FOOTER,
    HEADER,
    SMALLEST_PACK,
    Kind,
    Record,
    SummaryCounts,
)
from tcsync.packs.parts import (
    Entry,
    check_payload,
    parse_block,
    parse_directory,
    parse_footer,
    parse_header,
)
from tcsync.packs.records import find, id_at, record_at, scan

TAIL_BYTES = 65_536
BLOCKS_KEPT = 2


# Above this share of a block's records, walking them all beats searching for each id.
WALK_SHARE = 4


class _Block(NamedTuple):
    """Raw bytes of a block, and the offsets and operations of its records."""

    raw: bytes
    starts: list[int]
    ops: bytearray

    def get(self, id_: str) -> Record | None:
        # An id with a lone surrogate is in no pack; it must only not break the search.
        start = find(self.raw, self.starts, id_.encode("utf-8", "surrogatepass"))
        return None if start is None else record_at(self.raw, start)

    def get_many(self, ids: Sequence[str]) -> Iterator[Record]:
        if len(ids) * WALK_SHARE < len(self.starts):
            yield from (record for id_ in ids if (record := self.get(id_)) is not None)
            return
        for start in self.starts:
            id_ = id_at(self.raw, start).decode()
            place = bisect_left(ids, id_)
            if place < len(ids) and ids[place] == id_:
                yield record_at(self.raw, start)


class PackReader:
    """One pack of `size` bytes; `read_at(offset, length)` returns exactly these bytes of it.

    A pack of up to 64 KiB is read once and kept; of a larger one the directory and the last two
    blocks are kept. Raises PackDamaged. Not thread-safe.
    """

    def __init__(self, read_at: Callable[[int, int], bytes], size: int) -> None:
        if size < SMALLEST_PACK:
            raise PackDamaged(f"{size} bytes are too few for a pack.")
        self._read_at = read_at
        self._tail_at = max(0, size - TAIL_BYTES)
        self._tail = b""
        self._tail = self._read(self._tail_at, size - self._tail_at)
        self._header = parse_header(self._read(0, HEADER.size))
        self._open_directory(size - FOOTER.size)
        self._kept: OrderedDict[int, _Block] = OrderedDict()
        if self._tail_at:
            self._tail = b""

    def _open_directory(self, footer_at: int) -> None:
        footer = parse_footer(self._read(footer_at, FOOTER.size), self._header, footer_at)
        at, length = footer.directory_offset, footer.directory_length
        if at < HEADER.size or length < BLOCK.size or at + length != footer_at:
            raise PackDamaged(
                f"The footer at offset {footer_at} places the directory at {at} with {length}"
                " bytes, which does not fill the space between blocks and footer."
            )
        data = self._read(at, length)
        block = parse_directory(data[: BLOCK.size], self._header, at)
        self._directory: Directory = read_directory(self._header, block, data[BLOCK.size :], footer)
        self.summary_counts: SummaryCounts = footer.counts
        self.content_digest: str = footer.content_digest.hex()
        self.artifact_digest: str = footer.artifact_digest.hex()

    def get(self, id_: str, kind: Kind = Kind.ELEMENT) -> Record | None:
        """Return what the pack does to one id, None where it does nothing."""
        entry = self._directory.entry_for(kind, id_)
        return None if entry is None else self._block(entry).get(id_)

    def get_many(self, ids: Sequence[str], kind: Kind = Kind.ELEMENT) -> dict[str, Record]:
        """Return what the pack does to those of `ids` that it holds.

        `ids` must be sorted by their UTF-8 bytes; each block is opened at most once.
        """
        found: dict[str, Record] = {}
        for entry, some in self._directory.spread(kind, ids):
            found.update((record.id, record) for record in self._block(entry).get_many(some))
        return found

    def records(self, kind: Kind = Kind.ELEMENT) -> Iterator[Record]:
        """Yield all records of a kind by rising id, one block in memory."""
        for block in self._stream(kind):
            for start in block.starts:
                yield record_at(block.raw, start)

    def operations(self, kind: Kind = Kind.ELEMENT) -> Iterator[tuple[str, int]]:
        """Yield (id, operation) of all records of a kind by rising id."""
        for raw, starts, ops in self._stream(kind):
            for start, op in zip(starts, ops, strict=True):
                yield id_at(raw, start).decode(), op

    def _stream(self, kind: Kind) -> Iterator[_Block]:
        for entry in self._directory.entries[kind]:
            yield self._kept.get(entry.offset) or self._load(entry)

    def _block(self, entry: Entry) -> _Block:
        block = self._kept.get(entry.offset)
        if block is None:
            if len(self._kept) >= BLOCKS_KEPT:
                self._kept.popitem(last=False)
            block = self._kept[entry.offset] = self._load(entry)
        self._kept.move_to_end(entry.offset)
        return block

    def _load(self, entry: Entry) -> _Block:
        where = f"The block at offset {entry.offset}"
        data = self._read(entry.offset, BLOCK.size + entry.stored_length)
        block = parse_block(data[: BLOCK.size], self._header, entry.offset)
        if block[:4] != (
            entry.kind,
            entry.records,
            entry.raw_length,
            entry.stored_length,
        ):
            raise PackDamaged(f"{where} differs from its entry in the directory.")
        payload = data[BLOCK.size :]
        check_payload(block, payload, where)
        raw = decompress(self._header.codec, payload, block.raw_length, where)
        starts, ops, last = scan(raw, b"", where)
        if len(starts) != entry.records or id_at(raw, 0) != entry.first_id:
            raise PackDamaged(f"{where} differs from its entry in the directory.")
        if self._directory.entry_for(entry.kind, last.decode()) is not entry:
            raise PackDamaged(f"{where} has ids that belong into a later block.")
        return _Block(raw, starts, ops)

    def _read(self, offset: int, length: int) -> bytes:
        if self._tail and offset >= self._tail_at:
            start = offset - self._tail_at
            data = self._tail[start : start + length]
        else:
            data = self._read_at(offset, length)
        if len(data) != length:
            raise PackDamaged(f"{len(data)} bytes came for the {length} at offset {offset}.")
        return data
