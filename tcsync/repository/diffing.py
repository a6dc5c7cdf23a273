"""The difference of two revisions of a resource: its cost follows the changes, not the size."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from typing import NamedTuple

from tcsync.packs import Kind, Op
from tcsync.repository.states import History, Link

COMPARED_AT_ONCE = 2000
LINKS_PER_ID = 4
OPERATIONS = {int(Op.ADD): "added", int(Op.EDIT): "edited", int(Op.REMOVE): "removed"}


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


class Change(NamedTuple):
    """An element (or artifact) that differs; `operation` is "added", "edited" or "removed"."""

    id: str
    operation: str


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


def changed(
    history: History, before: int, after: int, kind: Kind = Kind.ELEMENT
) -> Iterator[Change]:
    """Yield which ids differ between two revisions, by rising id. Raises Missing.

    What the packs between the two say they do is believed; bodies are compared only where several
    of them touched the same id, for it may be what it was.
    """
    olds, news = _sides(history, before, after)
    if len(news) == 1 and not olds:
        # The common case: a revision and its parent.
        for id_, op in history.pack(news[0]).operations(kind):
            yield Change(id_, OPERATIONS[op])
        return
    links = [*((0, link) for link in olds), *((1, link) for link in reversed(news))]
    touches = (
        _touches(history, link, kind, order, side) for order, (side, link) in enumerate(links)
    )
    by_id = groupby(heapq.merge(*touches), key=itemgetter(0))
    verdicts = ((key.decode(), _verdict([touch[2:] for touch in some])) for key, some in by_id)
    maybe = ((id_, verdict) for id_, verdict in verdicts if verdict)
    while some := list(islice(maybe, COMPARED_AT_ONCE)):
        doubtful = [id_ for id_, verdict in some if verdict == _DOUBTFUL]
        old = history.get_many(before, doubtful, kind)
        new = history.get_many(after, doubtful, kind)
        for id_, verdict in some:
            if verdict != _DOUBTFUL:
                yield Change(id_, verdict)
            elif old.get(id_) != new.get(id_):
                yield Change(id_, "edited")


_DOUBTFUL = "?"
_Touch = tuple[bytes, int, int, int]
"""Id, place on the way from the one revision down and up to the other, side, operation."""


def _touches(history: History, link: Link, kind: Kind, order: int, side: int) -> Iterator[_Touch]:
    for id_, op in history.pack(link).operations(kind):
        yield id_.encode(), order, side, op


def _verdict(touches: list[tuple[int, int]]) -> str:
    """Return what happened to an id by the (side, operation)s of its touches, in the order of the
    way: "" nothing.

    The way goes down from the one revision (side 0), so the first touch there is its newest, and up
    to the other (side 1), whose last touch is its newest. What an id was where the two sides part
    says the oldest touch of either: only what does not exist is added.
    """
    olds = [op for side, op in touches if side == 0]
    news = [op for side, op in touches if side == 1]
    oldest = olds[-1] if olds else news[0]
    was_there = oldest != Op.ADD
    is_before = olds[0] != Op.REMOVE if olds else was_there
    is_after = news[-1] != Op.REMOVE if news else was_there
    if is_before and is_after:
        return "edited" if len(touches) == 1 else _DOUBTFUL
    return "removed" if is_before else "added" if is_after else ""


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
    olds, news = _sides(history, before, after)
    links = olds + news
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


def _sides(history: History, one: int, other: int) -> tuple[list[Link], list[Link]]:
    """Return the links from each revision down to their newest common ancestor, it left out.

    Numbers fall along a chain, so the higher of the two ends is always the one to step from. Two
    chains that never meet (roots of their own, or a hole) are compared as a whole.
    """
    found: tuple[list[Link], list[Link]] = ([], [])
    ends: list[int | None] = [one, other]
    while ends[0] != ends[1]:
        side = 0 if _height(ends[0]) > _height(ends[1]) else 1
        link = history.link(_height(ends[side]))
        found[side].append(link)
        ends[side] = link.parent
    return found
