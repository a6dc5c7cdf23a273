"""Reading ahead: a second thread fetches and opens what comes next, the first checks and writes.

At most AHEAD_BYTES wait between the two, so memory stays flat however fast the source is. The
second thread receives, compares check sums and inflates; digests, records and all that is written
are left to the first. Either is then at work about half of the time that both took.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from types import TracebackType
from typing import NamedTuple

from tcsync.domain import RevisionRecord
from tcsync.errors import TcsyncError
from tcsync.packs import Piece, opened
from tcsync.sources.base import Absent, Arriving, PackSource, Want

AHEAD_BYTES = 10 << 20
"""Uncompressed, so some 2 MB of what travels. More would be a little faster, and as much memory."""
_ROOM_SECONDS = 0.5


class _Stopped(TcsyncError):
    """Nobody wants what is still to come."""


class _Ended(NamedTuple):
    """The last thing that the thread says; None: everything was sent."""

    error: BaseException | None


@dataclass(frozen=True, slots=True)
class Incoming:
    """A revision on its way, as `Arriving`; its pack comes in pieces that are open already."""

    record: RevisionRecord
    length: int
    pack_digest: str
    pieces: Iterator[Piece]


class Ahead:
    """The revisions of a source's stream, one stretch ahead of who takes them.

    Iterating raises what reading the source raised, where it was raised. `pieces` of an item must
    be read before the next item is asked for; what is left of it is passed over.
    """

    def __init__(self, source: PackSource, wants: Sequence[Want]) -> None:
        self._source = source
        self._wants = wants
        self._queue: SimpleQueue[Arriving | Absent | Piece | _Ended | None] = SimpleQueue()
        self._put = self._taken = 0
        self._room = threading.Event()
        self._is_stopped = False
        self._thread = threading.Thread(target=self._fetch, daemon=True, name="ahead")

    def __enter__(self) -> Ahead:
        self._pulse = self._source.heed(self._watched)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_stopped = True
        self._room.set()
        # The pulse stops it within half a second, however silent the source is.
        self._thread.join()
        self._source.heed(self._pulse)

    def _watched(self, count: int) -> None:
        if self._is_stopped:
            raise _Stopped("The transfer was stopped.")
        if self._pulse is not None:
            self._pulse(count)

    def _fetch(self) -> None:
        error = None
        try:
            with self._source.packs(self._wants) as arriving:
                for item in arriving:
                    self._pass_on(item)
        except BaseException as caught:  # noqa: BLE001 - whatever it is, the other thread raises it
            error = caught
        self._queue.put(_Ended(error))

    def _pass_on(self, item: Arriving | Absent) -> None:
        self._queue.put(item)
        if isinstance(item, Absent):
            return
        for piece in opened(item.chunks):
            while self._put - self._taken > AHEAD_BYTES and not self._is_stopped:
                self._room.clear()
                self._room.wait(_ROOM_SECONDS)
            if self._is_stopped:
                raise _Stopped("The transfer was stopped.")
            self._put += piece.weight
            self._queue.put(piece)
        self._queue.put(None)

    def __iter__(self) -> Iterator[Incoming | Absent]:
        """Yield what arrives, in the order asked for."""
        while True:
            item = self._queue.get()
            if isinstance(item, _Ended):
                if item.error is not None:
                    raise item.error
                return
            if isinstance(item, Absent):
                yield item
            elif isinstance(item, Arriving):
                pieces = self._pieces()
                yield Incoming(item.record, item.length, item.pack_digest, pieces)
                for _piece in pieces:
                    pass

    def _pieces(self) -> Iterator[Piece]:
        """Yield the pieces of one body, up to the mark that ends it."""
        while isinstance(piece := self._queue.get(), Piece):
            self._taken += piece.weight
            self._room.set()
            yield piece
        if isinstance(piece, _Ended) and piece.error is not None:
            raise piece.error
