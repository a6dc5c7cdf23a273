"""HistoryBatch: whole revisions on their way in, made durable and visible together.

Order (must): bytes hashed while they stream in -> compared with what was promised -> durable ->
one transaction with rows, feed and audit. What lies in a segment without a row does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
)

from tcsync import domain
from tcsync.amounts import counted
from tcsync.audit.recording import Actor
from tcsync.domain import PackPlace, RevisionRecord, revision_digest
from tcsync.errors import Clash, DigestMismatch, Missing, TcsyncError
from tcsync.packs import PackSummary, PackVerifier, Piece
from tcsync.repository.models import Revision
from tcsync.repository.states import History, Link
from tcsync.repository.storage import Batch, Storage, default_storage
from tcsync.repository.writing import limits, rows
from tcsync.repository.writing.artifacts import ArtifactBytes
from tcsync.repository.writing.unit import Guard, Unit, unit


@dataclass(frozen=True, slots=True)
class Committed:
    """What a batch made visible; bytes are those of packs and artifacts as stored, raw bytes those
    of the packs before compression.
    """

    resources: int
    revisions: int
    elements: int
    bytes: int
    raw_bytes: int


class HistoryBatch:
    """One unit of commit. Use it once: fill, then `commit` or `discard`.

    `copies` tells whether it fills read-only copies or local resources: neither kind of resource
    can be written through the other.
    """

    def __init__(self, *, copies: bool, storage: Storage | None = None) -> None:
        self._copies = copies
        self._storage = storage or default_storage()
        self._open: Batch | None = None
        self._resources: dict[str, rows.Description] = {}
        self._tags: dict[str, tuple[domain.Tag, ...]] = {}
        self._verified: dict[str, str] = {}
        self._gone: dict[str, rows.Vanished] = {}
        self._revisions: dict[tuple[str, int], Revision] = {}
        self._pack_bytes = 0
        self.artifacts = ArtifactBytes(self.sink, self.read)
        self._before: dict[tuple[str, int], rows.Before] = {}

    @property
    def stored_bytes(self) -> int:
        """Bytes written so far."""
        return self._pack_bytes + self.artifacts.length

    @property
    def size(self) -> int:
        """Revisions and described resources so far."""
        return len(self._revisions) + len(self._resources)

    @property
    def is_empty(self) -> bool:
        """Whether committing would change nothing."""
        return not (self._resources or self._tags or self._revisions)

    def sink(self) -> Batch:
        """Return the open batch of the storage; begun at first use."""
        if self._open is None:
            self._open = self._storage.begin()
        return self._open

    def read(self, name: str, offset: int, length: int) -> bytes:
        """Read bytes of the repository, those of this batch included."""
        if self._open is not None and name == self._open.object:
            return self._open.read(offset, length)
        return self._storage.read(name, offset, length)

    def history(self, resource: str, known: History | None = None) -> History:
        """Return a history that sees this batch's revisions of the resource too.

        `known`: one that this batch gave before; what it has open stays open.
        """
        history = known or History(resource, read=self.read)
        for (owner, number), row in self._revisions.items():
            if owner == resource:
                parent = None if row.hole_before else row.parent
                place = PackPlace(row.object, row.place, row.length, row.pack_digest)
                history.extend(Link(number, parent, place))
        return history

    def describe(
        self,
        resource: domain.Resource,
        category: str,
        hops: tuple[domain.Hop, ...] = (),
    ) -> None:
        """Make the resource, or bring name, place and branches of the existing one up to date."""
        limits.check_resource(resource)
        self._resources[resource.id] = rows.Description(resource, category, hops)

    def set_tags(self, resource: str, tags: tuple[domain.Tag, ...]) -> None:
        """Make the resource's tags exactly these; those on revisions that are not here wait."""
        limits.check_tags(tags)
        self._tags[resource] = tags

    def set_standing(
        self, resource: str, verified: str, gone: rows.Vanished = rows.NOTHING
    ) -> None:
        """Record how the copy is verified up to its newest revision (empty: as it was), and what
        the source's housekeeping deleted: it is marked and kept.
        """
        if verified:
            self._verified[resource] = verified
        if gone != rows.NOTHING:
            self._gone[resource] = gone

    def withdraw(self, resource: str) -> None:
        """Forget the description of a resource of which no revision arrived in this batch."""
        if not any(owner == resource for owner, _number in self._revisions):
            self._resources.pop(resource, None)

    def receive(
        self, revision: RevisionRecord, place: tuple[int, str], pieces: Iterable[Piece]
    ) -> None:
        """Take in the pack of a revision; `place` is its promised length and pack digest.

        `pieces` come from `packs.opened`, which may be at work in another thread.
        Raises DigestMismatch or PackDamaged; the revision is then as if it had never come.
        """
        batch = self.sink()
        start = batch.tell()
        try:
            verifier = PackVerifier()
            for piece in pieces:
                verifier.take(piece)
                batch.write(piece.data)
            summary = verifier.finish()
            _compare(revision, place, summary)
            self._admit(revision, summary, start)
        except TcsyncError:
            batch.rewind(start)
            raise

    def admit_local(self, revision: RevisionRecord, summary: PackSummary, start: int) -> str:
        """Admit a revision whose pack was made here, in `sink()` at `start`; return its digest."""
        before = self._before_of(revision)
        revision = replace(
            revision,
            content_digest=summary.content_digest,
            artifact_digest=summary.artifact_digest,
        )
        revision = replace(revision, digest=revision_digest(revision, before.digest))
        self._admit(revision, summary, start)
        return revision.digest

    def _admit(self, revision: RevisionRecord, summary: PackSummary, start: int) -> None:
        limits.check_revision(revision)
        before = self._before_of(revision)
        if revision_digest(revision, before.digest) != revision.digest:
            raise DigestMismatch(
                f"Revision {revision.number} of {revision.resource} does not have the digest"
                f" {revision.digest} that was promised."
            )
        place = PackPlace(self.sink().object, start, summary.size, summary.digest)
        if summary.artifacts_put:
            self.artifacts.note(revision, place)
        row = rows.revision_row(revision, summary, place, before.total)
        key = (revision.resource, revision.number)
        self._revisions[key] = row
        self._pack_bytes += row.length
        self._before[key] = rows.Before(revision.digest, row.total)

    def _before_of(self, revision: RevisionRecord) -> rows.Before:
        """Return digest and element count of the direct parent. Raises Missing."""
        if revision.parent is None or revision.hole_before:
            return rows.Before("", 0)
        key = (revision.resource, revision.parent)
        if key not in self._before:
            self._before[key] = rows.before(*key)
        return self._before[key]

    def retract(self, resource: str, number: int) -> None:
        """Take back a revision that was admitted; its bytes stay behind without a row."""
        self._pack_bytes -= self._revisions.pop((resource, number)).length
        self._before.pop((resource, number))

    def commit(
        self, actor: Actor, action: str, guard: Guard | None = None, *, target: str = ""
    ) -> Committed:
        """Make everything durable, then visible, in one transaction. Raises Missing, Clash ...

        `target` is the resource that it is all about, where it is one.
        """
        done = content_of(self)
        try:
            if wanted := self.artifacts.wanted():
                raise Missing(f"The bytes of artifact {wanted[0].ref.digest} have not arrived.")
            if self._open is not None:
                self._open.seal()
            with unit(actor, action, guard) as work:
                self._write(work)
                work.target("resource" if target else "", target, "", "")
                many = counted(done.revisions, "revision")
                work.summary = f"{many} of {counted(done.resources, 'resource')}"
                work.details = {"revisions": done.revisions, "bytes": done.bytes}
        except IntegrityError as error:
            self.discard()
            raise Clash(
                "Somebody else wrote the same resource at the same time; nothing of this batch"
                " was kept.",
                next_step="Synchronize again.",
            ) from error
        except (OperationalError, InterfaceError):
            if not self._was_committed():
                raise
        except BaseException:
            self.discard()
            raise
        if self._open is not None:
            self._open.close()
            self._open = None
        return done

    def _write(self, work: Unit) -> None:
        work.resources |= rows.write_resources(self._resources, copies=self._copies)
        touched = {key[0] for key in self._revisions}.union(self._tags, self._verified, self._gone)
        rows.refuse_other_kind(touched, copies=self._copies)
        rows.write_blobs(self.artifacts.blobs)
        work.resources |= rows.write_revisions(list(self._revisions.values()))
        work.resources |= rows.write_tags(self._tags)
        work.resources |= rows.write_gone(self._gone)
        rows.write_verified(self._verified)

    def _was_committed(self) -> bool:
        """Return whether the commit took effect although the database failed. Decided by reading.

        Where it is not to be seen it may still be under way, so the bytes are left alone for ever.
        """
        row = next(iter(self._revisions.values()), None)
        try:
            connection.close()
            if row is not None and rows.is_visible(row):
                return True
        except DatabaseError:
            pass
        if self._open is not None:
            self._open.abandon()
            self._open = None
        self.discard()
        return False

    def discard(self) -> None:
        """Forget everything; the segment's tail is cut. Nothing of it can be committed any more."""
        for held in (self._resources, self._tags, self._revisions, self._verified, self._gone):
            held.clear()
        self._pack_bytes = 0
        if self._open is not None:
            self._open.discard()
            self._open = None


def content_of(batch: HistoryBatch) -> Committed:
    """Return what a batch makes visible once it is committed."""
    incoming = batch._revisions.values()
    touched = {row.resource_id for row in incoming} | batch._resources.keys() | batch._tags.keys()
    return Committed(
        len(touched),
        len(incoming),
        sum(row.added + row.edited + row.removed for row in incoming),
        batch.stored_bytes,
        sum(row.raw_bytes for row in incoming),
    )


def _compare(revision: RevisionRecord, place: tuple[int, str], summary: PackSummary) -> None:
    found = (summary.size, summary.digest, summary.content_digest, summary.artifact_digest)
    if found != (*place, revision.content_digest, revision.artifact_digest):
        raise DigestMismatch(
            f"The pack of revision {revision.number} of {revision.resource} is not the promised"
            f" one: {place[0]} bytes with content digest {revision.content_digest} were promised,"
            f" {summary.size} bytes with {summary.content_digest} arrived."
        )
