"""What every source offers; tests/sources/contract.py is the suite that each one passes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from tcsync.domain import (
    ArtifactRef,
    Changes,
    Chronicle,
    HeadUses,
    Identity,
    Known,
    RevisionRecord,
    Selection,
    Snapshot,
)
from tcsync.outbound import Pulse

RECORDS_AT_ONCE = 200
"""The most revisions of which the records are asked for at once."""


@dataclass(frozen=True, slots=True)
class Want:
    """Revisions that are asked for, in rising order, parents before their children."""

    resource: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Arriving:
    """A revision on its way: its record, what its pack promises, its bytes to read once."""

    record: RevisionRecord
    length: int
    pack_digest: str
    chunks: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Absent:
    """A resource that was asked for and cannot be given: removed, hidden or missing there."""

    resource: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class ArtifactWant:
    """The bytes of artifacts that a revision put into its manifest."""

    resource: str
    number: int
    refs: tuple[ArtifactRef, ...]


@dataclass(frozen=True, slots=True)
class ArrivingBytes:
    """The bytes of an artifact on their way."""

    digest: str
    length: int
    chunks: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class ElementsPut:
    """Elements as they are from now on: the id of each and its canonical text, in any order.

    The text is that of docs/formats/element.md. Some hundred come at a time.
    """

    elements: Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class ElementGone:
    """An element that no longer exists."""

    id: str


@dataclass(frozen=True, slots=True)
class ArtifactPut:
    """An entry of the artifact manifest as it is from now on.

    `chunks` are the bytes, to be read once; empty where `States` showed that they are here already.
    """

    ref: ArtifactRef
    chunks: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class ArtifactGone:
    """An entry that the artifact manifest no longer holds."""

    id: str


Told = ElementsPut | ElementGone | ArtifactPut | ArtifactGone


@dataclass(frozen=True, slots=True)
class Telling:
    """A revision whose changes are told bit by bit, in any order; its digests are made here.

    The digests of `record` are empty. `is_whole`: everything that lives at this revision is told,
    elements and manifest; what is not told does not live. Else what is told is what changed
    against the direct parent, or more: equal bodies are dropped here.
    """

    record: RevisionRecord
    is_whole: bool
    changes: Iterator[Told]


@dataclass(frozen=True, slots=True)
class ArtifactEntry:
    """An entry of an artifact manifest as a listing shows it: without the bytes' digest."""

    id: str
    name: str
    size: int


class States(Protocol):
    """What this node holds, for a source that can only tell changes against it.

    It may be asked while the changes of a revision are told; every revision before that one has
    been taken in by then.
    """

    def holds(self, resource: str, number: int) -> bool:
        """Tell whether this node has the revision."""

    def owners(self, resource: str, number: int, ids: Sequence[str]) -> Mapping[str, str | None]:
        """Return the owners of those of `ids` that exist at a revision; None: a root."""

    def artifacts(self, resource: str, number: int) -> Mapping[str, ArtifactRef]:
        """Return the artifact manifest of a revision by id."""


class Delivery(Enum):
    """How a source hands revisions over."""

    PACKS = "packs"
    """As packs, with all digests promised: it is a PackSource."""
    CHANGES = "changes"
    """Change by change: it is a ChangeSource."""


class Comparable(Protocol):
    """A repository that can be compared with another one: every source, and this node itself.

    Methods raise SourceError, or what a pulse raised.
    """

    def heed(self, pulse: Pulse | None) -> Pulse | None:
        """From now on tell this pulse of each piece that arrives, and once a second while waiting.

        What it raises ends the question that is being asked; the source may be used again. Return
        the pulse that was told until now.
        """

    def identity(self) -> Identity:
        """Return who it is; this is the cheapest question that also checks the login."""

    def snapshot(self, selection: Selection | None, known: Mapping[str, Known] | None) -> Snapshot:
        """Return what it holds within the selection (None: all that this account may read).

        With `known`, each resource lists the revisions that we lack.
        """

    def chronicles(
        self, resources: Sequence[str]
    ) -> AbstractContextManager[Iterator[Chronicle | Absent]]:
        """Tell, in this order, what listings show of these resources: branches, tags, revisions."""

    def walk(
        self, resource: str, number: int
    ) -> AbstractContextManager[Iterator[ElementsPut | ArtifactEntry]]:
        """Read everything that lives at a revision anew, in any order. Raises Gone."""

    def close(self) -> None:
        """Let go of connections and sessions."""


class Source(Comparable, Protocol):
    """A repository that can be read in whole.

    The revisions that a source with Delivery.CHANGES lists have listing fingerprints in the place
    of digests, and so have the divergences that it finds; `known` must hold the listings.
    """

    @property
    def delivery(self) -> Delivery:
        """How it hands revisions over."""

    def records_of(self, resource: str, numbers: Sequence[int]) -> Sequence[RevisionRecord]:
        """Return what it tells of these revisions without their content, in rising order.

        At most RECORDS_AT_ONCE; those that are not there are left out. Their digest is a listing
        fingerprint where the source has no digests.
        """

    def uses(self, resources: Sequence[str]) -> Mapping[str, tuple[HeadUses, ...]] | None:
        """Return what these use at the heads of their living branches, the trunk first.

        What does not exist, or this account may not read, is left out. None: this source cannot
        tell, as a node of an older version.
        """

    def changes(self, after: int | None) -> Changes:
        """Return what changed after a cursor; None asks for the newest cursor only."""


class PackSource(Source, Protocol):
    """A source that has packs."""

    def packs(self, wants: Sequence[Want]) -> AbstractContextManager[Iterator[Arriving | Absent]]:
        """Open one stream of revisions, in the order asked for.

        What is not read of a pack is skipped. A stream that ends early raises Unreachable.
        """

    def artifacts(
        self, wants: Sequence[ArtifactWant]
    ) -> AbstractContextManager[Iterator[ArrivingBytes]]:
        """Open one stream of artifact bytes."""


class ChangeSource(Source, Protocol):
    """A source that has elements, revision by revision, and can say what changed between two."""

    def changesets(
        self, wants: Sequence[Want], states: States
    ) -> AbstractContextManager[Iterator[Telling | Absent]]:
        """Open one stream of revisions, in the order asked for.

        The changes of a revision are read to their end before the next one is asked for, or not at
        all: then it is passed over. What they raise as BadAnswer or Gone concerns that resource
        alone, and the stream goes on. After an Absent nothing more of that resource follows.
        """

    def artifact_bytes(
        self, resource: str, number: int, ids: Sequence[str]
    ) -> AbstractContextManager[Iterator[ArtifactPut]]:
        """Read artifacts of a revision anew, bytes and all, in the order asked for.

        The bytes of one are read before the next is asked for. Raises Gone for one that is not
        there.
        """
