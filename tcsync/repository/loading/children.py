"""From a revision's lines to a changeset in stored form, with each owner's children in order.

A record file names each element's owner; the stored form also carries the children. So a child that
comes, goes or moves changes its owner too, as it does in Teamwork Cloud.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from tcsync.histories.convert import to_element
from tcsync.histories.identity import element_id
from tcsync.histories.lines import ArtifactDelLine, ArtifactLine, Change, DelLine, PutLine
from tcsync.packs import Op, Record, RecordSorter, canonical_value, loads
from tcsync.repository.states import History
from tcsync.repository.writing import Changeset

AT_ONCE = 2000


@dataclass(slots=True)
class Family:
    """Who comes to and leaves which owner, in the order of the lines."""

    owners: dict[str, str | None] = field(default_factory=dict)
    """New owner (None: a root) of each element that a line puts."""
    gone: set[str] = field(default_factory=set)
    joining: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    leaving: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def note_before(self, element: str, owner: str | None) -> None:
        """Say whose child the element was before this revision."""
        stays = element not in self.gone and self.owners[element] == owner
        if stays:
            self.owners.pop(element)
        elif owner is not None:
            self.leaving[owner].add(element)

    def settle(self) -> None:
        """Note who joins: what is put below another owner, in the order of the lines."""
        for element, owner in self.owners.items():
            if owner is not None:
                self.joining[owner].append(element)

    def children(self, element: str, before: list[str]) -> list[str]:
        """Return the children of an element after this revision."""
        leaving = self.leaving.get(element, ())
        stayed = [child for child in before if child not in leaving]
        return stayed + self.joining.get(element, [])

    def roots(self, before: Iterable[str]) -> tuple[str, ...]:
        """Return the roots after this revision: those that stay, then the new ones."""
        stayed = [r for r in before if r not in self.gone and self.owners.get(r, None) is None]
        known = set(stayed)
        new = [e for e, owner in self.owners.items() if owner is None and e not in known]
        return tuple(stayed + new)


class RevisionElements:
    """The element lines of one revision, spooled, and what they make of the parent's state."""

    def __init__(self, history: History, parent: int | None, ns: UUID, folder: Path) -> None:
        self._history = history
        self._parent = parent
        self._ns = ns
        self._puts = RecordSorter(folder=folder)
        self._placed: dict[str, str | None] = {}
        self.family = Family()
        self.artifacts: list[ArtifactLine | ArtifactDelLine] = []

    def __enter__(self) -> RevisionElements:
        return self

    def __exit__(self, *error: Any) -> None:
        self._puts.__exit__(*error)

    def take(self, changes: Iterable[Change], absent: frozenset[str]) -> frozenset[str]:
        """Take in the lines; memory holds ids and owners, the elements are spooled.

        `absent` are the owners that elements of the parent's state name and that are not there;
        returns those of this revision's state.
        """
        for change in changes:
            if isinstance(change, PutLine):
                self._take_put(change.element)
            elif isinstance(change, DelLine):
                self.family.gone.add(element_id(self._ns, change.id))
            else:
                self.artifacts.append(change)
        self._placed = dict(self.family.owners)
        left = self._look_before()
        self._welcome_back(absent & self._placed.keys())
        return frozenset((absent | left | self._nowhere()) - self._placed.keys())

    def _nowhere(self) -> set[str]:
        """Return the owners that lines name and that are not there."""
        named = {owner for owner in self._placed.values() if owner is not None}
        unsure = named - self._placed.keys()
        here = self._history.get_many(self._parent, unsure - self.family.gone)
        return unsure - here.keys()

    def _welcome_back(self, owners: frozenset[str]) -> None:
        """Give owners that come after their children the ones that are there already, by id."""
        if not owners or self._parent is None:
            return
        moved = self._placed.keys() | self.family.gone
        for id_, body in self._history.elements(self._parent):
            owner = _load(body)["owner"]
            if owner in owners and id_ not in moved:
                self.family.joining[owner].append(id_)

    def _take_put(self, e: dict[str, Any]) -> None:
        id_ = element_id(self._ns, e["id"])
        owner = e.get("owner")
        self.family.owners[id_] = None if owner is None else element_id(self._ns, owner)
        self._puts.add(Record(Op.EDIT, id_, canonical_value(e)))

    def _look_before(self) -> set[str]:
        """Note whose child everything was; return who goes and leaves children behind."""
        leaving: set[str] = set()
        moved = self._placed.keys() | self.family.gone
        if self._parent is not None:
            for some in _some(sorted(moved)):
                for id_, body in self._history.get_many(self._parent, some).items():
                    element = _load(body)
                    self.family.note_before(id_, element["owner"])
                    if id_ in self.family.gone and not moved.issuperset(element["children"]):
                        leaving.add(id_)
        self.family.settle()
        return leaving

    def write_to(self, changeset: Changeset) -> None:
        """Put every element that changes, owners of comers and goers included."""
        for id_ in self.family.gone:
            changeset.remove(id_)
        touched = self.family.joining.keys() | self.family.leaving.keys()
        rest = iter(self._puts)
        while records := list(islice(rest, AT_ONCE)):
            before = self._before(record.id for record in records)
            for record in records:
                touched.discard(record.id)
                old = before.get(record.id)
                children = self.family.children(record.id, old["children"] if old else [])
                element = to_element(_load(record.body), self._ns, children)
                changeset.put(record.id, canonical_value(element))
        self._write_owners(sorted(touched - self.family.gone), changeset)

    def _write_owners(self, owners: list[str], changeset: Changeset) -> None:
        for some in _some(owners):
            for id_, element in self._before(some).items():
                element["children"] = self.family.children(id_, element["children"])
                changeset.put(id_, canonical_value(element))

    def _before(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        found = self._history.get_many(self._parent, ids)
        return {id_: _load(body) for id_, body in found.items()}


def absent_owners(history: History, number: int) -> frozenset[str]:
    """Return the owners that elements of a state name and that are not there; reads it whole."""
    present: set[str] = set()
    named: set[str] = set()
    for id_, body in history.elements(number):
        present.add(id_)
        owner = _load(body)["owner"]
        if owner is not None:
            named.add(owner)
    return frozenset(named - present)


def _load(body: bytes) -> dict[str, Any]:
    element = loads(body)
    assert isinstance(element, dict)  # noqa: S101 - the store holds objects only
    return element


def _some(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
