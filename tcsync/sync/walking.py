"""Walking the head of a branch at the source, and comparing all of it with the copy.

A source that tells changes promises no digests. What it told adds up to the state here; a full walk
shows whether that is the state there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from tcsync.packs import Op, RecordSorter
from tcsync.repository.states import History, side_by_side
from tcsync.sources.base import ArtifactEntry, ChangeSource

_EDIT = int(Op.EDIT)
NAMED = 20
"""So many of the things that differ are named."""


@dataclass(frozen=True, slots=True)
class WalkedHead:
    """What a full walk of a revision found. `found` names the first things that differ.

    `artifact_ids` are those that are on both sides.
    """

    resource: str
    number: int
    elements: int
    artifacts: int
    differing: int
    found: tuple[str, ...]
    artifact_ids: tuple[str, ...] = ()


def walk_head(
    source: ChangeSource, resource: str, number: int, go_on: Callable[[str], None]
) -> WalkedHead:
    """Read all of a revision anew and compare it with ours. Raises SourceError.

    Memory does not grow with the model. `go_on` is called with the resource; what it raises ends
    the walk.
    """
    entries: dict[str, ArtifactEntry] = {}
    count = differing = 0
    found: list[str] = []
    history = History(resource)
    with RecordSorter(folder=Path(settings.TCSYNC_DATA)) as walked:
        with source.walk(resource, number) as items:
            for item in items:
                go_on(resource)
                if isinstance(item, ArtifactEntry):
                    entries[item.id] = item
                else:
                    walked.take([(id_, _EDIT, body) for id_, body in item.elements])
                    count += len(item.elements)
        theirs = ((id_, body) for rows in walked.rows() for id_, _op, body in rows)
        for id_, ours, body in side_by_side(history.elements(number), theirs):
            if ours != body:
                differing += 1
                found += [_element(id_, ours, body)] if len(found) < NAMED else []
            go_on(resource)
    unlike = list(_artifacts(history, number, entries))
    found += unlike[: NAMED - len(found)]
    both = tuple(ref.id for ref in history.artifacts(number) if ref.id in entries)
    differing += len(unlike)
    return WalkedHead(resource, number, count, len(entries), differing, tuple(found), both)


def _element(id_: str, ours: bytes | None, theirs: bytes | None) -> str:
    if theirs is None:
        return f"element {id_} is here and not at the source"
    if ours is None:
        return f"element {id_} is at the source and not here"
    return f"element {id_} has other contents at the source"


def _artifacts(history: History, number: int, entries: dict[str, ArtifactEntry]) -> Iterator[str]:
    ours = {ref.id: (ref.name, ref.size) for ref in history.artifacts(number)}
    for id_, entry in sorted(entries.items()):
        here = ours.pop(id_, None)
        if here is None:
            yield f"artifact {entry.name} ({id_}) is at the source and not here"
        elif here != (entry.name, entry.size):
            yield f"artifact {entry.name} ({id_}) has another name or size at the source"
    for id_, (name, _size) in sorted(ours.items()):
        yield f"artifact {name} ({id_}) is here and not at the source"
