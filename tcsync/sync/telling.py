"""Taking in revisions that are told change by change: their packs and digests are made here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from tcsync.domain import ArtifactRef
from tcsync.errors import Missing, TcsyncError
from tcsync.packs import Kind
from tcsync.repository.states import History
from tcsync.repository.writing import Changeset, HistoryBatch
from tcsync.sources.base import ArtifactGone, ArtifactPut, ElementGone, ElementPut, Telling, Told

BLOCK_BYTES = 64 << 10
"""Of the packs that are made here: each element that changes later is looked up in them, one block
for each. They are some hundredths larger for it."""
KEPT_BYTES = 32 << 20
"""Of bodies that are kept for the next comparison."""


@dataclass(slots=True)
class Recalled:
    """A history of which some bodies at one revision were read already; None: not there."""

    history: History
    number: int | None
    bodies: Mapping[str, bytes | None]

    def get_many(
        self, number: int | None, ids: Iterable[str], kind: Kind = Kind.ELEMENT
    ) -> dict[str, bytes]:
        """Return the bodies of those of `ids` that exist at a revision."""
        if number != self.number or kind is not Kind.ELEMENT:
            return self.history.get_many(number, ids, kind)
        wanted = list(ids)
        rest = [id_ for id_ in wanted if id_ not in self.bodies]
        found = self.history.get_many(number, rest, kind) if rest else {}
        found.update((i, body) for i in wanted if (body := self.bodies.get(i)) is not None)
        return found

    def elements(self, number: int, kind: Kind = Kind.ELEMENT) -> Iterator[tuple[str, bytes]]:
        """Yield (id, body) of everything that exists at a revision, by rising id."""
        return self.history.elements(number, kind)


class HeldStates:
    """What this node holds, the revisions of the batch that is being filled included.

    The bodies that a source asks for are most of those that its changes are compared with: some
    are kept until it asks about another revision, because each costs a block to be opened.
    """

    def __init__(self, batch: Callable[[], HistoryBatch]) -> None:
        self._batch = batch
        self._opened: tuple[HistoryBatch, History, int] | None = None
        self._place: tuple[str, int | None] = ("", None)
        self._bodies: dict[str, bytes | None] = {}
        self._bytes = 0

    def recalled(self, resource: str, number: int | None) -> Recalled:
        """Return the history of a resource with what was asked for at a revision."""
        bodies = self._bodies if self._place == (resource, number) else {}
        return Recalled(self._history(resource), number, bodies)

    def _history(self, resource: str) -> History:
        """Return the history of a resource; opened anew with each batch: what was committed since
        is found by its spans then.
        """
        batch, opened = self._batch(), self._opened
        if opened is None or opened[0] is not batch or opened[1].resource != resource:
            opened = (batch, batch.history(resource), batch.size)
        elif opened[2] != batch.size:
            opened = (batch, batch.history(resource, opened[1]), batch.size)
        self._opened = opened
        return opened[1]

    def holds(self, resource: str, number: int) -> bool:
        """Tell whether this node has the revision."""
        try:
            self._history(resource).link(number)
        except Missing:
            return False
        return True

    def elements(self, resource: str, number: int, ids: Sequence[str]) -> Mapping[str, bytes]:
        """Return the bodies of those of `ids` that exist at a revision."""
        found = self._history(resource).get_many(number, ids)
        if self._place != (resource, number):
            self._place, self._bodies, self._bytes = (resource, number), {}, 0
        self._bytes += sum(map(len, found.values()))
        if self._bytes <= KEPT_BYTES:
            self._bodies.update((id_, found.get(id_)) for id_ in ids)
        return found

    def artifacts(self, resource: str, number: int) -> Mapping[str, ArtifactRef]:
        """Return the artifact manifest of a revision by id."""
        return {ref.id: ref for ref in self._history(resource).artifacts(number)}


def take_in(batch: HistoryBatch, telling: Telling, states: HeldStates) -> None:
    """Write a told revision into a batch, as the canonical difference to its direct parent.

    Raises ContentError, and what its changes raise; it is then as if it had never come.
    """
    record = telling.record
    with Changeset(Path(settings.TCSYNC_DATA)) as changeset:
        for told in telling.changes:
            _collect(changeset, batch, told)
        sink = batch.sink()
        start = sink.tell()
        parent = None if record.hole_before else record.parent
        try:
            history = states.recalled(record.resource, parent)
            summary = changeset.write(
                sink, history, parent, is_whole=telling.is_whole, block_size=BLOCK_BYTES
            )
            batch.admit_local(record, summary, start)
        except TcsyncError:
            sink.rewind(start)
            raise


def _collect(changeset: Changeset, batch: HistoryBatch, told: Told) -> None:
    if isinstance(told, ElementPut):
        changeset.put(told.id, told.body)
    elif isinstance(told, ElementGone):
        changeset.remove(told.id)
    elif isinstance(told, ArtifactPut):
        batch.artifacts.receive_unless_here(told.ref.digest, told.ref.size, told.chunks)
        changeset.put_artifact(told.ref)
    elif isinstance(told, ArtifactGone):
        changeset.remove_artifact(told.id)
