"""Changeset: what a revision changes, brought into its canonical form and written as a pack.

Canonical is the difference to the direct parent: equal bytes dropped, sorted by id, each record
marked add, edit or remove. Every source that does not deliver packs goes through here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Protocol

from tcsync.domain import ArtifactRef
from tcsync.packs import (
    DEFAULT_BLOCK_SIZE,
    Kind,
    Op,
    PackSummary,
    PackWriter,
    Record,
    RecordSorter,
    canonical_value,
)
from tcsync.repository.states import side_by_side
from tcsync.repository.storage import Batch

COMPARED_AT_ONCE = 2000


class Before(Protocol):
    """The revisions of a resource that are here: a History, or what reads through one."""

    def get_many(
        self, number: int | None, ids: Iterable[str], kind: Kind = Kind.ELEMENT
    ) -> dict[str, bytes]:
        """Return the bodies of those of `ids` that exist at a revision."""

    def elements(self, number: int, kind: Kind = Kind.ELEMENT) -> Iterator[tuple[str, bytes]]:
        """Yield (id, body) of everything that exists at a revision, by rising id."""


class Changeset:
    """Collects puts and removes in any order, memory bounded; `write` makes the pack of it."""

    def __init__(self, folder: Path | None = None) -> None:
        self._elements = RecordSorter(folder=folder)
        self._artifacts = RecordSorter(folder=folder)

    def __enter__(self) -> Changeset:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._elements.__exit__(kind, error, trace)
        self._artifacts.__exit__(kind, error, trace)

    def put(self, element: str, body: bytes) -> None:
        """Say that the element is this afterwards; `body` is canonical JSON."""
        self._elements.add(Record(Op.EDIT, element, body))

    def remove(self, element: str) -> None:
        """Say that the element does not exist afterwards."""
        self._elements.add(Record(Op.REMOVE, element, b""))

    def put_artifact(self, ref: ArtifactRef) -> None:
        """Say that the manifest holds this entry afterwards; its bytes must be in the batch."""
        body = canonical_value({"digest": ref.digest, "name": ref.name, "size": ref.size})
        self._artifacts.add(Record(Op.EDIT, ref.id, body))

    def remove_artifact(self, artifact: str) -> None:
        """Say that the manifest does not hold this entry afterwards."""
        self._artifacts.add(Record(Op.REMOVE, artifact, b""))

    def write(
        self,
        batch: Batch,
        history: Before,
        parent: int | None,
        *,
        is_whole: bool = False,
        block_size: int = DEFAULT_BLOCK_SIZE,
    ) -> PackSummary:
        """Write the difference to the state at `parent` (None: to nothing) as one pack.

        `is_whole`: what was put is all that exists afterwards. `block_size` is that of the pack: no
        digest depends on it.
        """
        mark = _marked_whole if is_whole else _marked
        writer = PackWriter(batch.write, block_size=block_size)
        for record in mark(self._elements, history, parent, Kind.ELEMENT):
            writer.element(*record)
        for record in mark(self._artifacts, history, parent, Kind.ARTIFACT):
            writer.artifact(*record)
        return writer.finish()


def _marked(
    records: RecordSorter, history: Before, parent: int | None, kind: Kind
) -> Iterator[Record]:
    """Yield what differs from the parent's state, marked with what it does to it."""
    rest = iter(records)
    while some := list(islice(rest, COMPARED_AT_ONCE)):
        before = history.get_many(parent, [record.id for record in some], kind)
        for record in some:
            new = None if record.op == Op.REMOVE else record.body
            yield from _difference(record.id, before.get(record.id), new)


def _marked_whole(
    records: RecordSorter, history: Before, parent: int | None, kind: Kind
) -> Iterator[Record]:
    """Yield what differs from the parent's state, all of which is read beside the records."""
    puts = ((record.id, record.body) for record in records if record.op != Op.REMOVE)
    before = () if parent is None else history.elements(parent, kind)
    for id_, old, new in side_by_side(before, puts):
        yield from _difference(id_, old, new)


def _difference(id_: str, old: bytes | None, new: bytes | None) -> Iterator[Record]:
    if old == new:
        return
    if new is None:
        yield Record(Op.REMOVE, id_, b"")
    else:
        yield Record(Op.ADD if old is None else Op.EDIT, id_, new)
