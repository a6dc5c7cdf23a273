"""Which revisions touched an element, on the way to the root."""

from __future__ import annotations

import time
from dataclasses import dataclass

from tcsync.packs import Op
from tcsync.repository.states import History

_OPERATIONS = {int(Op.ADD): "added", int(Op.EDIT): "edited", int(Op.REMOVE): "removed"}


@dataclass(frozen=True, slots=True)
class Touch:
    """A revision that changed the element; `operation` is "added", "edited" or "removed"."""

    number: int
    operation: str


@dataclass(frozen=True, slots=True)
class Past:
    """What changed an element, newest first; `older`: go on from there, None at the root."""

    touches: tuple[Touch, ...]
    older: int | None


def past(
    history: History, number: int, element: str, limit: int = 50, seconds: float = 1.0
) -> Past:
    """Return what changed an element up to a revision, bounded by `limit` and by time.

    Past a hole nothing is known: the revision after it adds all that exists there. Raises Missing
    for a revision that does not exist; an element that never did has no past.
    """
    deadline = time.monotonic() + seconds
    touches: list[Touch] = []
    for step in history.steps(number, element):
        if step.record is not None:
            touches.append(Touch(step.number, _OPERATIONS[step.record.op]))
        if len(touches) >= limit or time.monotonic() > deadline:
            return Past(tuple(touches), step.older)
    return Past(tuple(touches), None)
