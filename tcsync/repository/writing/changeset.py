"""Changeset: what a revision changes, brought into its canonical form and written as a pack.

Canonical is the difference to the direct parent: equal bytes dropped, sorted by id, each record
marked add, edit or remove. Every source that does not deliver packs goes through here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
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
    Row,
    canonical_value,
)
from tcsync.repository.states import side_by_side
from tcsync.repository.storage import Batch

_ADD, _EDIT, _REMOVE = int(Op.ADD), int(Op.EDIT), int(Op.REMOVE)
Noting = Callable[[Sequence[str], Sequence[bytes]], None]
"""Is told ids and bodies."""


class Before(Protocol):
    """The revisions of a resource that are here: a History, or what reads through one."""

    def compared(
        self, number: int | None, bodies: Mapping[str, bytes | None], kind: Kind = Kind.ELEMENT
    ) -> Mapping[str, bool]:
        """Return of those ids that exist at a revision whether their body there is the given one.

        None is no body's.
        """

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

    def put_all(self, elements: Iterable[tuple[str, bytes]]) -> None:
        """Say of some elements that they are this afterwards."""
        self._elements.take([(id_, _EDIT, body) for id_, body in elements])

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
        block_size: int = DEFAULT_BLOCK_SIZE,
    ) -> PackSummary:
        """Write the difference to the state at `parent` (None: to nothing) as one pack.

        `block_size` is that of the pack: no digest depends on it.
        """
        writer = PackWriter(batch.write, block_size=block_size)
        for kind, records in self._kinds:
            for rows in records.rows():
                writer.take(kind, _marked(rows, history, parent, kind))
        return writer.finish()

    def write_whole(
        self,
        batch: Batch,
        history: Before,
        parent: int | None,
        note: Noting,
        *,
        block_size: int = DEFAULT_BLOCK_SIZE,
    ) -> PackSummary:
        """Do the same where what was put is all that exists afterwards.

        `note` is told all elements by rising id, some at a time.
        """
        writer = PackWriter(batch.write, block_size=block_size)
        for kind, records in self._kinds:
            puts = _puts(records, note if kind is Kind.ELEMENT else None)
            rows = puts if parent is None else _beside(history.elements(parent, kind), puts)
            for some in rows:
                writer.take(kind, some)
        return writer.finish()

    @property
    def _kinds(self) -> tuple[tuple[Kind, RecordSorter], ...]:
        return (Kind.ELEMENT, self._elements), (Kind.ARTIFACT, self._artifacts)


def _marked(rows: list[Row], history: Before, parent: int | None, kind: Kind) -> list[Row]:
    """Return what differs from the parent's state, marked with what it does to it."""
    given = {id_: None if op == Op.REMOVE else body for id_, op, body in rows}
    is_same = history.compared(parent, given, kind)
    marked: list[Row] = []
    for id_, body in given.items():
        if body is None:
            marked += [(id_, _REMOVE, b"")] if id_ in is_same else []
        elif not (same := is_same.get(id_)):
            marked.append((id_, _ADD if same is None else _EDIT, body))
    return marked


def _puts(records: RecordSorter, note: Noting | None) -> Iterator[list[Row]]:
    """Yield what is put, as it is new where there was nothing."""
    for rows in records.rows():
        puts = [(id_, _ADD, body) for id_, op, body in rows if op != Op.REMOVE]
        if note is not None:
            note([row[0] for row in puts], [row[2] for row in puts])
        yield puts


def _beside(before: Iterator[tuple[str, bytes]], puts: Iterator[list[Row]]) -> Iterator[list[Row]]:
    """Yield what differs from the parent's state, all of which is read beside what is put."""
    now = ((id_, body) for id_, _op, body in chain.from_iterable(puts))
    for id_, old, new in side_by_side(before, now):
        if new is None:
            yield [(id_, _REMOVE, b"")]
        elif old != new:
            yield [(id_, _ADD if old is None else _EDIT, new)]
