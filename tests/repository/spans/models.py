"""Spans without a database: links and their packs, made up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from tcsync.packs import Kind, Op, PackReader, Record, pack_bytes
from tcsync.repository.spans import Piece, Shelf, Span, extend, key_of

HOURS = 10_000.0


def mark(number: int) -> bytes:
    return sha256(str(number).encode()).digest()[:16]


def pack(ids: Sequence[str], artifacts: Sequence[str] = ()) -> PackReader:
    data, _summary = pack_bytes(
        [Record(Op.EDIT, id_, b"{}") for id_ in sorted(ids)],
        [Record(Op.EDIT, id_, b"{}") for id_ in sorted(artifacts)],
    )
    return PackReader(lambda offset, length: data[offset : offset + length], len(data))


def piece(number: int, ids: Sequence[str] = (), artifacts: Sequence[str] = ()) -> Piece:
    return Piece(number, mark(number), lambda: pack(ids, artifacts))


def filled(folder: Path, pieces: Sequence[Piece], below: int | None = None) -> Shelf:
    """Return a shelf with spans of these pieces."""
    shelf = Shelf(folder)
    extend(shelf, pieces, None if below is None else (below, mark(below)), HOURS)
    return shelf


def whole_spans(shelf: Shelf, number: int) -> Iterator[Span]:
    """Yield the spans from a link downwards, each of which must be entered at its top."""
    end: tuple[int, bytes] | None = (number, mark(number))
    while end is not None:
        entry = shelf.find(*end)
        assert entry is not None
        assert entry.is_whole
        yield entry.span
        end = entry.span.links.below


def touching(span: Span, id_: str, kind: Kind = Kind.ELEMENT) -> list[int]:
    """Return the numbers of all links that a span says to touch an id, newest first."""
    numbers = span.links.numbers
    return [numbers[p] for p in span.places(key_of(kind, id_.encode()), len(numbers) - 1)]
