"""The categories that somebody may read, with what lies in them, as a tree that opens by branch."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from tcsync.domain import Category
from tcsync.repository.models import Resource

PART = 100
"""Entries that a branch shows at once."""
DEEPEST = 20
"""Branches that are drawn inside each other: templates and eyes have their limits."""
TOP = ""


@dataclass(slots=True)
class Twig:
    """A category as an entry of a branch; `total` counts the resources in it and below."""

    category: Category
    categories: int
    total: int
    branch: Branch | None = None


@dataclass(slots=True)
class Branch:
    """A part of what lies in a category: first its categories, then its resources."""

    id: str
    twigs: list[Twig]
    resources: list[Resource]
    offset: int
    count: int

    @property
    def before(self) -> int | None:
        """Where the part before this one begins."""
        return max(0, self.offset - PART) if self.offset else None

    @property
    def after(self) -> int | None:
        """Where the part after this one begins."""
        end = self.offset + PART
        return end if end < self.count else None

    @property
    def last(self) -> int:
        """The number of its last entry."""
        return self.offset + len(self.twigs) + len(self.resources)


class Places:
    """A category tree. One whose parent is not among the categories is a root."""

    def __init__(self, categories: Iterable[Category], held: Mapping[str, int]) -> None:
        self.categories = {category.id: category for category in categories}
        self.held = held
        self._below: dict[str, list[Category]] = {}
        for category in sorted(self.categories.values(), key=lambda c: (c.name.casefold(), c.id)):
            self._below.setdefault(self._parent(category), []).append(category)
        self.totals = self._totals()

    def _parent(self, category: Category) -> str:
        return category.parent if category.parent in self.categories else TOP

    def _totals(self) -> dict[str, int]:
        order = list(self.below(TOP))
        for category in order:  # grows while it is read
            order += self.below(category.id)
        totals = {category.id: self.held.get(category.id, 0) for category in order}
        for category in reversed(order):
            if (parent := self._parent(category)) in totals:
                totals[parent] += totals[category.id]
        return totals

    def below(self, id_: str) -> list[Category]:
        """Return the categories directly in this one (TOP: the roots), by name."""
        return self._below.get(id_, [])

    def path(self, id_: str) -> list[str]:
        """Return the ids from a root down to this category; empty when it is not in the tree."""
        path: list[str] = []
        while id_ in self.totals:
            path.append(id_)
            id_ = self._parent(self.categories[id_])
        return path[::-1]

    def names(self, id_: str) -> list[str]:
        """Return the names from a root down to this category."""
        return [self.categories[inner].name for inner in self.path(id_)]

    def twigs(self, id_: str) -> list[Twig]:
        """Return all categories directly in this one."""
        return [self._twig(category) for category in self.below(id_)]

    @property
    def size(self) -> int:
        """How many entries the tree has when all of it is open."""
        return len(self.categories) + sum(self.held.values())

    def branch(self, id_: str, offset: int, resources: QuerySet[Resource]) -> Branch:
        """Return a part of what lies in a category; `resources` are all that may be seen."""
        below = self.below(id_)
        count = len(below) + self.held.get(id_, 0)
        offset = offset if offset < count else 0
        twigs = [self._twig(category) for category in below[offset : offset + PART]]
        start = max(0, offset - len(below))
        wanted = PART - len(twigs)
        held = resources.filter(category=id_).order_by("name", "id") if id_ else resources.none()
        rows = list(held[start : start + wanted]) if wanted and self.held.get(id_) else []
        return Branch(id_, twigs, rows, offset, count)

    def _twig(self, category: Category) -> Twig:
        return Twig(category, len(self.below(category.id)), self.totals[category.id])

    def opened(self, path: list[str], resources: QuerySet[Resource]) -> Branch:
        """Return the roots with the branches along a path open, each at the part it needs."""
        path = path[-DEEPEST:]
        top = TOP if not path else self._parent(self.categories[path[0]])
        first = branch = self._showing(top, path[:1], resources)
        for place, id_ in enumerate(path):
            twig = next(twig for twig in branch.twigs if twig.category.id == id_)
            branch = twig.branch = self._showing(id_, path[place + 1 : place + 2], resources)
        return first

    def _showing(self, id_: str, inner: list[str], resources: QuerySet[Resource]) -> Branch:
        ids = [category.id for category in self.below(id_)]
        offset = ids.index(inner[0]) // PART * PART if inner else 0
        return self.branch(id_, offset, resources)

    def whole(self, resources: Collection[Resource], id_: str = TOP, depth: int = 0) -> Branch:
        """Return a small tree with all of its branches open."""
        twigs = self.twigs(id_)
        held = [resource for resource in resources if resource.category_id == id_]
        for twig in twigs:
            if depth < DEEPEST:
                twig.branch = self.whole(resources, twig.category.id, depth + 1)
        return Branch(id_, twigs, held, 0, len(twigs) + len(held))


def held_of(resources: QuerySet[Resource]) -> dict[str, int]:
    """Return how many of the resources each category holds."""
    counted: Any = resources.order_by().values_list("category").annotate(n=Count("pk"))
    return dict(counted.values_list("category", "n"))
