"""What a server offers: everything that its account may read there, kept for a short while."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from syncconfigs.connect.opening import fingerprint, open_source, whole
from syncconfigs.connect.standing import note_failure
from syncconfigs.models import RemoteServer
from tcsync.domain import Category, Resource, Snapshot
from tcsync.errors import LoginRefused, SourceError

Item = TypeVar("Item", Category, Resource)
Key = tuple[int | None, str]

FRESH_SECONDS = 60.0
MOST_KEPT = 8
"""Catalogues in this process at once: one of 10,000 resources takes some 20 MB."""
TOP = ""


class NotAskedAgain(SourceError):
    """A server refused for a reason that only a person can mend; to repeat a login locks it."""

    code = "waits_for_person"
    default_next_step = "Let who manages the servers mend it, then test the connection."


def catalogue(server: RemoteServer) -> Snapshot:
    """Return all that the account of a server may read there. Raises SourceError."""
    try:
        with open_source(server) as source:
            return source.snapshot(None, None)
    except SourceError as error:
        if server.pk:
            note_failure(server, error)
        raise


def cached(server: RemoteServer, *, again: bool = False, since: float = 0.0) -> Catalogue:
    """Return the catalogue of a server, saved or not: at most a minute old, `again` a new one.

    It was read at `since` (seconds of `time.time`) or later: what one process of this node has read
    again, the next one that is asked must not show as it was. Two who ask at the same time are
    answered by one question. Raises SourceError.
    """
    if server.pk and server.waits_for_person:
        raise NotAskedAgain(
            f"{server.name} is not asked again before somebody tests it: {server.last_error}"
        )
    server = whole(server)
    key = (server.pk, fingerprint(server))
    return _KEPT.get(key, lambda: catalogue(server), since=time.time() if again else since)


def forget() -> None:
    """Drop every catalogue that is kept."""
    _KEPT.clear()


class Catalogue:
    """One reading of what a server offers, as a tree that is drawn branch by branch.

    A category whose parent is not shown stands at the top, which is called TOP; so do the resources
    outside of every category that is shown.
    """

    def __init__(self, snapshot: Snapshot, read_at: float = 0.0) -> None:
        self.snapshot = snapshot
        self.read_at = read_at
        """Seconds of `time.time` when it was asked for."""
        self.categories: Mapping[str, Category] = {c.id: c for c in snapshot.categories}
        self.resources: Mapping[str, Resource] = {
            r.id: r for r in snapshot.resources if not r.removed
        }

    @cached_property
    def _children(self) -> dict[str, list[Category]]:
        found: dict[str, list[Category]] = {}
        for category in _by_name(self.categories.values()):
            found.setdefault(self._known(category.parent), []).append(category)
        # A source may answer with a circle; without this nobody could see what is in it.
        reached = set(_walk(TOP, found))
        lost = [category for id_, category in self.categories.items() if id_ not in reached]
        found.setdefault(TOP, []).extend(_by_name(lost))
        return found

    @cached_property
    def _leaves(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for resource in _by_name(self.resources.values()):
            found.setdefault(self._known(resource.category), []).append(resource)
        return found

    def _known(self, category: str | None) -> str:
        return category if category is not None and category in self.categories else TOP

    def children(self, category: str = TOP) -> Sequence[Category]:
        """Return the categories directly in this one, by name."""
        return self._children.get(category, [])

    def leaves(self, category: str = TOP) -> Sequence[Resource]:
        """Return the resources directly in this category, by name."""
        return self._leaves.get(category, [])

    def below(self, category: str) -> Iterator[str]:
        """Yield the ids of this category and of all below it, parents before their children."""
        return _walk(category, self._children)

    def path(self, category: str) -> tuple[str, ...]:
        """Return the ids from the top down to this category; empty when it is not shown."""
        found: dict[str, None] = {}
        at: str | None = category
        while at is not None and at in self.categories and at not in found:
            found[at] = None
            at = self.categories[at].parent
        return tuple(reversed(found))

    def names(self, category: str) -> tuple[str, ...]:
        """Return the names from the top down to this category."""
        return tuple(self.categories[id_].name for id_ in self.path(category))

    @cached_property
    def totals(self) -> Mapping[str, int]:
        """How many resources lie in each category and below it."""
        found = {id_: len(self.leaves(id_)) for id_ in self.categories}
        for id_ in reversed(list(self.below(TOP))[1:]):
            parent = self._known(self.categories[id_].parent)
            if parent != TOP:
                found[parent] += found[id_]
        return found

    def search(self, text: str) -> list[Category | Resource]:
        """Return what has this text in its name, Project ID or id: categories first, by name."""
        wanted = text.casefold()
        return [item for words, item in self._words if wanted in words]

    @cached_property
    def _words(self) -> list[tuple[str, Category | Resource]]:
        found: list[tuple[str, Category | Resource]] = [
            (f"{c.name}\n{c.id}".casefold(), c) for c in _by_name(self.categories.values())
        ]
        for r in _by_name(self.resources.values()):
            found.append((f"{r.name}\n{r.project_id}\n{r.id}".casefold(), r))
        return found


def _by_name(items: Iterable[Item]) -> list[Item]:
    return sorted(items, key=lambda item: (item.name.casefold(), item.id))


def _walk(root: str, children: Mapping[str, Sequence[Category]]) -> Iterator[str]:
    todo, seen = [root], {root}
    while todo:
        at = todo.pop()
        yield at
        new = [child.id for child in children.get(at, ()) if child.id not in seen]
        seen.update(new)
        todo += reversed(new)


@dataclass(slots=True)
class _Kept:
    """The catalogues of this process that are fresh, the newest last."""

    clock: Callable[[], float] = time.time
    _found: OrderedDict[Key, Catalogue] = field(default_factory=OrderedDict)
    _refused: dict[Key, tuple[float, LoginRefused]] = field(default_factory=dict)
    _reading: dict[Key, threading.Lock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: Key, read: Callable[[], Snapshot], *, since: float = 0.0) -> Catalogue:
        """Return what is kept, or read it; other keys are not held up meanwhile."""
        with self._lock:
            reading = self._reading.setdefault(key, threading.Lock())
        with reading:
            kept, now = self._found.get(key), self.clock()
            if kept is not None and max(since, now - FRESH_SECONDS) <= kept.read_at <= now:
                return kept
            self._refuse_again(key, max(since, now - FRESH_SECONDS))
            try:
                found = Catalogue(read(), now)
            except LoginRefused as error:
                self._refused[key] = (now, error)
                raise
            self._put(key, found)
            return found

    def _refuse_again(self, key: Key, oldest: float) -> None:
        """Raise what the server said to this login lately: repeating it locks the account."""
        at, error = self._refused.pop(key, (0.0, None))
        if error is not None and at >= oldest:
            self._refused[key] = (at, error)
            raise LoginRefused(error.message, next_step=error.next_step)

    def _put(self, key: Key, found: Catalogue) -> None:
        now = self.clock()
        with self._lock:
            self._found[key] = found
            self._found.move_to_end(key)
            old = [k for k, kept in self._found.items() if kept.read_at < now - FRESH_SECONDS]
            too_many = max(0, len(self._found) - MOST_KEPT)
            for gone in [*old, *list(self._found)[:too_many]]:
                self._found.pop(gone, None)
            self._reading = {k: lock for k, lock in self._reading.items() if lock.locked()}

    def clear(self) -> None:
        """Drop all."""
        with self._lock:
            self._found.clear()
            self._refused.clear()


_KEPT = _Kept()
