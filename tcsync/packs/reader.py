"""Reading a pack at random: the directory finds the block, one block is opened at a time.

Trusts that the pack was verified once; still refuses what breaks the format on the way.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence

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
from tcsync.packs.records import split
from tcsync.packs.stretch import Stretch

TAIL_BYTES = 65_536
BLOCKS_KEPT = 2
OWN_BYTES = 4_096
"""What a reader takes without any block."""


class PackReader:
    """One pack of `size` bytes; `read_at(offset, length)` returns exactly these bytes of it.

    A pack of up to 64 KiB is read once; the directory and the last two blocks are kept. Raises
    PackDamaged. Not thread-safe.
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
        self._kept: OrderedDict[int, Stretch] = OrderedDict()
        if self._tail_at:
            self._tail = b""
        raw = min(self.summary_counts.raw_bytes, BLOCKS_KEPT * self._header.block_size)
        self.weight: int = OWN_BYTES + max(len(self._tail), raw)
        """About how many bytes of memory this reader will take."""

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
        for block in self.stretches(kind):
            for place in range(len(block.keys)):
                yield block.record(place)

    def operations(self, kind: Kind = Kind.ELEMENT, after: str = "") -> Iterator[tuple[str, int]]:
        """Yield (id, operation) of the records of a kind above the id `after`, by rising id."""
        for block in self.stretches(kind, after):
            for key, op in zip(block.keys, block.ops, strict=True):
                yield key.decode(), op

    def stretches(self, kind: Kind = Kind.ELEMENT, after: str = "") -> Iterator[Stretch]:
        """Yield the records above the id `after` block by block; opens none before it."""
        above = after.encode("utf-8", "surrogatepass")
        for entry in self._directory.entries_after(kind, after):
            block = self._kept.get(entry.offset) or self._passing(entry)
            if above and entry.first_id <= above:
                # The next id that could be there: the same one with a NUL.
                block = block.split(above + b"\0")[1]
            if block.keys:
                yield block

    def first_ids(self, kind: Kind = Kind.ELEMENT) -> list[bytes]:
        """Return the first id of each block, none of which is opened."""
        return [entry.first_id for entry in self._directory.entries[kind]]

    def _passing(self, entry: Entry) -> Stretch:
        """Return a block that will hardly be asked for again, unless the pack has so few."""
        return self._block(entry) if self._directory.count <= BLOCKS_KEPT else self._load(entry)

    def _block(self, entry: Entry) -> Stretch:
        block = self._kept.get(entry.offset)
        if block is None:
            if len(self._kept) >= BLOCKS_KEPT:
                self._kept.popitem(last=False)
            block = self._kept[entry.offset] = self._load(entry)
            if len(self._kept) == self._directory.count:
                self._tail = b""
        self._kept.move_to_end(entry.offset)
        return block

    def _load(self, entry: Entry) -> Stretch:
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
        ops, keys, starts = split(raw, entry.records, b"", where)
        if keys[0] != entry.first_id:
            raise PackDamaged(f"{where} differs from its entry in the directory.")
        if self._directory.entry_for(entry.kind, keys[-1].decode()) is not entry:
            raise PackDamaged(f"{where} has ids that belong into a later block.")
        return Stretch(raw, keys, starts, ops, len(raw))

    def _read(self, offset: int, length: int) -> bytes:
        if self._tail and offset >= self._tail_at:
            start = offset - self._tail_at
            data = self._tail[start : start + length]
        else:
            data = self._read_at(offset, length)
        if len(data) != length:
            raise PackDamaged(f"{len(data)} bytes came for the {length} at offset {offset}.")
        return data
