"""Verifying a pack while it arrives: everything in 'What a reader refuses', in bounded memory."""

from __future__ import annotations

import hashlib
from collections.abc import Generator

from tcsync.errors import DigestMismatch, PackDamaged
from tcsync.packs import layout
from tcsync.packs.compression import decompress
from tcsync.packs.layout import BLOCK, FOOTER, HEADER, Kind, PackSummary
from tcsync.packs.parts import (
    Block,
    Entry,
    Footer,
    Header,
    check_payload,
    parse_block,
    parse_directory,
    parse_footer,
    parse_header,
)
from tcsync.packs.records import scan
from tcsync.packs.tally import Tally


class PackVerifier:
    """Fed the bytes of a pack in pieces of any size; `finish` says what it holds.

    Raises PackDamaged, or DigestMismatch where the records are not those of the footer's digests;
    after an error every further call raises PackDamaged. Memory is the largest block.
    """

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._size = 0
        self._waiting = bytearray()
        self._parts = _Parts()
        self._parse = self._parts.parse()
        self._needed = next(self._parse)
        self._broken = False

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the pack."""
        if self._broken:
            raise PackDamaged("The pack was refused before.")
        self._digest.update(chunk)
        self._size += len(chunk)
        self._waiting += chunk
        if len(self._waiting) >= self._needed:
            self._broken = True
            self._advance()
            self._broken = False

    def finish(self) -> PackSummary:
        """Say what the pack holds, all of which was checked."""
        if self._broken:
            raise PackDamaged("The pack was refused before.")
        footer = self._parts.footer
        if footer is None:
            raise PackDamaged(f"The pack ends too early, after {self._size} bytes.")
        return footer.summary(self._size, self._digest.hexdigest())

    def _advance(self) -> None:
        at = 0
        with memoryview(self._waiting) as waiting:
            while at + self._needed <= len(waiting):
                part = bytes(waiting[at : at + self._needed])
                at += self._needed
                self._needed = self._parse.send(part)
        del self._waiting[:at]


class _Parts:
    """What was seen of a pack so far. Its directory is kept as a digest: it may be long."""

    def __init__(self) -> None:
        self.footer: Footer | None = None
        self._tally = Tally()
        self._directory = hashlib.sha256()
        self._directory_bytes = 0
        self._blocks = 0
        self._at = HEADER.size
        self._last: tuple[int, bytes] = (Kind.ELEMENT, b"")

    def parse(self) -> Generator[int, bytes, None]:
        """Yield how many bytes the next part has; expects to be sent exactly these."""
        header = parse_header((yield HEADER.size))
        head = yield BLOCK.size
        while head[0] == layout.BLOCK_TAG:
            block = parse_block(head, header, self._at)
            self._take(header, block, (yield block.stored_length))
            head = yield BLOCK.size
        directory = parse_directory(head, header, self._at)
        self._compare_directory(header, directory, (yield directory.stored_length))
        end = self._at + BLOCK.size + directory.stored_length
        footer = parse_footer((yield FOOTER.size), header, end)
        self._compare_footer(footer, end)
        yield 1
        raise PackDamaged(f"There are bytes after the footer, at offset {end + FOOTER.size}.")

    def _take(self, header: Header, block: Block, payload: bytes) -> None:
        where = f"The block at offset {self._at}"
        check_payload(block, payload, where)
        raw = decompress(header.codec, payload, block.raw_length, where)
        keys, _starts, ops = scan(raw, self._above(block.kind, where), where)
        if len(keys) != block.records:
            raise PackDamaged(f"{where} holds {len(keys)} records instead of {block.records}.")
        self._tally.add(block.kind, ops, raw)
        self._last = (block.kind, keys[-1])
        self._list(block, keys[0])

    def _above(self, kind: int, where: str) -> bytes:
        """Return the id that those of the next block must lie above."""
        if kind < self._last[0]:
            raise PackDamaged(f"{where} has elements after artifacts.")
        return self._last[1] if kind == self._last[0] else b""

    def _list(self, block: Block, first_id: bytes) -> None:
        entry = Entry(
            self._at,
            block.stored_length,
            block.raw_length,
            block.records,
            block.kind,
            first_id,
        )
        data = entry.to_bytes()
        self._directory.update(data)
        self._directory_bytes += len(data)
        self._blocks += 1
        self._at = entry.end

    def _compare_directory(self, header: Header, block: Block, payload: bytes) -> None:
        where = f"The directory at offset {self._at}"
        check_payload(block, payload, where)
        if (block.records, block.raw_length) != (self._blocks, self._directory_bytes):
            raise PackDamaged(f"{where} does not list the {self._blocks} blocks of the pack.")
        raw = decompress(header.codec, payload, block.raw_length, where)
        if hashlib.sha256(raw).digest() != self._directory.digest():
            raise PackDamaged(f"{where} differs from the blocks of the pack.")

    def _compare_footer(self, footer: Footer, at: int) -> None:
        where = f"The footer at offset {at}"
        if (footer.directory_offset, footer.directory_length) != (
            self._at,
            at - self._at,
        ):
            raise PackDamaged(f"{where} does not point to the directory at {self._at}.")
        counts = self._tally.counts()
        if footer.counts != counts:
            raise PackDamaged(f"{where} counts {tuple(footer.counts)}; there are {tuple(counts)}.")
        content, artifact = self._tally.digests()
        if footer.content_digest != content:
            raise DigestMismatch(f"{where} promises other elements than the pack holds.")
        if footer.artifact_digest != artifact:
            raise DigestMismatch(f"{where} promises other artifacts than the pack holds.")
        self.footer = footer
