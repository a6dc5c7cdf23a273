"""Two states walked element by element, each on a side of its own, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from tcsync.packs import Op, RecordSorter
from tcsync.repository.states import side_by_side
from tcsync.sources.base import ArtifactEntry, Comparable

_EDIT = int(Op.EDIT)
NAMED = 20
"""So many of the things that differ are named."""


@dataclass(frozen=True, slots=True)
class Place:
    """A revision of a resource on one side."""

    side: Comparable
    resource: str
    number: int


@dataclass(slots=True)
class Apart:
    """How two states differ; `found` names the first things."""

    elements: int = 0
    artifacts: int = 0
    differing: int = 0
    found: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Count one thing that differs."""
        self.differing += 1
        if len(self.found) < NAMED:
            self.found.append(text)


@dataclass(slots=True)
class _State:
    """What was walked: elements by rising id, and the manifest."""

    elements: RecordSorter
    manifest: dict[str, ArtifactEntry] = field(default_factory=dict)
    count: int = 0

    def bodies(self) -> Iterator[tuple[str, bytes]]:
        return ((id_, body) for rows in self.elements.rows() for id_, _op, body in rows)


@contextmanager
def _walked(place: Place, go_on: Callable[[str], None]) -> Iterator[_State]:
    with RecordSorter(folder=Path(settings.TCSYNC_DATA)) as sorter:
        state = _State(sorter)
        with place.side.walk(place.resource, place.number) as items:
            for item in items:
                go_on(place.resource)
                if isinstance(item, ArtifactEntry):
                    state.manifest[item.id] = item
                else:
                    sorter.take([(id_, _EDIT, body) for id_, body in item.elements])
                    state.count += len(item.elements)
        yield state


def compare_states(one: Place, other: Place, go_on: Callable[[str], None]) -> Apart:
    """Walk both and compare all that lives there. Raises SourceError, and what `go_on` raises.

    Memory does not grow with the model: what does not fit lies in nameless files.
    """
    with _walked(one, go_on) as left, _walked(other, go_on) as right:
        apart = Apart(left.count, len(left.manifest))
        for id_, body, twin in side_by_side(left.bodies(), right.bodies()):
            if body != twin:
                apart.note(f"element {id_}{_where(body, twin)}")
            go_on(one.resource)
        for id_ in sorted({*left.manifest, *right.manifest}):
            entry, copy = left.manifest.get(id_), right.manifest.get(id_)
            if entry != copy:
                shown = entry or copy
                assert shown is not None  # noqa: S101 - it came out of one of the manifests
                apart.note(f"artifact {shown.name} ({id_}){_where(entry, copy)}")
    return apart


def _where(one: object | None, other: object | None) -> str:
    if one is None:
        return " is only on the second side"
    return " is only on the first side" if other is None else " differs"
