"""A tree of elements as far as it is open: branches in parts, whatever their size."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from tcsync.repository import browsing
from tcsync.repository.browsing import Lines, Outline
from tcsync.repository.browsing.stored import child_ids
from tcsync.repository.models import Revision
from tcsync.repository.states import History

PART = 200
DEEPEST = 20
"""Branches that are drawn inside each other; above them a link leads up."""


@dataclass(slots=True)
class Twig:
    """An element as an entry of a tree; `branch` is there when it is open."""

    line: Outline
    branch: Grown | None = None
    is_wanted: bool = False


@dataclass(slots=True)
class Grown:
    """A part of the children of an element, or of the roots where `owner` is empty."""

    owner: str
    twigs: list[Twig]
    offset: int
    total: int
    above: Outline | None = None
    """What lies above a tree that does not begin at its root."""

    @classmethod
    def of(cls, owner: str, lines: Lines) -> Grown:
        """Return these lines with nothing open."""
        return cls(owner, [Twig(line) for line in lines.lines], lines.offset, lines.total)

    @property
    def before(self) -> int | None:
        """Where the part before this one begins."""
        return max(0, self.offset - PART) if self.offset else None

    @property
    def after(self) -> int | None:
        """Where the part after this one begins."""
        return self.last if self.twigs and self.last < self.total else None

    @property
    def last(self) -> int:
        """The number of its last entry."""
        return self.offset + len(self.twigs)

    def twig(self, line: Outline) -> Twig:
        """Return the entry of an element; one that its owner does not list comes first."""
        for twig in self.twigs:
            if twig.line.id == line.id:
                return twig
        self.twigs.insert(0, Twig(line))
        return self.twigs[0]


def roots_of(history: History, revision: Revision, offset: int) -> Grown:
    """Return a part of the root elements."""
    return Grown.of("", browsing.roots(history, revision, offset, PART))


def branch_of(history: History, number: int, owner: str, offset: int) -> Grown:
    """Return a part of the children of an element. Raises Missing."""
    return Grown.of(owner, browsing.children(history, number, owner, offset, PART))


def tree_to(history: History, revision: Revision, wanted: str) -> Grown:
    """Return the tree with the path to an element open, each branch at the part it needs."""
    number = revision.number
    line = Outline.of(wanted, history.get(number, wanted) or b"")
    path = [*browsing.path_to(history, number, wanted), line]
    first: Grown
    if len(path) > DEEPEST:
        path = path[-DEEPEST:]
        first = Grown("", [Twig(path[0])], 0, 1, above=path[0])
    else:
        roots = [str(id_) for id_ in revision.root_ids]
        first = roots_of(history, revision, _part_of(path[0].id, roots))
    branch = first
    for owner, inner in pairwise(path):
        ids = child_ids(history.get(number, owner.id) or b"")
        twig = branch.twig(owner)
        twig.branch = branch_of(history, number, owner.id, _part_of(inner.id, ids))
        branch = twig.branch
    twig = branch.twig(line)
    twig.is_wanted = True
    if line.child_count:
        twig.branch = branch_of(history, number, wanted, 0)
    return first


def _part_of(id_: str, ids: list[str]) -> int:
    return ids.index(id_) // PART * PART if id_ in ids else 0
