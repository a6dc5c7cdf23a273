"""Histories as two sides list them: what of each revision is kept to be compared. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tcsync.domain import Chronicle, Resource, RevisionRecord
from tcsync.frames import ranges

LONGEST_MESSAGE = 80
RANGES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Mark:
    """A revision as a listing shows it; a long message is kept by its beginning and digest."""

    branch: str
    parent: int | None
    time: int
    author: str
    message: str
    digest: str = ""

    @classmethod
    def of(cls, record: RevisionRecord) -> Mark:
        """Return what is kept of a revision."""
        message = record.message
        if len(message) > LONGEST_MESSAGE:
            digest = hashlib.sha256(message.encode("utf-8", "surrogatepass")).hexdigest()
            message = f"{message[:LONGEST_MESSAGE]}… ({digest[:16]})"
        return cls(record.branch, record.parent, record.time, record.author, message, record.digest)

    @property
    def trace(self) -> tuple[str, int, str]:
        """What stays when revisions are numbered anew, or an author gets another name."""
        return self.branch, self.time, self.message


Marks = Mapping[int, Mark]


@dataclass(frozen=True, slots=True)
class Use:
    """A used project: the Resource ID, or the Project ID in `project`, and the pinned revision."""

    resource: str
    project: str
    version: int | None

    @classmethod
    def of(cls, said: Mapping[str, object]) -> Use | None:
        """Return it as it stands in a revision's record, None for what leads elsewhere."""
        resource, project = str(said.get("resource", "")), str(said.get("project", ""))
        version = str(said.get("version", ""))
        pinned = version.isdecimal() and len(version) < len(str(1 << 53))
        if not resource and not project:
            return None
        return cls(resource, project, int(version) if pinned else None)


@dataclass(frozen=True, slots=True)
class Seen:
    """A resource on one side. `place` are the names of its categories, as far as they count."""

    resource: Resource
    marks: Marks = field(default_factory=dict)
    uses: tuple[Use, ...] = ()
    place: tuple[str, ...] | None = None

    @classmethod
    def of(cls, chronicle: Chronicle, place: tuple[str, ...] | None = None) -> Seen:
        """Read all of a chronicle."""
        heads = {branch.head for branch in chronicle.resource.branches}
        marks: dict[int, Mark] = {}
        uses: dict[Use, None] = {}
        for record in chronicle.records:
            marks[record.number] = Mark.of(record)
            if record.number in heads:
                uses.update((use, None) for use in map(Use.of, record.used_projects) if use)
        return cls(chronicle.resource, marks, tuple(uses), place)


def renumbered(one: Marks, other: Marks) -> dict[int, int]:
    """Return which revisions carry another number on the other side.

    They are told by what does not depend on numbers. Equal ones are paired by their order.
    """
    apart = [n for n, mark in one.items() if n not in other or other[n].trace != mark.trace]
    free: dict[tuple[str, int, str], list[int]] = {}
    for number, mark in other.items():
        if number not in one or one[number].trace != mark.trace:
            free.setdefault(mark.trace, []).append(number)
    for numbers in free.values():
        numbers.sort(reverse=True)
    found = {}
    for number in sorted(apart):
        numbers = free.get(one[number].trace, [])
        if numbers:
            found[number] = numbers.pop()
    return found


def pairs(one: Marks, other: Marks, moved: Mapping[int, int]) -> list[tuple[int, int]]:
    """Return the numbers of each revision that both sides have, by rising number."""
    targets = set(moved.values())
    same = [(n, n) for n in one if n in other and n not in moved and n not in targets]
    return sorted([*same, *moved.items()])


def listed(numbers: Iterable[int]) -> str:
    """Write numbers as a few ranges: "3-5, 9"."""
    found = ranges(sorted(numbers))
    shown = [str(a) if a == b else f"{a}-{b}" for a, b in found[:RANGES_SHOWN]]
    more = len(found) - len(shown)
    return ", ".join(shown) + (f" and {more} more ranges" if more > 0 else "")


def holes(numbers: Sequence[int] | Marks) -> list[tuple[int, int]]:
    """Return the ranges of numbers that a history passes over, from 1 on."""
    found, last = [], 0
    for number in sorted(numbers):
        if number > last + 1:
            found.append((last + 1, number - 1))
        last = max(last, number)
    return found


def holes_text(marks: Marks) -> str:
    """Write the holes of a history as a few ranges; empty when there are none."""
    found = holes(marks)
    shown = [str(a) if a == b else f"{a}-{b}" for a, b in found[:RANGES_SHOWN]]
    more = len(found) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
