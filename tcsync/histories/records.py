"""Reading a history file as a stream: opening it, the order of its lines, and their grouping.

Everything is lazy; memory holds one line and, per resource, the numbers that have come so far.
"""

from __future__ import annotations

import gzip
import lzma
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import cast

from tcsync.errors import HistoryError, NotCanonical
from tcsync.histories.lines import (
    ArtifactDelLine,
    ArtifactLine,
    BranchLine,
    Change,
    Corpus,
    DelLine,
    PutLine,
    Record,
    ResourceLine,
    RevisionLine,
    TagLine,
)
from tcsync.histories.order import LineOrder
from tcsync.histories.parsing import parse_line

__all__ = [
    "ArtifactDelLine",
    "ArtifactLine",
    "BranchLine",
    "Change",
    "Corpus",
    "DelLine",
    "PutLine",
    "Record",
    "ResourceLine",
    "RevisionGroup",
    "RevisionLine",
    "TagLine",
    "groups",
    "read_records",
]

LINE_LIMIT = 67_108_864
"""Bytes of one line, its end included: the longest JSON text there is (element.md)."""

_XZ_MAGIC = b"\xfd7zXZ\0"
_GZIP_MAGIC = b"\x1f\x8b"
_Stream = BufferedReader | gzip.GzipFile | lzma.LZMAFile
_MEND = "Mend this line, or get the file again; the revisions before it stay as they are."


@dataclass(frozen=True, slots=True)
class RevisionGroup:
    """A revision and its changes, which can be taken once, before the next group is asked for."""

    revision: RevisionLine
    changes: Iterator[Change]


def read_records(path: Path) -> Iterator[Record]:
    """Yield the records of a file, plain, .xz or .gz by its first bytes; `-` is standard input.

    Raises HistoryError with file and line at the first one that is wrong, by itself or there.
    """
    name = "standard input" if str(path) == "-" else str(path)
    order = LineOrder()
    number = 0
    for number, text in _numbered_lines(path, name):
        try:
            record = parse_line(text, number)
            order.check(record)
        except (HistoryError, NotCanonical) as error:
            raise HistoryError(
                f"{name}, line {number}: {error.message}", next_step=_MEND
            ) from error
        yield record
    if number == 0:
        raise HistoryError(f"{name} is empty.", next_step="Get the file again.")
    try:
        order.check_end()
    except HistoryError as error:
        raise HistoryError(f"{name}, at its end: {error.message}", next_step=_MEND) from error


def groups(path: Path) -> Iterator[Corpus | ResourceLine | BranchLine | TagLine | RevisionGroup]:
    """Yield the records of a file with the changes of each revision behind one lazy iterator.

    Changes that are not taken are read over. Errors as from `read_records`.
    """
    cursor = _Cursor(read_records(path))
    while (record := cursor.take_head()) is not None:
        if isinstance(record, RevisionLine):
            yield RevisionGroup(record, cursor.changes())
        else:
            yield record


class _Cursor:
    """Records with one of them held back: the head after which a revision's changes end."""

    def __init__(self, records: Iterator[Record]) -> None:
        self._records = records
        self._head: Record | None = None

    def changes(self) -> Iterator[Change]:
        while self._head is None and (record := next(self._records, None)) is not None:
            if isinstance(record, Change):
                yield record
            else:
                self._head = record

    def take_head(self) -> Corpus | ResourceLine | BranchLine | TagLine | RevisionLine | None:
        for _unread in self.changes():
            pass
        head, self._head = self._head, None
        return None if isinstance(head, Change) else head


def _numbered_lines(path: Path, name: str) -> Iterator[tuple[int, bytes]]:
    number = 0
    try:
        with _opened(path) as stream:
            while text := stream.readline(LINE_LIMIT + 1):
                number += 1
                if len(text) > LINE_LIMIT:
                    raise HistoryError(f"{name}, line {number}: longer than {LINE_LIMIT:,} bytes.")
                if not text.isspace():
                    yield number, text
    except EOFError as error:
        raise HistoryError(
            f"{name}, line {number + 1}: the compressed file is cut off here.",
            next_step="Get the file again; the revisions before this line stay as they are.",
        ) from error
    except (lzma.LZMAError, zlib.error, OSError) as error:
        raise HistoryError(
            f"{name}, line {number + 1}: cannot be read: {error}.",
            next_step="Check the file's path and rights, or get the file again.",
        ) from error


@contextmanager
def _opened(path: Path) -> Iterator[_Stream]:
    if str(path) == "-":
        yield _decompressed(cast("BufferedReader", sys.stdin.buffer))
    else:
        with path.open("rb") as raw, _decompressed(raw) as stream:
            yield stream


def _decompressed(raw: BufferedReader) -> _Stream:
    start = raw.peek(len(_XZ_MAGIC))
    if start.startswith(_XZ_MAGIC):
        return lzma.open(raw)
    if start.startswith(_GZIP_MAGIC):
        return gzip.open(raw)
    return raw
