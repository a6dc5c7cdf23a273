"""The difference of two revisions of a resource: its cost follows the changes, not the size."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from tcsync.packs import Kind
from tcsync.repository.states import History, Link

COMPARED_AT_ONCE = 2000
LINKS_PER_ID = 4


@dataclass(frozen=True, slots=True)
class Difference:
    """An element (or artifact) that differs; None stands for: does not exist there."""

    id: str
    before: bytes | None
    after: bytes | None

    @property
    def operation(self) -> str:
        """What happened to it on the way from the one to the other."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "edited"


@dataclass(frozen=True, slots=True)
class Part:
    """What differs up to the id `last`."""

    differences: tuple[Difference, ...]
    last: str


def difference(
    history: History, before: int, after: int, kind: Kind = Kind.ELEMENT
) -> Iterator[Difference]:
    """Yield what differs between two revisions, by rising id. Raises Missing.

    Looks only into the packs between the two and their newest common ancestor.
    """
    for part in parts(history, before, after, kind):
        yield from part.differences


def parts(
    history: History,
    before: int,
    after: int,
    kind: Kind = Kind.ELEMENT,
    *,
    after_id: str = "",
    at_once: int = COMPARED_AT_ONCE,
) -> Iterator[Part]:
    """Yield the same part by part, from an id on; a part comes of `at_once` ids that were touched.

    Parts may hold no difference: where much was changed and changed back. Many revisions make
    larger parts, for each part costs a walk along all of them.
    """
    links = _between(history, before, after)
    at_once = max(at_once, len(links) // LINKS_PER_ID)
    touched = heapq.merge(*(_ids(history, link, kind, after_id) for link in links))
    ids = _without_repeats(touched)
    while some := list(islice(ids, at_once)):
        names = [key.decode() for key in some]
        old = history.get_many(before, names, kind)
        new = history.get_many(after, names, kind)
        differing = (name for name in names if old.get(name) != new.get(name))
        yield Part(tuple(Difference(n, old.get(n), new.get(n)) for n in differing), names[-1])


def _ids(history: History, link: Link, kind: Kind, after: str) -> Iterator[bytes]:
    for id_, _operation in history.pack(link).operations(kind, after):
        yield id_.encode()


def _without_repeats(keys: Iterator[bytes]) -> Iterator[bytes]:
    previous: bytes | None = None
    for key in keys:
        if key != previous:
            yield key
        previous = key


def _height(number: int | None) -> int:
    return -1 if number is None else number


def _between(history: History, one: int, other: int) -> list[Link]:
    """Return the links from both revisions down to their newest common ancestor, it left out.

    Numbers fall along a chain, so the higher of the two ends is always the one to step from. Two
    chains that never meet (roots of their own, or a hole) are compared as a whole.
    """
    found: list[Link] = []
    ends: list[int | None] = [one, other]
    while ends[0] != ends[1]:
        side = 0 if _height(ends[0]) > _height(ends[1]) else 1
        link = history.link(_height(ends[side]))
        found.append(link)
        ends[side] = link.parent
    return found
