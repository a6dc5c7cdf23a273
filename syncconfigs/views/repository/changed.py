"""What differs between two revisions, as the page of a difference shows it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass

from syncconfigs.views.repository.attributes import ROOT
from tcsync.repository import browsing
from tcsync.repository.browsing import ArtifactChange, AttributeChange, ElementChange, Outline
from tcsync.repository.diffing import Difference, changed
from tcsync.repository.models import Revision
from tcsync.repository.states import History

PART = 50
SECONDS = 1.0
COUNT_SECONDS = 0.5
LOOKED_UP = 300
"""Ids in a part whose names are looked up; the others are shown as ids."""
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Side:
    """What an attribute was or is; `target` where that is the id of an element."""

    text: str
    target: Outline | None


@dataclass(frozen=True, slots=True)
class Row:
    """An attribute that differs; None: it is not there."""

    path: str
    before: Side | None
    after: Side | None


@dataclass(frozen=True, slots=True)
class Changed:
    """An element that differs, its attributes with the names of what they refer to."""

    change: ElementChange
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a difference; `cursor` is where to go on from, None at the end."""

    changed: list[Changed]
    cursor: str | None


@dataclass(slots=True)
class Counts:
    """How many elements differ; without `is_whole` counting took too long: so many at least."""

    added: int = 0
    edited: int = 0
    removed: int = 0
    is_whole: bool = True


class Comparison:
    """A resource between two of its revisions; `before` None stands for nothing."""

    def __init__(self, before: Revision | None, after: Revision) -> None:
        self._before, self._after = before, after
        self._from = before.number if before else None
        self._to = after.number
        self._history = History(after.resource_id)

    def part(self, cursor: str, operation: str) -> Part:
        """Return elements that differ, from a cursor on; of one operation if it is given."""
        deadline = time.monotonic() + SECONDS
        found: list[ElementChange] = []
        at: str | None = cursor
        while at is not None and len(found) < PART and (left := deadline - time.monotonic()) > 0:
            some = browsing.changes(self._history, self._from, self._to, at, PART, left)
            found += [one for one in some.changes if operation in ("", one.operation)]
            at = some.after
        return Part(self._named(found), at)

    def of_element(self, id_: str) -> Part:
        """Return what differs of one element: nothing, or one change."""
        before = None if self._from is None else self._history.get(self._from, id_)
        after = self._history.get(self._to, id_)
        if before == after:
            return Part([], None)
        operation = Difference(id_, before, after).operation
        rows: tuple[AttributeChange, ...] = ()
        truncated = False
        if before is not None and after is not None:
            rows, truncated = browsing.attribute_changes(before, after)
        outline = Outline.of(id_, after or before or b"")
        return Part(self._named([ElementChange(outline, operation, rows, truncated)]), None)

    def _named(self, changes: list[ElementChange]) -> list[Changed]:
        attributes = [attribute for change in changes for attribute in change.attributes]
        old = self._outlines(self._from, (attribute.before for attribute in attributes))
        new = self._outlines(self._to, (attribute.after for attribute in attributes))
        return [Changed(one, [_row(a, old, new) for a in one.attributes]) for one in changes]

    def _outlines(self, number: int | None, texts: Iterable[str | None]) -> dict[str, Outline]:
        ids = {text: None for text in texts if text and _UUID.fullmatch(text)}
        found = self._history.get_many(number, list(ids)[:LOOKED_UP])
        return {id_: Outline.of(id_, body) for id_, body in found.items()}

    def counts(self) -> Counts:
        """Return how many elements differ, as far as half a second goes."""
        row = self._after
        if self._from is None:
            return Counts(added=row.total)
        if self._from == row.parent and not row.hole_before:
            return Counts(row.added, row.edited, row.removed)
        deadline, counts = time.monotonic() + COUNT_SECONDS, Counts()
        for one in changed(self._history, self._from, self._to):
            setattr(counts, one.operation, getattr(counts, one.operation) + 1)
            if time.monotonic() > deadline:
                counts.is_whole = False
                break
        return counts

    def artifacts(self) -> tuple[ArtifactChange, ...]:
        """Return which artifacts differ."""
        return browsing.artifact_changes(self._history, self._from, self._to)


def _row(one: AttributeChange, old: dict[str, Outline], new: dict[str, Outline]) -> Row:
    before = None if one.before is None else Side(one.before, old.get(one.before))
    after = None if one.after is None else Side(one.after, new.get(one.after))
    return Row(one.path.removeprefix(ROOT), before, after)
