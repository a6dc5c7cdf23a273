"""Opening a pack while it arrives: parts are found, compared with their checks and inflated.

It may run in a thread of its own, ahead of the PackVerifier that judges what comes out of it: both
take about as long, and neither holds the interpreter's lock for most of it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from tcsync.errors import PackDamaged
from tcsync.packs import layout
from tcsync.packs.compression import decompress
from tcsync.packs.layout import BLOCK, FOOTER, HEADER
from tcsync.packs.parts import (
    Block,
    Footer,
    Header,
    check_payload,
    parse_block,
    parse_directory,
    parse_footer,
    parse_header,
)

RAW_BYTES = 2 << 20
"""A piece ends with the block that reaches this."""


class Opened(NamedTuple):
    """A block at an offset of the pack, and its records as they were before compression."""

    at: int
    block: Block
    raw: bytes


class Directory(NamedTuple):
    """The directory at an offset of the pack, and its entries."""

    at: int
    block: Block
    raw: bytes


class Closed(NamedTuple):
    """The footer at an offset of the pack."""

    at: int
    footer: Footer


Part = Opened | Directory | Closed


@dataclass(frozen=True, slots=True)
class Piece:
    """Some bytes of a pack, the parts that end within them, and what is wrong behind these."""

    data: bytes
    parts: tuple[Part, ...] = ()
    fault: PackDamaged | None = None

    @property
    def weight(self) -> int:
        """About how many bytes of memory it takes."""
        raw = sum(len(part.raw) for part in self.parts if not isinstance(part, Closed))
        return len(self.data) + raw


def opened(chunks: Iterable[bytes]) -> Iterator[Piece]:
    """Open a pack that comes in chunks of any size. Raises only what getting the chunks raises.

    A piece has a few MiB of raw bytes or one block: a chunk may hold hundreds of blocks that are
    nearly nothing before they are inflated.
    """
    return chain.from_iterable(map(PackOpener().feed, chunks))


class PackOpener:
    """Fed the bytes of a pack in chunks of any size. Memory is the largest block.

    After a fault the bytes are passed on unopened.
    """

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._parts = self._parse()
        self._needed: int = next(self._parts)  # type: ignore[assignment]
        self._is_broken = False

    def feed(self, chunk: bytes) -> Iterator[Piece]:
        """Take the next bytes of the pack; the pieces must be read before the next chunk comes."""
        if self._is_broken:
            yield Piece(chunk)
            return
        self._waiting += chunk
        found: list[Part] = []
        raw_bytes = 0
        fault = None
        try:
            for part in self._advance():
                found.append(part)
                raw_bytes += 0 if isinstance(part, Closed) else len(part.raw)
                if raw_bytes >= RAW_BYTES:
                    yield Piece(chunk, tuple(found))
                    chunk, found, raw_bytes = b"", [], 0
        except PackDamaged as error:
            fault = error
            self._is_broken = True
            self._waiting.clear()
        yield Piece(chunk, tuple(found), fault)

    def _advance(self) -> Iterator[Part]:
        at = 0
        try:
            while at + self._needed <= len(self._waiting):
                with memoryview(self._waiting) as waiting:
                    data = bytes(waiting[at : at + self._needed])
                at += self._needed
                while not isinstance(said := self._parts.send(data), int):
                    yield said
                    data = b""
                self._needed = said
        finally:
            del self._waiting[:at]

    def _parse(self) -> Generator[int | Part, bytes, None]:
        """Yield how many bytes come next and expect them; yield each part that is whole."""
        header = parse_header((yield HEADER.size))
        at = HEADER.size
        head = yield BLOCK.size
        while head[0] == layout.BLOCK_TAG:
            block = parse_block(head, header, at)
            payload = yield block.stored_length
            raw = _inflated(header, block, payload, f"The block at offset {at}")
            yield Opened(at, block, raw)
            at += BLOCK.size + block.stored_length
            head = yield BLOCK.size
        directory = parse_directory(head, header, at)
        payload = yield directory.stored_length
        raw = _inflated(header, directory, payload, f"The directory at offset {at}")
        yield Directory(at, directory, raw)
        at += BLOCK.size + directory.stored_length
        footer = parse_footer((yield FOOTER.size), header, at)
        yield Closed(at, footer)
        yield 1
        raise PackDamaged(f"There are bytes after the footer, at offset {at + FOOTER.size}.")


def _inflated(header: Header, block: Block, payload: bytes, where: str) -> bytes:
    check_payload(block, payload, where)
    return decompress(header.codec, payload, block.raw_length, where)
