"""Frames of the transfer between nodes, and the requests that ask for them (transfer.md)."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

import msgspec

from tcsync.domain import Known, RevisionRecord, Selection
from tcsync.errors import BadAnswer

HEADER = struct.Struct("<c3xIQ")
MEDIA_TYPE = "application/vnd.tcsync.frames"
PROTOCOL = 2
HEAD_BYTES = 16 << 20

REVISION, ARTIFACT, ABSENT, END = b"R", b"A", b"X", b"E"
CHRONICLE, RECORD, ELEMENT, ENTRY = b"C", b"L", b"S", b"M"
KINDS = frozenset({REVISION, ARTIFACT, ABSENT, END, CHRONICLE, RECORD, ELEMENT, ENTRY})


class SnapshotRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Body of `POST snapshot`."""

    selection: Selection | None = None
    known: dict[str, Known] | None = None


class RecordsRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Body of `POST records`."""

    resource: str
    numbers: list[int]


class UsesRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Body of `POST uses`."""

    resources: list[str]


class PackWant(msgspec.Struct, forbid_unknown_fields=True):
    """Revisions of one resource, as ranges of numbers (both ends included)."""

    resource: str
    ranges: list[tuple[int, int]]


class PacksRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Body of `POST packs`."""

    wants: list[PackWant]


class BytesWant(msgspec.Struct, forbid_unknown_fields=True):
    """Artifacts of one revision's own changes, by id."""

    resource: str
    number: int
    ids: list[str]


class ArtifactsRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Body of `POST artifacts`."""

    wants: list[BytesWant]


class ChroniclesRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Body of `POST chronicles`."""

    resources: list[str]


class WalkRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Body of `POST walk`."""

    resource: str
    number: int


class ElementHead(msgspec.Struct):
    """Head of a frame that carries an element as it is at a revision."""

    id: str


class EntryHead(msgspec.Struct):
    """Head of a frame that names an entry of the artifact manifest."""

    id: str
    name: str
    size: int


class RevisionHead(msgspec.Struct):
    """Head of a frame that carries a revision."""

    record: RevisionRecord
    pack_digest: str


class ArtifactHead(msgspec.Struct):
    """Head of a frame that carries the bytes of an artifact."""

    digest: str


class AbsentHead(msgspec.Struct):
    """Head of a frame that says what cannot be given."""

    resource: str
    code: str
    reason: str


class EndHead(msgspec.Struct):
    """Head of the frame that ends a stream."""

    frames: int


def frame(kind: bytes, head: object, body_length: int = 0) -> bytes:
    """Return the header and head of a frame; the body follows it."""
    text = msgspec.json.encode(head)
    return HEADER.pack(kind, len(text), body_length) + text


def parse_header(data: bytes) -> tuple[bytes, int, int]:
    """Return kind, head length and body length. Raises BadAnswer."""
    kind, head, body = HEADER.unpack(data)
    if kind not in KINDS or head > HEAD_BYTES or any(data[1:4]):
        raise BadAnswer("The stream holds something that is not a frame of this protocol.")
    return kind, head, body


def ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return rising numbers as ranges of consecutive ones."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] + 1 == number:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def gathered(pieces: Iterable[bytes], size: int = 256 << 10) -> Iterator[bytes]:
    """Yield the same bytes in pieces of at least `size`: a write a piece costs more than a copy."""
    buffer = bytearray()
    for piece in pieces:
        if not buffer and len(piece) >= size:
            yield piece
            continue
        buffer += piece
        if len(buffer) >= size:
            yield bytes(buffer)
            buffer.clear()
    if buffer:
        yield bytes(buffer)
