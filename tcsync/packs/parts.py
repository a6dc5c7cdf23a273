"""The parts of a pack around its records: header, block headers, directory entries, footer.

Each is parsed with everything refused that can be seen without the other parts.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from tcsync.errors import PackDamaged
from tcsync.packs import layout
from tcsync.packs.compression import Codec, check_lengths
from tcsync.packs.layout import BLOCK, ENTRY, FOOTER, HEADER, PackSummary, SummaryCounts

_CRC = struct.Struct("<I")
_CRC_AT = 108
_FIRST_VERSION = 1


class Header(NamedTuple):
    """What the rest of the pack is to be read by."""

    codec: Codec
    block_size: int


class Block(NamedTuple):
    """Header of a block or of the directory (kind 0, records are entries)."""

    kind: int
    records: int
    raw_length: int
    stored_length: int
    check: int


class Entry(NamedTuple):
    """Where a block lies and where its ids begin."""

    offset: int
    stored_length: int
    raw_length: int
    records: int
    kind: int
    first_id: bytes

    @property
    def end(self) -> int:
        """Offset of the byte after the block."""
        return self.offset + BLOCK.size + self.stored_length

    def to_bytes(self) -> bytes:
        """Return the entry as it stands in the directory."""
        return ENTRY.pack(*self[:5], len(self.first_id)) + self.first_id


class Footer(NamedTuple):
    """What the whole pack is said to hold. Digests are raw bytes."""

    content_digest: bytes
    artifact_digest: bytes
    counts: SummaryCounts
    directory_offset: int
    directory_length: int

    def summary(self, size: int, digest: str) -> PackSummary:
        """Return what callers learn of a pack of `size` bytes with this pack digest."""
        return PackSummary(
            size,
            digest,
            self.content_digest.hex(),
            self.artifact_digest.hex(),
            *self.counts,
        )

    def to_bytes(self, header: Header) -> bytes:
        """Return the footer with its check and magic."""
        values = (*self[:2], *self.counts, *self[3:], 0)
        checked = FOOTER.pack(*values, 0, layout.FOOT_MAGIC)[:_CRC_AT]
        return checked + _CRC.pack(_footer_check(header, checked)) + layout.FOOT_MAGIC


def header_bytes(header: Header) -> bytes:
    """Return the first bytes of a pack."""
    return HEADER.pack(
        layout.HEAD_MAGIC,
        layout.VERSION,
        header.codec,
        layout.NO_PREFIX,
        header.block_size,
        layout.CANONICALIZATION,
        b"",
    )


def parse_header(data: bytes) -> Header:
    """Parse the first 32 bytes of a pack."""
    magic, version, codec, prefix, block_size, canonicalization, reserved = HEADER.unpack(data)
    if magic != layout.HEAD_MAGIC:
        raise PackDamaged("The header at offset 0 does not begin with the magic of a pack.")
    _expect("version", version, layout.VERSION)
    if codec not in (Codec.STORED, Codec.ZSTD):
        raise PackDamaged(f"The header at offset 0 names the unknown codec {codec}.")
    _expect("prefix", prefix, layout.NO_PREFIX)
    _expect("canonicalization", canonicalization, layout.CANONICALIZATION)
    if not 1 <= block_size <= layout.MAX_BLOCK_SIZE:
        raise PackDamaged(f"The header at offset 0 has the impossible block size {block_size}.")
    if any(reserved):
        raise PackDamaged("The header at offset 0 has reserved bytes that are not zero.")
    return Header(Codec(codec), block_size)


def _expect(field: str, value: int, known: int) -> None:
    if field == "version" and value == _FIRST_VERSION:
        raise PackDamaged(
            "The header at offset 0 has version 1, which no release of this node reads.",
            next_step="Begin with an empty store and synchronize or load everything again.",
        )
    if value != known:
        raise PackDamaged(
            f"The header at offset 0 has {field} {value}; this node knows {known} only.",
            next_step="Update this node if the pack was written by a newer one.",
        )


def block_bytes(tag: int, block: Block) -> bytes:
    """Return the header of a block or directory."""
    return BLOCK.pack(tag, block.kind, 0, *block[1:])


def parse_block(data: bytes, header: Header, offset: int) -> Block:
    """Parse the header of a block at `offset`, lengths within their limits."""
    where = f"The block at offset {offset}"
    block = _parse_tagged(data, layout.BLOCK_TAG, where)
    if block.kind not in layout.KINDS:
        raise PackDamaged(f"{where} has the unknown kind {block.kind}.")
    limit = header.block_size + layout.MAX_RECORD_BYTES
    smallest = block.records * (layout.HEAD_BYTES + 1)
    if not 0 < smallest <= block.raw_length <= limit:
        raise PackDamaged(
            f"{where} cannot hold {block.records} records in {block.raw_length} raw bytes."
        )
    check_lengths(header.codec, block.raw_length, block.stored_length, where)
    return block


def parse_directory(data: bytes, header: Header, offset: int) -> Block:
    """Parse the header of the directory at `offset`, lengths within their limits."""
    where = f"The directory at offset {offset}"
    block = _parse_tagged(data, layout.DIRECTORY_TAG, where)
    if block.kind != layout.DIRECTORY_KIND:
        raise PackDamaged(f"{where} has the kind {block.kind} instead of 0.")
    smallest = block.records * (ENTRY.size + 1)
    if not smallest <= block.raw_length <= layout.MAX_DIRECTORY_BYTES:
        raise PackDamaged(
            f"{where} cannot hold {block.records} entries in {block.raw_length} raw bytes."
        )
    check_lengths(header.codec, block.raw_length, block.stored_length, where)
    return block


def _parse_tagged(data: bytes, tag: int, where: str) -> Block:
    found, kind, reserved, *numbers = BLOCK.unpack(data)
    if found != tag:
        raise PackDamaged(f"{where} begins with the unknown tag {found:#04x}.")
    if reserved:
        raise PackDamaged(f"{where} has reserved bytes that are not zero.")
    return Block(kind, *numbers)


def check_payload(block: Block, payload: bytes, where: str) -> None:
    """Refuse a payload whose CRC-32 is not the one in its header."""
    if zlib.crc32(payload) != block.check:
        raise PackDamaged(f"{where} does not match its check.")


def parse_entries(raw: bytes, count: int, where: str) -> Iterator[Entry]:
    """Yield the entries of a directory's payload; framing is checked, meaning is not."""
    at = 0
    for _ in range(count):
        try:
            offset, stored, raw_length, records, kind, length = ENTRY.unpack_from(raw, at)
        except struct.error as error:
            raise PackDamaged(f"{where} ends within an entry.") from error
        at += ENTRY.size + length
        yield Entry(offset, stored, raw_length, records, kind, raw[at - length : at])
    if at != len(raw):
        raise PackDamaged(f"{where} has {len(raw)} bytes, its entries {at}.")


def parse_footer(data: bytes, header: Header, offset: int) -> Footer:
    """Parse the last 120 bytes of a pack, which lie at `offset`."""
    where = f"The footer at offset {offset}"
    content, artifact, *numbers, reserved, check, magic = FOOTER.unpack(data)
    if magic != layout.FOOT_MAGIC:
        raise PackDamaged(f"{where} does not end with the magic of a pack.")
    if _footer_check(header, data[:_CRC_AT]) != check:
        raise PackDamaged(f"{where} does not match its check.")
    if reserved:
        raise PackDamaged(f"{where} has reserved bytes that are not zero.")
    return Footer(content, artifact, SummaryCounts(*numbers[:6]), *numbers[6:])


def _footer_check(header: Header, checked: bytes) -> int:
    """Return the CRC-32 over header and footer: nothing else covers the header's bytes."""
    return zlib.crc32(checked, zlib.crc32(header_bytes(header)))
