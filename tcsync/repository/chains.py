"""The links of a resource: which revision leads to which, and where its pack lies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import connections

from tcsync.domain import PackPlace
from tcsync.errors import Missing
from tcsync.repository.models import Revision
from tcsync.repository.spans import mark_of

ROWS_AT_FIRST = 4
ROWS_AT_MOST = 500
_GROWTH = 8
_NUMBERS = range(1 << 63)
"""What a database can be asked for."""

# Put together by hand: the ORM takes longer for it than reading an element takes in all.
_SELECT = (
    "SELECT number, parent, hole_before, digest, object, place, length, pack_digest"
    " FROM repository_revision WHERE resource_id = %s"
)
_BELOW = f"{_SELECT} AND number <= %s ORDER BY number DESC LIMIT %s"


@dataclass(frozen=True, slots=True)
class Link:
    """A revision as a step on the way to the root. Past a hole there is nothing to go on to.

    `mark` stands for it in spans; a revision that has no row yet has none.
    """

    number: int
    parent: int | None
    place: PackPlace
    mark: bytes = b""


class Chains:
    """The links of one resource, loaded from their rows as they are asked for."""

    def __init__(self, resource: str) -> None:
        self._resource = resource
        self._links: dict[int, Link] = {}
        self._lowest = 0
        self._ahead = ROWS_AT_FIRST

    def extend(self, link: Link) -> None:
        """Take a link that has no row yet."""
        self._links[link.number] = link

    def link(self, number: int) -> Link:
        """Return the link of a revision. Raises Missing."""
        if number not in self._links and number in _NUMBERS:
            self._load_below(number)
        if number not in self._links:
            raise Missing(f"Resource {self._resource} has no revision {number}.")
        return self._links[number]

    def links(self, numbers: Iterable[int]) -> dict[int, Link]:
        """Return those of these links that there are."""
        wanted = list(numbers)
        unknown = [number for number in wanted if number not in self._links]
        for start in range(0, len(unknown), ROWS_AT_MOST):
            some = unknown[start : start + ROWS_AT_MOST]
            marks = ", ".join(["%s"] * len(some))
            self._load(f"{_SELECT} AND number IN ({marks})", *some)
        return {number: self._links[number] for number in wanted if number in self._links}

    def chain(self, number: int | None) -> Iterator[Link]:
        """Yield the links from a revision to its root (or to the keyframe after a hole)."""
        while number is not None:
            link = self.link(number)
            yield link
            number = link.parent

    def _load_below(self, number: int) -> None:
        # A chain leads downwards: who goes on where the last rows ended will want more and more.
        is_next = 0 < self._lowest - number <= _GROWTH * self._ahead
        self._ahead = min(ROWS_AT_MOST, self._ahead * _GROWTH) if is_next else ROWS_AT_FIRST
        self._lowest = self._load(_BELOW, number, self._ahead) or number

    def _load(self, query: str, *parameters: int) -> int:
        """Load links; return the last one's number, 0 where there was none."""
        number = 0
        with connections[Revision.objects.db].cursor() as cursor:
            cursor.execute(query, (self._resource, *parameters))
            for number, parent, hole_before, digest, *place in cursor.fetchall():
                if number not in self._links:
                    up = None if hole_before else parent
                    link = Link(number, up, PackPlace(*place), mark_of(digest))
                    self._links[number] = link
        return number
