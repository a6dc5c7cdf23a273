"""Shelf: the spans of one resource, files of one folder."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import re
import shutil
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from tcsync.repository.spans import making
from tcsync.repository.spans.layout import Links, SpanDamaged
from tcsync.repository.spans.span import Span

OPEN_BYTES = 16 << 20
"""What the open spans of a shelf may keep in all."""
OPEN_SPANS = 64
"""Each one holds a file open."""
UNFINISHED_SECONDS = 3600
_NAME = re.compile(r"([0-9]{1,20})-([0-9]{1,20})-([0-9a-f]{32})\.span")

_log = logging.getLogger(__name__)


class Entry(NamedTuple):
    """Where a way to the root enters a span: the place of its newest link there."""

    span: Span
    place: int

    @property
    def number(self) -> int:
        """The number of the revision at this place."""
        return self.span.links.numbers[self.place]

    def places(self, key: int) -> Iterator[int]:
        """Yield the places from here on downwards whose packs may have a record of a key."""
        return self.span.places(key, self.place)

    @property
    def is_whole(self) -> bool:
        """Whether the way goes through all of the span."""
        return self.place == len(self.span.links.numbers) - 1


class _Name(NamedTuple):
    first: int
    last: int
    mark: bytes
    text: str


class Shelf:
    """The spans in `folder`, which need not exist. Not thread-safe; cheap to make."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._names: list[_Name] | None = None
        self._by_last: dict[int, list[_Name]] = {}
        self._open: OrderedDict[str, Span] = OrderedDict()
        self._weight = 0
        self._refused: set[str] = set()

    def find(self, number: int, mark: bytes) -> Entry | None:
        """Return where the way from a link enters a span, None where no span has it.

        Of several spans that have it within, the one that leads farthest down.
        """
        if self._names is None:
            self.refresh()
        for name in chain(self._by_last.get(number, ()), self._around(number)):
            span = self._opened(name)
            place = None if span is None else span.place_of(number, mark)
            if span is not None and place is not None:
                return Entry(span, place)
        return None

    def _around(self, number: int) -> Iterator[_Name]:
        names = self._names or ()
        return (name for name in names if name.first <= number <= name.last)

    def refresh(self) -> None:
        """Look again which spans there are: other processes make and merge them too."""
        try:
            texts = [path.name for path in self.folder.iterdir()]
        except OSError:
            texts = []
        found = (_NAME.fullmatch(text) for text in texts if text not in self._refused)
        names = (_Name(int(m[1]), int(m[2]), bytes.fromhex(m[3]), m[0]) for m in found if m)
        self._list(sorted(names, key=lambda name: (name.first, -name.last, name.text)))

    def _list(self, names: list[_Name]) -> None:
        self._names = names
        self._by_last = {}
        for name in names:
            self._by_last.setdefault(name.last, []).append(name)

    def _opened(self, name: _Name) -> Span | None:
        span = self._open.get(name.text)
        if span is None:
            try:
                span = Span(self.folder / name.text)
            except SpanDamaged as error:
                self._drop(name.text, error)
                return None
            except OSError:
                # Merged away by another process, or not to be read: as if it were not there.
                return None
            self._keep(name.text, span)
        self._open.move_to_end(name.text)
        return span

    def _keep(self, text: str, span: Span) -> None:
        self._open[text] = span
        self._weight += span.weight
        while len(self._open) > 1 and (self._weight > OPEN_BYTES or len(self._open) > OPEN_SPANS):
            self._weight -= self._open.popitem(last=False)[1].weight

    def add(self, links: Links, count: int, entries: Iterable[int]) -> None:
        """Write a span and have it found. Raises OSError."""
        mark = links.mark(len(links.numbers) - 1).hex()
        text = f"{links.numbers[0]}-{links.numbers[-1]}-{mark}.span"
        making.write(self.folder / text, links, count, entries)
        self._forget(text)
        self._refused.discard(text)
        self.refresh()

    @contextlib.contextmanager
    def alone(self) -> Iterator[bool]:
        """Say whether nobody else adds to this shelf, who then leaves it alone. Raises OSError.

        It saves doing the same work twice; doing it twice would do no harm.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            yield _locked(descriptor)
        finally:
            os.close(descriptor)

    def tops(self) -> set[int]:
        """Return the numbers of the newest links of all spans."""
        return {name.last for name in self._names or ()}

    def tidy(self, marks: Mapping[int, bytes]) -> None:
        """Remove what nobody reads any more, given the marks that the newest links have now.

        Spans of a history that is gone, spans that another one contains, and what was left
        unfinished an hour ago.
        """
        kept: list[_Name] = []
        for name in self._names or ():
            if marks.get(name.last) != name.mark or any(self._contains(k, name) for k in kept):
                self._remove(name.text)
            else:
                kept.append(name)
        self._list(kept)
        for path in self.folder.glob(f"*{making.UNFINISHED}"):
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < time.time() - UNFINISHED_SECONDS:
                    path.unlink()

    def _contains(self, one: _Name, other: _Name) -> bool:
        if not one.first <= other.first <= other.last <= one.last:
            return False
        span = self._opened(one)
        return span is not None and span.place_of(other.last, other.mark) is not None

    def discard(self, span: Span, error: SpanDamaged) -> None:
        """Remove a span that did not hold what it says."""
        self._drop(span.path.name, error)

    def remove(self, spans: Iterable[Span]) -> None:
        """Remove spans that others stand for."""
        for span in spans:
            self._remove(span.path.name)
        self.refresh()

    def clear(self) -> None:
        """Remove all spans: their resource is gone."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _remove(self, text: str) -> None:
        self._forget(text)
        # On a read-only disk it stays.
        with contextlib.suppress(OSError):
            (self.folder / text).unlink()

    def _drop(self, text: str, error: SpanDamaged) -> None:
        _log.warning("span %s of %s is made anew: %s", text, self.folder.name, error.message)
        self._remove(text)
        # It may be that it cannot be removed.
        self._refused.add(text)
        self._list([name for name in self._names or () if name.text != text])

    def _forget(self, text: str) -> None:
        span = self._open.pop(text, None)
        if span is not None:
            self._weight -= span.weight


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # A file system without locks.
        return True
    return True


def folder_of(data: Path, resource: str) -> Path:
    """Return the folder with the spans of a resource, below the node's data folder."""
    return data / "spans" / sha256(resource.encode("utf-8", "surrogatepass")).hexdigest()[:32]
