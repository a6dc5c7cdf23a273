"""Ways from a revision to its root, by spans where there are some; who meets none has them made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from django.conf import settings

from tcsync.packs import PackReader
from tcsync.repository.chains import Chains, Link
from tcsync.repository.spans import SHORTEST, Entry, Piece, Shelf, SpanDamaged, extend, folder_of

BUILD_SECONDS = 2.0
"""What one reading may spend on making spans; the next one goes on."""

Leg = Link | Entry
"""A part of a way: one link, or the links of a span from an entry on downwards."""


def shelf_of(resource: str) -> Shelf:
    """Return the spans of a resource."""
    return Shelf(folder_of(Path(settings.TCSYNC_DATA), resource))


class Ways:
    """The ways of one resource. `open_pack` is asked for the packs that spans are made of."""

    def __init__(
        self, chains: Chains, shelf: Shelf, open_pack: Callable[[Link], PackReader]
    ) -> None:
        self.chains = chains
        self.shelf = shelf
        self._open_pack = open_pack
        self._may_build = True

    def way(self, number: int | None) -> Way:
        """Return the way from a revision to its root."""
        return Way(self, number)

    def build(self, number: int) -> bool:
        """Make spans of the links from a revision down that none has.

        Returns whether it is worth looking again: not where nothing can be written, nor a second
        time when the first one took too long.
        """
        if not self._may_build:
            return False
        self._may_build = False
        try:
            with self.shelf.alone() as alone:
                self.shelf.refresh()
                self._may_build = alone and self._extend(number)
        except OSError:
            return False
        return True

    def _extend(self, number: int) -> bool:
        self._tidy()
        links: list[Link] = []
        below: tuple[int, bytes] | None = None
        for link in self.chains.chain(number):
            if not link.mark:
                return False
            if self.shelf.find(link.number, link.mark):
                below = (link.number, link.mark)
                break
            links.append(link)
        pieces = (Piece(x.number, x.mark, partial(self._open_pack, x)) for x in reversed(links))
        return extend(self.shelf, pieces, below, BUILD_SECONDS)

    def _tidy(self) -> None:
        links = self.chains.links(self.shelf.tops())
        self.shelf.tidy({number: link.mark for number, link in links.items()})


class Way:
    """The legs of a way, newest first. Raises Missing."""

    def __init__(self, ways: Ways, number: int | None) -> None:
        self._ways = ways
        self._next = None if number is None else (number, b"")
        self._top = 0
        self._walked = 0

    def __iter__(self) -> Iterator[Leg]:
        while self._next is not None:
            entry = self._entry(*self._next)
            if entry is None:
                yield self._link(self._next[0])
            else:
                self._walked = 0
                self._next = entry.span.links.below
                yield entry

    def go_back(self, entry: Entry, number: int, error: SpanDamaged) -> None:
        """Do without a span that does not hold what it says; go on at `number`."""
        self._ways.shelf.discard(entry.span, error)
        self._next = (number, b"")

    def _link(self, number: int) -> Link:
        link = self._ways.chains.link(number)
        if link.mark:
            self._top = self._top if self._walked else number
            self._walked += 1
        self._next = None if link.parent is None else (link.parent, b"")
        return link

    def _entry(self, number: int, mark: bytes) -> Entry | None:
        # What a span leads to comes with its mark: no row is needed.
        mark = mark or self._ways.chains.link(number).mark
        if not mark:
            return None
        shelf = self._ways.shelf
        entry = shelf.find(number, mark)
        if entry is None and self._walked >= SHORTEST and self._ways.build(self._top):
            entry = shelf.find(number, mark)
        return entry
