"""This node itself as one side of a comparison, read from its own store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from tcsync.domain import Chronicle, Identity, Known, Selection, Snapshot
from tcsync.errors import Gone, Missing
from tcsync.outbound import Pulse
from tcsync.repository import chronicles as stored
from tcsync.repository import reading, snapshots
from tcsync.repository.states import History
from tcsync.sources.base import Absent, ArtifactEntry, ElementsPut

ALL_RIGHTS = "everything: this node reads its own store"


class Here:
    """What this node holds, all of it: whoever lets it be compared asks who may see that."""

    def heed(self, _pulse: Pulse | None) -> Pulse | None:
        """Do nothing: there is no network to wait for."""
        return None

    def identity(self) -> Identity:
        """Return who this node is."""
        return replace(reading.identity(), rights=ALL_RIGHTS)

    def snapshot(self, selection: Selection | None, known: Mapping[str, Known] | None) -> Snapshot:
        """Return what we hold within the selection."""
        return snapshots.snapshot(selection, known)

    @contextmanager
    def chronicles(self, resources: Sequence[str]) -> Iterator[Iterator[Chronicle | Absent]]:
        """Tell what our rows say of these resources."""
        yield (
            stored.chronicle(id_) or Absent(id_, "gone", "It does not exist here.")
            for id_ in resources
        )

    @contextmanager
    def walk(self, resource: str, number: int) -> Iterator[Iterator[ElementsPut | ArtifactEntry]]:
        """Read everything that lives at a revision from the packs."""
        yield self._walked(resource, number)

    def _walked(self, resource: str, number: int) -> Iterator[ElementsPut | ArtifactEntry]:
        history = History(resource)
        try:
            history.link(number)
        except Missing as error:
            raise Gone(f"Revision {number} of {resource} does not exist here.") from error
        for id_, body in history.elements(number):
            yield ElementsPut(((id_, body),))
        for ref in history.artifacts(number):
            yield ArtifactEntry(ref.id, ref.name, ref.size)

    def close(self) -> None:
        """Do nothing: nothing is held."""
