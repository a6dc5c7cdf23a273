"""Which version of each element a revision shows. Knows numbers and ids, nothing of the API."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator

from tests.fakes.twc.content import Version

_WAYS = 16
"""So many sets of ancestors are kept; a resource of 300 revisions would need megabytes for all."""


class History:
    """The versions of a resource's elements. A parent's number is below its children's."""

    def __init__(self) -> None:
        self.parents: dict[int, int | None] = {}
        self.touched: dict[int, list[str]] = {}
        self._versions: dict[str, list[tuple[int, Version | None]]] = {}
        self._ways: dict[int, frozenset[int]] = {}

    def begin(self, number: int, parent: int | None) -> None:
        """Add a revision that shows what its parent shows. One that exists loses what it made."""
        for id_ in self.touched.get(number, ()):
            self._versions[id_] = [one for one in self._versions[id_] if one[0] != number]
        self.parents[number] = parent
        self.touched[number] = []
        self._ways.clear()

    def put(self, number: int, id_: str, version: Version | None) -> None:
        """Let the revision show this version of an element; None takes the element away."""
        versions = self._versions.setdefault(id_, [])
        if any(one[0] == number for one in versions):
            versions[:] = [one for one in versions if one[0] != number]
        else:
            self.touched[number].append(id_)
        insort(versions, (number, version), key=lambda one: one[0])

    def at(self, id_: str, way: frozenset[int]) -> Version | None:
        """Return what a revision shows of an element, given its way to the root."""
        versions = self._versions.get(id_)
        if not versions:
            return None
        # Most elements are read at, or after, the last commit that touched them.
        number, version = versions[-1]
        if number in way:
            return version
        return next((one for number, one in reversed(versions) if number in way), None)

    def way(self, number: int) -> frozenset[int]:
        """Return the revision and all above it up to the root."""
        found = self._ways.get(number)
        if found is None:
            if len(self._ways) >= _WAYS:
                self._ways.pop(next(iter(self._ways)))
            found = self._ways[number] = frozenset(self._upwards(number))
        return found

    def difference(self, source: int, target: int) -> tuple[list[str], list[str], list[str]]:
        """Return the ids that are new, other, and gone in the target."""
        before, after = self.way(source), self.way(target)
        added, changed, removed = [], [], []
        for id_ in self._touched_by(before ^ after):
            old, new = self.at(id_, before), self.at(id_, after)
            if old is None and new is not None:
                added.append(id_)
            elif old is not None and new is None:
                removed.append(id_)
            elif old is not None and new is not None and not old.is_same(new):
                changed.append(id_)
        return added, changed, removed

    def ids(self) -> list[str]:
        """Return the ids of all elements that ever were."""
        return list(self._versions)

    def _touched_by(self, numbers: frozenset[int]) -> dict[str, None]:
        return dict.fromkeys(id_ for number in sorted(numbers) for id_ in self.touched[number])

    def _upwards(self, number: int | None) -> Iterator[int]:
        while number is not None:
            yield number
            number = self.parents[number]
