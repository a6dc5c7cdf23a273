"""A category tree as far as it is open: branches of a page each, whatever the tree holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from syncconfigs.connect import Catalogue
from tcsync.domain import Category, Resource

PAGE_SIZE = 50
MOST_OPEN = 40
DEEPEST = 25
"""What lies deeper is shown at this depth: templates and eyes have their limits."""
SEARCH_LENGTH = 200
NUMBER_DIGITS = 6
TOP = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something cannot be picked, or what will not be synchronized. `config` is its number."""

    text: Any
    config: int | None = None


@dataclass(slots=True)
class Entry:
    """A category or resource to pick."""

    key: str
    item: Category | Resource
    is_category: bool
    total: int = 0
    can_open: bool = False
    branch: Branch | None = None
    names: tuple[str, ...] = ()
    """The categories around it, where a search found it."""
    is_picked: bool = False
    blocked: Reason | None = None
    warnings: list[Reason] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """An id for the page: the source's own may hold anything."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:16]


@dataclass(slots=True)
class Branch:
    """A page of what lies directly in a category, or of what a search found."""

    id: str
    entries: list[Entry]
    count: int
    number: int
    page_size: int = PAGE_SIZE

    @property
    def first(self) -> int:
        """The number of its first entry."""
        return (self.number - 1) * self.page_size + 1

    @property
    def last(self) -> int:
        """The number of its last entry."""
        return min(self.number * self.page_size, self.count)

    @property
    def before(self) -> int:
        """The page before this one, 0 when there is none."""
        return self.number - 1

    @property
    def after(self) -> int:
        """The page after this one, 0 when there is none."""
        return self.number + 1 if self.last < self.count else 0

    def all(self) -> Iterator[Entry]:
        """Yield all entries that are drawn."""
        for entry in self.entries:
            yield entry
            if entry.branch is not None:
                yield from entry.branch.all()


@dataclass(slots=True)
class View:
    """What of a tree is open, which page of each branch is shown, and what is searched for."""

    open: dict[str, int]
    text: str = ""
    page: int = 1

    @classmethod
    def of(cls, kept: Mapping[str, Any], tree: Catalogue) -> View:
        """Return a view as it was kept; at first what stands alone at the top is open."""
        roots = tree.children(TOP)
        alone = {roots[0].id: 1} if len(roots) == 1 else {}
        return cls(dict(kept.get("open", alone)), kept.get("text", ""), kept.get("page", 1))

    def kept(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"open": self.open, "text": self.text, "page": self.page}

    def show(self, tree: Catalogue, category: str) -> None:
        """Open a category and all around it, each at the page where the next one stands."""
        path = tree.path(category)
        for id_, inner in zip((TOP, *path), path, strict=False):
            ids = [child.id for child in tree.children(id_)]
            at = ids.index(inner) // PAGE_SIZE + 1 if inner in ids else 1
            self._open(id_, at)
        if path:
            self._open(category, self.open.get(category, 1))

    def _open(self, id_: str, page: int) -> None:
        self.open.pop(id_, None)
        self.open[id_] = page
        while len(self.open) > MOST_OPEN:
            del self.open[next(iter(self.open))]

    def act(self, tree: Catalogue, said: QueryDict) -> bool:
        """Do what a button of the tree says; return whether it was one."""
        if "show" in said or "open" in said:
            self.text = "" if "show" in said else self.text
            self.show(tree, str(said.get("open") or said.get("show") or ""))
        elif "close" in said:
            self.open.pop(str(said["close"]), None)
        elif "turn" in said:
            self._turn(tree, *str(said["turn"]).partition(":")[::2])
        elif "find" in said:
            self.text, self.page = str(said.get("text", ""))[:SEARCH_LENGTH].strip(), 1
        elif "clear" in said:
            self.text, self.page = "", 1
        else:
            return False
        return True

    def _turn(self, tree: Catalogue, number: str, category: str) -> None:
        is_number = number.isascii() and number.isdecimal() and len(number) <= NUMBER_DIGITS
        page = int(number) if is_number else 1
        if self.text:
            self.page = page
        elif category == TOP or category in tree.categories:
            self._open(category, page)


def draw(tree: Catalogue, view: View, *, resources: bool = True) -> Branch:
    """Return what is seen of the tree: what was found, or what is open from the top down."""
    if view.text:
        found = tree.search(view.text)
        items = found if resources else [item for item in found if isinstance(item, Category)]
        branch = _page(tree, TOP, items, view.page, resources)
        for entry in branch.entries:
            entry.names = _around(tree, entry)
            entry.can_open = entry.is_category and entry.can_open
        return branch
    return _branch(tree, view, TOP, resources, frozenset())


def _around(tree: Catalogue, entry: Entry) -> tuple[str, ...]:
    if isinstance(entry.item, Resource):
        return tree.names(entry.item.category)
    return tree.names(entry.item.id)[:-1]


def _branch(
    tree: Catalogue, view: View, category: str, resources: bool, outer: frozenset[str]
) -> Branch:
    items: list[Category | Resource] = [*tree.children(category)]
    items += tree.leaves(category) if resources else ()
    branch = _page(tree, category, items, view.open.get(category, 1), resources)
    within = outer | {category}
    entries = []
    for entry in branch.entries:
        entries.append(entry)
        if not entry.can_open or entry.item.id not in view.open or entry.item.id in within:
            continue
        inner = _branch(tree, view, entry.item.id, resources, within)
        if len(within) < DEEPEST:
            entry.branch = inner
        else:
            entries += inner.entries
    branch.entries = entries
    return branch


def _page(
    tree: Catalogue,
    category: str,
    items: Sequence[Category | Resource],
    number: int,
    resources: bool,
) -> Branch:
    last = max(1, -(-len(items) // PAGE_SIZE))
    number = min(max(1, number), last)
    shown = items[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    entries = [_entry(tree, item, resources) for item in shown]
    return Branch(category, entries, len(items), number)


def _entry(tree: Catalogue, item: Category | Resource, resources: bool) -> Entry:
    if isinstance(item, Resource):
        return Entry(f"resource:{item.id}", item, is_category=False)
    total = tree.totals[item.id] if resources else 0
    can_open = bool(tree.children(item.id) or (resources and tree.leaves(item.id)))
    return Entry(f"category:{item.id}", item, is_category=True, total=total, can_open=can_open)
