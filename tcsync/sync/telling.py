"""Taking in revisions that are told change by change: their packs and digests are made here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from django.conf import settings

from tcsync.domain import ArtifactRef, RevisionRecord
from tcsync.errors import Missing, TcsyncError
from tcsync.packs import Kind, PackSummary
from tcsync.repository.states import History
from tcsync.repository.writing import Changeset, HistoryBatch
from tcsync.sources.base import ArtifactGone, ArtifactPut, ElementGone, ElementsPut, Telling, Told
from tcsync.sync.register import Register, Trace, trace_of
from tcsync.sync.traces import Traces

BLOCK_BYTES = 64 << 10
"""Of the packs that are made here: each element that changes later is looked up in them, one block
for each. They are some hundredths larger for it."""
MANIFESTS = 4
"""Of so many revisions the list of artifacts is kept: as many branches can take turns."""


class Recalled:
    """A history beside the traces of its elements: bodies are opened only where there is none."""

    def __init__(self, history: History, traces: Traces) -> None:
        self._history = history
        self._traces = traces
        self.changed: dict[str, Trace | None] = {}
        """What the elements that were found to differ are now."""

    def traces(self, number: int, ids: Iterable[str]) -> dict[str, Trace | None]:
        """Return the traces of elements at a revision, None for those that do not exist."""
        known, unknown = self._traces.find(number, ids)
        if unknown:
            bodies = self._history.get_many(number, unknown)
            found = {id_: trace_of(bodies[id_]) if id_ in bodies else None for id_ in unknown}
            self._traces.note_looked_up(number, found)
            known |= found
        return known

    def compared(
        self, number: int | None, bodies: Mapping[str, bytes | None], kind: Kind = Kind.ELEMENT
    ) -> Mapping[str, bool]:
        """Return of those ids that exist at a revision whether their body there is the given one.

        None is no body's.
        """
        if number is None or kind is not Kind.ELEMENT:
            return self._history.compared(number, bodies, kind)
        same: dict[str, bool] = {}
        for id_, before in self.traces(number, bodies).items():
            body = bodies[id_]
            now = None if body is None else trace_of(body)
            if before != now:
                self.changed[id_] = now
            if before is not None:
                same[id_] = before == now
        return same

    def elements(self, number: int, kind: Kind = Kind.ELEMENT) -> Iterator[tuple[str, bytes]]:
        """Yield (id, body) of everything that exists at a revision, by rising id."""
        return self._history.elements(number, kind)


class HeldStates:
    """What this node holds, the revisions of the batch that is being filled included.

    What was taken in or looked up is kept as traces, for the resource that is asked about.
    """

    def __init__(self, batch: Callable[[], HistoryBatch]) -> None:
        self._batch = batch
        self._opened: tuple[HistoryBatch, History, int] | None = None
        self._traces: tuple[str, Traces] = ("", Traces())
        self._manifests: dict[int, Mapping[str, ArtifactRef]] = {}

    def recalled(self, resource: str) -> Recalled:
        """Return the history of a resource with what is kept of it."""
        return Recalled(self._history(resource), self.traces(resource))

    def traces(self, resource: str) -> Traces:
        """Return the traces of a resource; those of another one are forgotten."""
        if self._traces[0] != resource:
            self._traces = (resource, Traces())
            self._manifests.clear()
        return self._traces[1]

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

    def owners(self, resource: str, number: int, ids: Sequence[str]) -> Mapping[str, str | None]:
        """Return the owners of those of `ids` that exist at a revision; None: a root."""
        found = self.recalled(resource).traces(number, ids)
        return {id_: trace.owner for id_, trace in found.items() if trace is not None}

    def artifacts(self, resource: str, number: int) -> Mapping[str, ArtifactRef]:
        """Return the artifact manifest of a revision by id."""
        self.traces(resource)
        if number not in self._manifests:
            refs = self._history(resource).artifacts(number)
            self._keep_manifest(number, {ref.id: ref for ref in refs})
        return self._manifests[number]

    def note(self, record: RevisionRecord, summary: PackSummary) -> None:
        """Note that a revision was taken in: whether it has the manifest of its parent."""
        if summary.artifacts_put or summary.artifacts_removed:
            return
        parent = _parent(record)
        manifest = {} if parent is None else self._manifests.get(parent)
        if manifest is not None:
            self._keep_manifest(record.number, manifest)

    def _keep_manifest(self, number: int, manifest: Mapping[str, ArtifactRef]) -> None:
        while len(self._manifests) >= MANIFESTS:
            self._manifests.pop(next(iter(self._manifests)))
        self._manifests[number] = manifest


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
        write = _write_whole if telling.is_whole else _write
        try:
            summary = write(changeset, batch, record, states)
        except TcsyncError:
            sink.rewind(start)
            raise
        states.note(record, summary)


def _write(
    changeset: Changeset, batch: HistoryBatch, record: RevisionRecord, states: HeldStates
) -> PackSummary:
    sink, before = batch.sink(), states.recalled(record.resource)
    start, parent = sink.tell(), _parent(record)
    summary = changeset.write(sink, before, parent, block_size=BLOCK_BYTES)
    batch.admit_local(record, summary, start)
    states.traces(record.resource).note_changed(record.number, parent, before.changed)
    return summary


def _write_whole(
    changeset: Changeset, batch: HistoryBatch, record: RevisionRecord, states: HeldStates
) -> PackSummary:
    sink, before = batch.sink(), states.recalled(record.resource)
    start, register, parent = sink.tell(), Register(), _parent(record)
    summary = changeset.write_whole(sink, before, parent, register.take, block_size=BLOCK_BYTES)
    batch.admit_local(record, summary, start)
    states.traces(record.resource).note_whole(record.number, register)
    return summary


def _parent(record: RevisionRecord) -> int | None:
    return None if record.hole_before else record.parent


def _collect(changeset: Changeset, batch: HistoryBatch, told: Told) -> None:
    if isinstance(told, ElementsPut):
        changeset.put_all(told.elements)
    elif isinstance(told, ElementGone):
        changeset.remove(told.id)
    elif isinstance(told, ArtifactPut):
        batch.artifacts.receive_unless_here(told.ref.digest, told.ref.size, told.chunks)
        changeset.put_artifact(told.ref)
    elif isinstance(told, ArtifactGone):
        changeset.remove_artifact(told.id)
