"""Reading ahead: a second thread fetches and opens what comes next, the first checks and writes.

The second thread receives, compares check sums and inflates; records, content digests and all that
is written are left to the first. Either is then at work about half of the time that both took.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType

from tcsync.domain import RevisionRecord
from tcsync.packs import Belt, Piece, opened
from tcsync.sources.base import Absent, Arriving, PackSource, Want

_Item = Arriving | Absent | Piece | None
"""None ends the pieces of a pack."""


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
        self._belt = Belt(self._fetched(), _weight)
        self._items = iter(self._belt)

    def __enter__(self) -> Ahead:
        self._pulse = self._source.heed(self._watched)
        self._belt.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # The pulse stops it within half a second, however silent the source is.
        self._belt.__exit__(kind, error, trace)
        self._source.heed(self._pulse)

    def _watched(self, count: int) -> None:
        self._belt.check()
        if self._pulse is not None:
            self._pulse(count)

    def _fetched(self) -> Generator[_Item, None, None]:
        with self._source.packs(self._wants) as arriving:
            for item in arriving:
                yield item
                if isinstance(item, Arriving):
                    yield from opened(item.chunks)
                    yield None

    def __iter__(self) -> Iterator[Incoming | Absent]:
        """Yield what arrives, in the order asked for."""
        for item in self._items:
            if isinstance(item, Absent):
                yield item
            elif isinstance(item, Arriving):
                pieces = self._pieces()
                yield Incoming(item.record, item.length, item.pack_digest, pieces)
                for _piece in pieces:
                    pass

    def _pieces(self) -> Iterator[Piece]:
        """Yield the pieces of one body, up to the mark that ends it."""
        while isinstance(piece := next(self._items, None), Piece):
            yield piece


def _weight(item: _Item) -> int:
    return item.weight if isinstance(item, Piece) else 0
