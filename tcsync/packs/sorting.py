"""Sorting records by id in bounded memory: what does not fit is spilled into a temporary file."""

from __future__ import annotations

import tempfile
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec

from tcsync.errors import PackDamaged
from tcsync.packs.filling import filled
from tcsync.packs.layout import MAX_ID_BYTES, Record, Row

DEFAULT_LIMIT_BYTES = 32 << 20
# What Python needs for a record besides its id and body, rounded up.
OVERHEAD_BYTES = 256
CHUNK_BYTES = 1 << 18
"""Of the records that are read back at a time, a single larger one apart."""

_by_id = itemgetter(0)
_rows = msgspec.msgpack.Decoder(list[Row])


class RecordSorter:
    """Takes records in any order, then yields them by the bytes of their ids, as often as asked.

    Holds about `limit_bytes` in memory; sorted runs beyond lie in a nameless file in `folder`
    (the system's place for such files where None). A context manager that closes the file.
    """

    def __init__(self, limit_bytes: int = DEFAULT_LIMIT_BYTES, folder: Path | None = None) -> None:
        self._limit = limit_bytes
        self._folder = folder
        self._rows: list[Row] = []
        self._bytes = 0
        self._file: IO[bytes] | None = None
        self._spilled: list[list[tuple[int, int]]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._rows.clear()
        self._spilled.clear()
        if self._file is not None:
            self._file.close()
            self._file = None

    def add(self, record: Record) -> None:
        """Take a record; spills when the limit is reached. Raises OSError when the disk is full."""
        self.take([(record.id, record.op, record.body)])

    def take(self, rows: Sequence[Row]) -> None:
        """Take some records at a time; see `add`."""
        self._rows += rows
        self._bytes += sum(_weights(rows))
        if self._bytes >= self._limit:
            self._spill()

    def __iter__(self) -> Iterator[Record]:
        """Yield the records by rising id. Raises PackDamaged for an id that was added twice."""
        for rows in self.rows():
            for id_, op, body in rows:
                yield Record(op, id_, body)

    def rows(self) -> Iterator[list[Row]]:
        """Yield the records by rising id, some hundred at a time. Raises PackDamaged as above."""
        last: str | None = None
        for rows in self._merged():
            ids = [row[0] for row in rows]
            if last == ids[0] or len(set(ids)) < len(ids):
                raise _twice(ids, last)
            last = ids[-1]
            yield rows

    def _merged(self) -> Iterator[list[Row]]:
        # Code points sort as their UTF-8 bytes do.
        self._rows.sort(key=_by_id)
        runs = [_Run(map(self._read, places)) for places in self._spilled]
        runs.append(_Run(_chunks(self._rows)))
        while runs := [run for run in runs if run.rows]:
            bound = min(run.last for run in runs)
            rows = list(chain.from_iterable([run.take(bound) for run in runs]))
            if len(runs) > 1:
                # Runs that were sorted: they are only merged.
                rows.sort(key=_by_id)
            yield rows

    def _spill(self) -> None:
        self._rows.sort(key=_by_id)
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by __exit__
        self._file.seek(0, 2)
        places: list[tuple[int, int]] = []
        for rows in _chunks(self._rows):
            data = _to_bytes(rows)
            places.append((self._file.tell(), len(data)))
            self._file.write(data)
        self._spilled.append(places)
        self._rows = []
        self._bytes = 0

    def _read(self, place: tuple[int, int]) -> list[Row]:
        if self._file is None:
            raise ValueError("The sorter is closed.")
        # Runs share one file, and so do walks: none relies on where it stands.
        self._file.seek(place[0])
        return _rows.decode(self._file.read(place[1]))


class _Run:
    """Records that are sorted, and how far they were taken."""

    def __init__(self, chunks: Iterator[list[Row]]) -> None:
        self._chunks = chunks
        self.rows = next(chunks, [])

    @property
    def last(self) -> str:
        """The last id that is known."""
        return self.rows[-1][0]

    def take(self, bound: str) -> list[Row]:
        """Return the records up to an id that is not above the last one."""
        place = bisect_right(self.rows, bound, key=_by_id)
        taken = self.rows[:place]
        self.rows = self.rows[place:] or next(self._chunks, [])
        return taken


def _weights(rows: Sequence[Row]) -> list[int]:
    return [OVERHEAD_BYTES + len(id_) + len(body) for id_, _op, body in rows]


def _chunks(rows: list[Row]) -> Iterator[list[Row]]:
    for start, end, _size in filled(_weights(rows), CHUNK_BYTES):
        yield rows[start:end]


def _to_bytes(rows: list[Row]) -> bytes:
    try:
        if max(len(row[0]) for row in rows) <= MAX_ID_BYTES:
            return msgspec.msgpack.encode(rows)
    except UnicodeEncodeError:
        pass
    raise PackDamaged(f"No pack can hold the record of id {_bad(rows)[:80]!r}.")


def _bad(rows: list[Row]) -> str:
    return next(row[0] for row in rows if len(row[0]) > MAX_ID_BYTES or not _is_text(row[0]))


def _is_text(id_: str) -> bool:
    return id_.isascii() or not any("\ud800" <= character <= "\udfff" for character in id_)


def _twice(ids: list[str], last: str | None) -> PackDamaged:
    twice = next((id_ for id_, after in pairwise(ids) if id_ == after), last)
    return PackDamaged(
        f"The id {twice!r} occurs twice in one changeset.", next_step="Give each id once."
    )
