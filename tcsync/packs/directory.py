"""The directory of a pack in memory: which block holds an id."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from tcsync.errors import PackDamaged
from tcsync.packs.compression import decompress
from tcsync.packs.layout import HEADER, KINDS, MAX_RECORD_BYTES
from tcsync.packs.parts import (
    Block,
    Entry,
    Footer,
    Header,
    check_payload,
    parse_entries,
)
from tcsync.packs.records import is_utf8


class Directory:
    """The entries of a pack by kind, in the order of their first ids.

    Ids are compared as text: code points sort as their UTF-8 bytes do.
    """

    def __init__(self) -> None:
        self.entries: dict[int, list[Entry]] = {kind: [] for kind in KINDS}
        self._first_ids: dict[int, list[str]] = {kind: [] for kind in KINDS}
        self.count = 0

    def add(self, entry: Entry) -> None:
        """Take the next entry of the directory."""
        self._first_ids[entry.kind].append(entry.first_id.decode())
        self.entries[entry.kind].append(entry)
        self.count += 1

    def entry_for(self, kind: int, id_: str) -> Entry | None:
        """Return the entry of the only block that may hold the id."""
        place = bisect_right(self._first_ids[kind], id_)
        return self.entries[kind][place - 1] if place else None

    def entries_after(self, kind: int, id_: str) -> list[Entry]:
        """Return the entries of all blocks that may hold ids above this one."""
        place = bisect_right(self._first_ids[kind], id_)
        return self.entries[kind][max(0, place - 1) :]

    def spread(self, kind: int, ids: Sequence[str]) -> Iterator[tuple[Entry, Sequence[str]]]:
        """Yield each block that may hold some of the sorted `ids`, with these ids."""
        first_ids = self._first_ids[kind]
        at = bisect_left(ids, first_ids[0]) if first_ids else len(ids)
        while at < len(ids):
            place = bisect_right(first_ids, ids[at])
            end = bisect_left(ids, first_ids[place], at) if place < len(first_ids) else len(ids)
            yield self.entries[kind][place - 1], ids[at:end]
            at = end


def read_directory(header: Header, block: Block, payload: bytes, footer: Footer) -> Directory:
    """Parse the payload of a directory whose entries must fill the pack without a gap."""
    where = f"The directory at offset {footer.directory_offset}"
    if len(payload) != block.stored_length:
        raise PackDamaged(f"{where} does not end where the footer begins.")
    check_payload(block, payload, where)
    raw = decompress(header.codec, payload, block.raw_length, where)
    directory = Directory()
    at, raw_bytes, last = HEADER.size, 0, (0, b"")
    for entry in parse_entries(raw, block.records, where):
        _check_entry(entry, at, last, header.block_size + MAX_RECORD_BYTES, where)
        directory.add(entry)
        at, last = entry.end, (entry.kind, entry.first_id)
        raw_bytes += entry.raw_length
    if at != footer.directory_offset or raw_bytes != footer.counts.raw_bytes:
        raise PackDamaged(f"{where} and the footer disagree about the bytes of the blocks.")
    return directory


def _check_entry(entry: Entry, at: int, last: tuple[int, bytes], most: int, where: str) -> None:
    if entry.offset != at:
        raise PackDamaged(f"{where} places a block at {entry.offset} instead of {at}.")
    if entry.kind not in KINDS:
        raise PackDamaged(f"{where} has an entry of the unknown kind {entry.kind}.")
    first_id = entry.first_id
    if not first_id or (entry.kind, first_id) <= last or not is_utf8(first_id):
        raise PackDamaged(f"{where} has a first id that does not follow: {first_id[:80]!r}.")
    if not entry.records or entry.raw_length > most:
        raise PackDamaged(f"{where} has impossible lengths for the block at {entry.offset}.")
