"""The safety valve of a plan: so much renamed, moved or dropped at once is rather an accident."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from tcsync.domain import Resource, Scope
from tcsync.sync.steps import Mark, Released, ResourceStep, TooMuch

FEWEST_COPIES = 10
"""Of fewer copies any share may change."""
MOST_PERCENT = 30
_CHANGES = (Mark.RENAMED, Mark.MOVED)


def too_much(
    scope: Scope,
    steps: Sequence[ResourceStep],
    released: Sequence[Released],
    here: Mapping[str, Resource],
) -> TooMuch | None:
    """Return what a person has to confirm first; None for what a run may do by itself.

    What counts are the copies that the configuration follows and that are here. A copy whose
    category is renamed or moved with all in it stays where it is in its category.
    """
    copies = {id_ for id_ in scope.owned - scope.released if id_ in here}
    moving = [s for s in steps if s.resource.id in copies and set(s.marks) & set(_CHANGES)]
    dropped = [one.resource for one in released if one.resource in copies]
    count = len(moving) + len(dropped)
    if len(copies) < FEWEST_COPIES or count * 100 <= MOST_PERCENT * len(copies):
        return None
    return TooMuch(
        copies=len(copies),
        renamed=sum(Mark.RENAMED in step.marks for step in moving),
        moved=sum(Mark.MOVED in step.marks for step in moving),
        dropped=len(dropped),
        changes=frozenset((*_changes(moving), *(_known_by(id_, "dropped") for id_ in dropped))),
    )


def _changes(steps: Sequence[ResourceStep]) -> Iterator[str]:
    for step in steps:
        if Mark.RENAMED in step.marks:
            yield _known_by(step.resource.id, "name", step.resource.name)
        if Mark.MOVED in step.marks:
            yield _known_by(step.resource.id, "category", step.category or "")


def _known_by(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
