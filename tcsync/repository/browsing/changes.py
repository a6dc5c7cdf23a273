"""The difference of two revisions, element by element and attribute by attribute."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from tcsync.domain import ArtifactRef
from tcsync.packs import Kind, Stretch
from tcsync.repository.browsing.comparing import AttributeChange, attribute_changes
from tcsync.repository.browsing.outline import Outline
from tcsync.repository.browsing.scanning import scan
from tcsync.repository.diffing import Difference, difference, parts
from tcsync.repository.states import History, artifact_ref

COMPARED_AT_ONCE = 128
"""Touched ids are scattered over as many blocks of the oldest pack."""


@dataclass(frozen=True, slots=True)
class ElementChange:
    """An element that differs; `operation` is "added", "edited" or "removed".

    `outline` is its newest form. `attributes` is empty unless it was edited; `truncated` when there
    are more of them than given.
    """

    outline: Outline
    operation: str
    attributes: tuple[AttributeChange, ...]
    truncated: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """A part of a difference, by rising id; `after` is the cursor to go on from, None at the end.

    A part may be empty and yet not the last: the time was over before anything was found.
    """

    changes: tuple[ElementChange, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class ArtifactChange:
    """An entry of the artifact manifest that differs."""

    id: str
    operation: str
    before: ArtifactRef | None
    after: ArtifactRef | None


def changes(
    history: History,
    before: int | None,
    after: int,
    cursor: str = "",
    limit: int = 100,
    seconds: float = 1.0,
) -> Changes:
    """Return what differs between two revisions; `before` None: all that is there was added.

    Up to `limit` elements, in little more than `seconds`. Raises Missing.
    """
    limit = max(1, limit)
    if before is None:
        found = scan(history, after, _all_of, cursor, limit, seconds)
        added = (Difference(id_, None, body) for id_, body in found.found)
        return Changes(tuple(_change(one) for one in added), found.after)
    deadline = time.monotonic() + seconds
    some: list[ElementChange] = []
    found_parts = parts(history, before, after, after_id=cursor, at_once=COMPARED_AT_ONCE)
    for place, part in enumerate(found_parts):
        if not place:
            # However long it took to open the packs: each call gets on.
            deadline = max(deadline, time.monotonic() + seconds / 2)
        for one in part.differences:
            some.append(_change(one))
            if len(some) >= limit or time.monotonic() > deadline:
                return Changes(tuple(some), one.id)
        if time.monotonic() > deadline:
            return Changes(tuple(some), part.last)
    return Changes(tuple(some), None)


def _all_of(stretch: Stretch) -> Iterable[int]:
    return range(len(stretch.starts))


def _change(one: Difference) -> ElementChange:
    outline = Outline.of(one.id, one.after or one.before or b"")
    if one.before is None or one.after is None:
        return ElementChange(outline, one.operation, (), truncated=False)
    attributes, truncated = attribute_changes(one.before, one.after)
    return ElementChange(outline, one.operation, attributes, truncated)


def artifact_changes(
    history: History, before: int | None, after: int
) -> tuple[ArtifactChange, ...]:
    """Return how the artifact manifests of two revisions differ, by rising id. Raises Missing."""
    if before is None:
        return tuple(ArtifactChange(ref.id, "added", None, ref) for ref in history.artifacts(after))
    return tuple(
        ArtifactChange(one.id, one.operation, _ref(one.id, one.before), _ref(one.id, one.after))
        for one in difference(history, before, after, Kind.ARTIFACT)
    )


def _ref(id_: str, body: bytes | None) -> ArtifactRef | None:
    return None if body is None else artifact_ref(id_, body)
