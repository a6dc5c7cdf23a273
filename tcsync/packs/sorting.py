"""Sorting records by id in bounded memory: what does not fit is spilled into a temporary file."""

from __future__ import annotations

import heapq
import struct
import tempfile
from collections.abc import Generator, Iterator
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tcsync.errors import PackDamaged
from tcsync.packs.layout import Record

DEFAULT_LIMIT_BYTES = 32 << 20
# What Python needs for a record besides its id and body, rounded up.
OVERHEAD_BYTES = 256
READ_BYTES = 1 << 18
_HEAD = struct.Struct("<BHI")

# Code points sort as their UTF-8 bytes do.
_by_id = attrgetter("id")


class RecordSorter:
    """Takes records in any order, then yields them by the bytes of their ids, as often as asked.

    Holds about `limit_bytes` in memory; sorted runs beyond lie in a nameless file in `folder`
    (the system's place for such files where None). A context manager that closes the file.
    """

    def __init__(self, limit_bytes: int = DEFAULT_LIMIT_BYTES, folder: Path | None = None) -> None:
        self._limit = limit_bytes
        self._folder = folder
        self._records: list[Record] = []
        self._bytes = 0
        self._file: IO[bytes] | None = None
        self._runs: list[tuple[int, int]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._records.clear()
        self._runs.clear()
        if self._file is not None:
            self._file.close()
            self._file = None

    def add(self, record: Record) -> None:
        """Take a record; spills when the limit is reached. Raises OSError when the disk is full."""
        self._records.append(record)
        self._bytes += len(record.id) + len(record.body) + OVERHEAD_BYTES
        if self._bytes >= self._limit:
            self._spill()

    def __iter__(self) -> Iterator[Record]:
        """Yield the records by rising id. Raises PackDamaged for an id that was added twice."""
        self._records.sort(key=_by_id)
        runs = [self._read_run(start, end) for start, end in self._runs]
        last: str | None = None
        for record in heapq.merge(*runs, self._records, key=_by_id):
            if record.id == last:
                raise PackDamaged(
                    f"The id {last!r} occurs twice in one changeset.",
                    next_step="Give each id once.",
                )
            last = record.id
            yield record

    def _spill(self) -> None:
        self._records.sort(key=_by_id)
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by __exit__
        start = self._file.seek(0, 2)
        for record in self._records:
            self._file.write(_to_bytes(record))
        self._runs.append((start, self._file.tell()))
        self._records = []
        self._bytes = 0

    def _read_run(self, at: int, end: int) -> Iterator[Record]:
        # Runs share one file, so each keeps its own place in it.
        rest = b""
        while at < end:
            # At least doubling: a long record is not copied once a piece.
            piece = self._read(at, min(end - at, max(READ_BYTES, len(rest))))
            at += len(piece)
            rest = yield from _split(rest + piece)

    def _read(self, offset: int, length: int) -> bytes:
        if self._file is None:
            raise ValueError("The sorter is closed.")
        self._file.seek(offset)
        return self._file.read(length)


def _to_bytes(record: Record) -> bytes:
    try:
        key = record.id.encode()
        return _HEAD.pack(record.op, len(key), len(record.body)) + key + record.body
    except (UnicodeEncodeError, struct.error) as error:
        raise PackDamaged(f"No pack can hold the record of id {record.id[:80]!r}.") from error


def _split(data: bytes) -> Generator[Record, None, bytes]:
    """Yield the whole records at the front of `data`, return what is left."""
    at = 0
    while at + _HEAD.size <= len(data):
        op, id_length, body_length = _HEAD.unpack_from(data, at)
        body = at + _HEAD.size + id_length
        end = body + body_length
        if end > len(data):
            break
        yield Record(op, data[body - id_length : body].decode(), data[body:end])
        at = end
    return data[at:]
