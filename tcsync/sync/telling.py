"""Taking in revisions that are told change by change: their packs and digests are made here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from django.conf import settings

from tcsync.domain import ArtifactRef
from tcsync.errors import Missing, TcsyncError
from tcsync.repository.writing import Changeset, HistoryBatch
from tcsync.sources.base import ArtifactGone, ArtifactPut, ElementGone, ElementPut, Telling, Told


class HeldStates:
    """What this node holds, the revisions of the batch that is being filled included."""

    def __init__(self, batch: Callable[[], HistoryBatch]) -> None:
        self._batch = batch

    def holds(self, resource: str, number: int) -> bool:
        """Tell whether this node has the revision."""
        try:
            self._batch().history(resource).link(number)
        except Missing:
            return False
        return True

    def elements(self, resource: str, number: int, ids: Sequence[str]) -> Mapping[str, bytes]:
        """Return the bodies of those of `ids` that exist at a revision."""
        return self._batch().history(resource).get_many(number, ids)

    def artifacts(self, resource: str, number: int) -> Mapping[str, ArtifactRef]:
        """Return the artifact manifest of a revision by id."""
        return {ref.id: ref for ref in self._batch().history(resource).artifacts(number)}


def take_in(batch: HistoryBatch, telling: Telling) -> None:
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
            history = batch.history(record.resource)
            summary = changeset.write(sink, history, parent, is_whole=telling.is_whole)
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
