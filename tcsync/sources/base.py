"""What every source offers; tests/sources/contract.py is the suite that each one passes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from tcsync.domain import (
    ArtifactRef,
    Changes,
    Identity,
    Known,
    RevisionRecord,
    Selection,
    Snapshot,
)
from tcsync.outbound import Pulse


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


class Source(Protocol):
    """A repository that can be read. Methods raise SourceError, or what a pulse raised."""

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

    def changes(self, after: int | None) -> Changes:
        """Return what changed after a cursor; None asks for the newest cursor only."""

    def packs(self, wants: Sequence[Want]) -> AbstractContextManager[Iterator[Arriving | Absent]]:
        """Open one stream of revisions, in the order asked for.

        What is not read of a pack is skipped. A stream that ends early raises Unreachable.
        """

    def artifacts(
        self, wants: Sequence[ArtifactWant]
    ) -> AbstractContextManager[Iterator[ArrivingBytes]]:
        """Open one stream of artifact bytes."""

    def close(self) -> None:
        """Let go of connections and sessions."""
