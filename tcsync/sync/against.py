"""Comparing two repositories, resource after resource, without writing to either."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

from tcsync.amounts import counted
from tcsync.domain import Chronicle, Resource, Selection, Snapshot
from tcsync.errors import BadAnswer, Gone, LoginRefused, SourceError
from tcsync.sources.base import Absent, Comparable
from tcsync.sync.differences import Difference, Kind
from tcsync.sync.histories import Judgement, compare_seen
from tcsync.sync.marks import Seen, Use, pairs, renumbered
from tcsync.sync.matching import Match, match, missing
from tcsync.sync.states import Apart, Place, compare_states
from tcsync.sync.used import Library, User, check_uses

AT_ONCE = 50
LIBRARIES_AT_ONCE = 8
"""Histories of used projects that are held in memory together, on each side."""
FORBIDDEN = 403
"""About one resource: this account may no longer read it. Other refusals are about the account."""
GoOn = Callable[[str], None]


class Depth(StrEnum):
    """How deep a comparison goes."""

    LISTINGS = "listings"
    HEADS = "heads"
    REVISIONS = "revisions"


@dataclass(frozen=True, slots=True)
class Compared:
    """One resource after it was compared; `one` and `other` are None where a side has none."""

    match: Match
    one: Seen | None
    other: Seen | None
    differences: tuple[Difference, ...]


class Sides:
    """Two repositories beside each other: what both hold, and what is chosen of it."""

    def __init__(
        self, one: Comparable, other: Comparable, selection: Selection | None, go_on: GoOn
    ) -> None:
        self.one = one
        self.other = other
        self._go_on = go_on
        self.snapshots: tuple[Snapshot, Snapshot] = (
            one.snapshot(None, None),
            other.snapshot(None, None),
        )
        self.matches = match(*self.snapshots, selection)
        self.missing = missing(self.snapshots[0], selection)

    def compare(
        self, matches: Iterable[Match], judgement: Judgement, *, at_once: int = AT_ONCE
    ) -> Iterator[Compared]:
        """Read and compare these. Raises SourceError where a side fails as a whole.

        Both sides are asked for `at_once` resources by one question. With 1, nothing is being read
        while what is yielded is worked on.
        """
        rest = iter(matches)
        while some := list(islice(rest, at_once)):
            left = sum(1 for found in some if found.one and found.other)
            with closing(self._told(some)) as told:
                for found in some:
                    self._go_on(found.shown.id)
                    if not (found.one and found.other):
                        yield Compared(found, None, None, (_alone(found),))
                        continue
                    compared = _compared(found, *next(told), judgement)
                    left -= 1
                    if not left:
                        # Ends the streams of both sides before somebody works on the last one.
                        next(told, None)
                    yield compared

    def _told(
        self, some: Sequence[Match]
    ) -> Generator[tuple[Chronicle | Absent, Chronicle | Absent], None, None]:
        both = [(found.one.id, found.other.id) for found in some if found.one and found.other]
        if not both:
            return
        ids, twins = [one for one, _other in both], [other for _one, other in both]
        with self.one.chronicles(ids) as left, self.other.chronicles(twins) as right:
            yield from zip(left, right, strict=True)

    def check_uses(self, users: Sequence[User]) -> Iterator[tuple[str, Difference]]:
        """Yield (Resource ID, what is wrong with one of its used projects)."""
        uses = {use for user in users for use in (*user.one, *user.other)}
        ordered = sorted(uses, key=lambda use: (use.resource, use.project, use.version or 0))
        for start in range(0, len(ordered), LIBRARIES_AT_ONCE):
            some = ordered[start : start + LIBRARIES_AT_ONCE]
            libraries = self._libraries(some)
            for user in users:
                self._go_on(user.resource)
                yield from ((user.resource, found) for found in check_uses(user, libraries))

    def _libraries(self, uses: Sequence[Use]) -> dict[Use, Library]:
        sides = []
        for side, snapshot in zip((self.one, self.other), self.snapshots, strict=True):
            ids = {use: id_ for use in uses if (id_ := _resolved(use, snapshot))}
            sides.append((ids, self._seen(side, list(dict.fromkeys(ids.values())))))
        (one_ids, one), (other_ids, other) = sides
        return {
            use: Library(one.get(one_ids.get(use, "")), other.get(other_ids.get(use, "")))
            for use in uses
        }

    @staticmethod
    def _seen(side: Comparable, ids: list[str]) -> dict[str, Seen]:
        found: dict[str, Seen] = {}
        if ids:
            with side.chronicles(ids) as told:
                for item in told:
                    if not isinstance(item, Absent) and not item.resource.fault:
                        found[item.resource.id] = Seen.of(item)
        return found

    def walk(self, compared: Compared, depth: Depth, after: int) -> Iterator[Walked]:
        """Compare states of a resource, by rising number on the first side, those above `after`.

        What one side cannot give of this resource is an answer, and nothing more of it follows.
        """
        one, other = compared.one, compared.other
        if one is None or other is None or depth is Depth.LISTINGS:
            return
        for here, there in steps(one, other, depth):
            if here <= after:
                continue
            self._go_on(one.resource.id)
            left = Place(self.one, one.resource.id, here)
            right = Place(self.other, other.resource.id, there)
            try:
                apart = compare_states(left, right, self._go_on)
            except (BadAnswer, Gone, LoginRefused) as error:
                if isinstance(error, LoginRefused) and error.status != FORBIDDEN:
                    raise
                yield Walked(here, 0, 0, _answer(one.resource, error, here))
                return
            yield Walked(
                here, apart.elements, apart.artifacts, _apart(one.resource, here, there, apart)
            )


@dataclass(frozen=True, slots=True)
class Walked:
    """A state that was walked on both sides; `difference` is None where it is the same."""

    number: int
    elements: int
    artifacts: int
    difference: Difference | None


def steps(one: Seen, other: Seen, depth: Depth) -> list[tuple[int, int]]:
    """Return the revisions to walk: (number on the first side, on the second).

    Of a branch whose head only one side has, the head of the other one is walked.
    """
    moved = renumbered(one.marks, other.marks)
    both = pairs(one.marks, other.marks, moved)
    if depth is Depth.REVISIONS:
        return both
    there = dict(both)
    back = {number: here for here, number in both}
    heads: set[int] = set()
    twins = {branch.id: branch for branch in other.resource.branches}
    for branch in one.resource.branches:
        twin = twins.get(branch.id)
        if branch.head in there:
            heads.add(branch.head or 0)
        elif twin is not None and twin.head in back:
            heads.add(back[twin.head or 0])
    return [(here, there[here]) for here in sorted(heads)]


def _resolved(use: Use, snapshot: Snapshot) -> str:
    ids = [r.id for r in snapshot.resources if not r.removed and r.id == use.resource]
    if not ids and use.project:
        ids = [r.id for r in snapshot.resources if r.project_id == use.project]
    return ids[0] if len(ids) == 1 else ""


def _compared(
    found: Match, one: Chronicle | Absent, other: Chronicle | Absent, judgement: Judgement
) -> Compared:
    if isinstance(one, Absent) or isinstance(other, Absent):
        said = ["absent" if isinstance(side, Absent) else "present" for side in (one, other)]
        shown = found.shown
        gone = Difference(shown.id, shown.name, Kind.PRESENCE, said[0], said[1])
        if said[0] == said[1]:
            gone = replace(gone, kind=Kind.ANSWER)
        return Compared(found, None, None, (gone,))
    left, right = Seen.of(one, found.one_place), Seen.of(other, found.other_place)
    return Compared(found, left, right, compare_seen(left, right, judgement))


def _alone(found: Match) -> Difference:
    said = ("present", "absent") if found.one else ("absent", "present")
    return Difference(found.shown.id, found.shown.name, Kind.PRESENCE, *said)


def _answer(resource: Resource, error: SourceError, number: int) -> Difference:
    what = f"walk of revision {number}"
    return Difference(resource.id, resource.name, Kind.ANSWER, str(error), "not compared", what)


def _apart(resource: Resource, here: int, there: int, apart: Apart) -> Difference | None:
    if not apart.differing:
        return None
    many = f"{apart.differing} of {counted(apart.elements, 'element')}"
    what = f"revision {here}" if here == there else f"revision {here}, there {there}"
    named = "; ".join(apart.found)
    return Difference(resource.id, resource.name, Kind.ELEMENTS, f"{many} differ", named, what)
