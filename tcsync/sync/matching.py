"""Which resources of two snapshots are compared with one another. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from tcsync.domain import Category, Resource, Selection, Snapshot


@dataclass(frozen=True, slots=True)
class Match:
    """A resource on one side or on both. `place` are category names, None where none count."""

    one: Resource | None
    other: Resource | None
    one_place: tuple[str, ...] | None = None
    other_place: tuple[str, ...] | None = None

    @property
    def shown(self) -> Resource:
        """The resource as whoever has it shows it."""
        found = self.one or self.other
        assert found is not None  # noqa: S101 - a match has at least one side
        return found


def match(one: Snapshot, other: Snapshot, selection: Selection | None) -> list[Match]:
    """Return the chosen resources of the first side beside those of the second, by name.

    They are matched by Resource ID, else by Project ID. Without a selection all resources of both
    sides are chosen.
    """
    by_id = {r.id: r for r in other.resources if not r.removed}
    unique = Counter(r.project_id for r in by_id.values() if r.project_id)
    by_project = {r.project_id: r for r in by_id.values() if unique[r.project_id] == 1}
    roots = frozenset(selection.categories) if selection is not None else None
    places, places_there = Places(one, roots), Places(other, None)
    found, taken = [], set()
    for resource in one.resources:
        if resource.removed or not places.has(resource, selection):
            continue
        twin = by_id.get(resource.id) or by_project.get(resource.project_id)
        taken |= {twin.id} if twin else set()
        there = places_there.names(twin) if twin else None
        found.append(Match(resource, twin, places.names(resource), there))
    if selection is None:
        alone = [r for id_, r in by_id.items() if id_ not in taken]
        found += [Match(None, r, None, places_there.names(r)) for r in alone]
    return sorted(found, key=lambda m: (m.shown.name.casefold(), m.shown.id))


def missing(one: Snapshot, selection: Selection | None) -> tuple[str, ...]:
    """Return the chosen ids that the first side does not show."""
    if selection is None:
        return ()
    shown = {r.id for r in one.resources if not r.removed} | {c.id for c in one.categories}
    return tuple(sorted({*selection.resources, *selection.categories} - shown))


class Places:
    """Where resources lie on one side: names down from the top, or from a picked category."""

    def __init__(self, side: Snapshot, roots: frozenset[str] | None) -> None:
        self._categories: Mapping[str, Category] = {c.id: c for c in side.categories}
        self._roots = roots

    def has(self, resource: Resource, selection: Selection | None) -> bool:
        """Tell whether a resource was chosen."""
        if selection is None or resource.id in selection.resources:
            return True
        return self._is_below(resource.category)

    def names(self, resource: Resource) -> tuple[str, ...] | None:
        """Return the names of its categories, from the picked one down; None: picked by itself."""
        way = self._way(resource.category)
        if self._roots is not None:
            tops = [at for at, id_ in enumerate(way) if id_ in self._roots]
            if not tops:
                return None
            way = way[tops[0] :]
        return tuple(self._categories[id_].name for id_ in way)

    def _is_below(self, category: str) -> bool:
        return self._roots is not None and not self._roots.isdisjoint(self._way(category))

    def _way(self, category: str) -> list[str]:
        found: list[str] = []
        at: str | None = category
        while at is not None and at in self._categories and at not in found:
            found.append(at)
            at = self._categories[at].parent
        return found[::-1]
