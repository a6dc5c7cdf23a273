"""The byte layout of a span, version 1: docs/formats/span.md describes every byte."""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from struct import Struct

from tcsync.errors import ContentError

MAGIC = b"TCSYNCX\x01"
VERSION = 1
HEADER = Struct("<8sHHIIQQ16sI")
HAS_BELOW = 1
PAGE_TOUCHES = 256
TOUCH_BYTES = 12
MARK_BYTES = 16
KEY_BYTES = 8
PLACE_BITS = 32
PLACE_MASK = (1 << PLACE_BITS) - 1
MOST_LINKS = 1 << 16
"""A reader keeps the table of the links of each open span."""
APART = 1
HAS_ARTIFACTS = 2

_LINK_BYTES = 8 + MARK_BYTES + 1
_PAGE_BYTES = 8 + 4 + 4


class SpanDamaged(ContentError):
    """A span is not one, or does not say what the packs hold. Never leaves the repository."""

    code = "span_damaged"
    default_next_step = "Nothing to do: it is made anew."


def key_of(kind: int, id_: bytes) -> int:
    """Return the key of an id, given as its bytes."""
    return int.from_bytes(sha256(bytes((kind,)) + id_).digest()[:KEY_BYTES], "little")


def mark_of(digest: str) -> bytes:
    """Return the mark of a revision by its digest, SHA-256 in hex; empty where it is none."""
    try:
        mark = bytes.fromhex(digest)[:MARK_BYTES]
    except ValueError:
        return b""
    return mark if len(mark) == MARK_BYTES else b""


@dataclass(frozen=True, slots=True)
class Links:
    """The links of a span, oldest first; `below` is what its oldest one leads to: number, mark."""

    numbers: array[int]
    marks: bytes
    flags: bytes
    below: tuple[int, bytes] | None

    def places(self, flag: int) -> list[int]:
        """Return the places of the links that have a flag."""
        flags = self.flags.translate(bytes(bool(value & flag) for value in range(256)))
        found, at = [], flags.find(1)
        while at >= 0:
            found.append(at)
            at = flags.find(1, at + 1)
        return found

    def mark(self, place: int) -> bytes:
        """Return the mark of the link at a place."""
        return self.marks[place * MARK_BYTES : (place + 1) * MARK_BYTES]

    def older(self, place: int) -> int | None:
        """Return the number of what the link at a place leads to."""
        if place:
            return self.numbers[place - 1]
        return None if self.below is None else self.below[0]


@dataclass(frozen=True, slots=True)
class Pages:
    """Of each page of touches its first key, its first place and its CRC-32."""

    keys: array[int]
    places: array[int]
    checks: array[int]


@dataclass(frozen=True, slots=True)
class Head:
    """All of a span before its pages."""

    links: Links
    touches: int
    pages: Pages

    @property
    def size(self) -> int:
        """Bytes of the head; the first page lies behind it."""
        return head_bytes(len(self.links.numbers), self.touches)


def page_count(touches: int) -> int:
    """Return how many pages so many touches take."""
    return -(-touches // PAGE_TOUCHES)


def head_bytes(links: int, touches: int) -> int:
    """Return the bytes of a head."""
    return HEADER.size + links * _LINK_BYTES + page_count(touches) * _PAGE_BYTES


def render(head: Head) -> bytes:
    """Return the bytes of a head."""
    links, pages = head.links, head.pages
    number, mark = links.below or (0, b"")
    flags = 0 if links.below is None else HAS_BELOW
    tables = b"".join(
        (
            packed(links.numbers),
            links.marks,
            links.flags,
            packed(pages.keys),
            packed(pages.places),
            packed(pages.checks),
        )
    )
    fields = (MAGIC, VERSION, flags, PAGE_TOUCHES, len(links.numbers), head.touches, number, mark)
    check = zlib.crc32(tables, zlib.crc32(HEADER.pack(*fields, 0)))
    return HEADER.pack(*fields, check) + tables


def parse_lengths(data: bytes) -> tuple[int, int]:
    """Return how many links and touches a span has, by the bytes of its header."""
    if len(data) != HEADER.size:
        raise SpanDamaged("The span ends within its header.")
    magic, version, _flags, page_touches, links, touches, *_below = HEADER.unpack(data)
    if (magic, version, page_touches) != (MAGIC, VERSION, PAGE_TOUCHES):
        raise SpanDamaged("The span has another format.")
    if not 0 < links <= MOST_LINKS:
        raise SpanDamaged(f"The span says that it has {links} links.")
    return links, touches


def parse(data: bytes) -> Head:
    """Return the head of a span. Raises SpanDamaged."""
    links, touches = parse_lengths(data[: HEADER.size])
    if len(data) != head_bytes(links, touches):
        raise SpanDamaged("The span ends within its head.")
    *fields, check = HEADER.unpack_from(data)
    tables = data[HEADER.size :]
    if zlib.crc32(tables, zlib.crc32(HEADER.pack(*fields, 0))) != check:
        raise SpanDamaged("The head of the span has another check.")
    below = (fields[6], fields[7]) if fields[2] & HAS_BELOW else None
    pages = page_count(touches)
    numbers, marks, flags, *rest = _cut(
        tables, (8 * links, MARK_BYTES * links, links, 8 * pages, 4 * pages, 4 * pages)
    )
    return Head(
        Links(unpacked("Q", numbers), marks, flags, below),
        touches,
        Pages(unpacked("Q", rest[0]), unpacked("I", rest[1]), unpacked("I", rest[2])),
    )


def _cut(data: bytes, lengths: Iterable[int]) -> list[bytes]:
    parts, at = [], 0
    for length in lengths:
        parts.append(data[at : at + length])
        at += length
    return parts


def packed(values: array[int]) -> bytes:
    """Return the little-endian bytes of integers."""
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return values.tobytes()


def unpacked(code: str, data: bytes) -> array[int]:
    """Return the integers (Q: 64 bits, I: 32 bits) of little-endian bytes."""
    values = array(code, data)
    if sys.byteorder == "big":
        values.byteswap()
    return values
