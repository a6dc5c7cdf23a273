"""Looking after the store: recomputing what rows promise about the bytes at rest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tcsync.domain import revision_digest
from tcsync.errors import ContentError, DigestMismatch, TcsyncError
from tcsync.packs import NO_RECORDS, Kind, Op, PackVerifier, opened, pack_digest, piece_digest
from tcsync.packs import PIECE_BYTES as HASHED_BYTES
from tcsync.repository import reading
from tcsync.repository.models import Resource, Revision
from tcsync.repository.states import History, artifact_ref
from tcsync.repository.storage import Storage, default_storage

PIECE_BYTES = 1 << 20
NO_ARTIFACTS = NO_RECORDS.hex()


@dataclass(frozen=True, slots=True)
class Damage:
    """A revision whose bytes or digests are not what they must be."""

    resource: str
    number: int
    error: TcsyncError


def verify_resource(
    resource: str,
    storage: Storage | None = None,
    go_on: Callable[[str], None] = lambda _resource: None,
) -> list[Damage]:
    """Recompute every digest of a resource from the bytes at rest; return what is damaged.

    Every record and artifact byte is read once, in pieces; the chain of revision digests too.
    `go_on` is called with the resource before every revision; what it raises ends it.
    """
    store = storage or default_storage()
    digests: dict[int, str] = {}
    newest: dict[str, int] = {}
    damages = []
    rows = Revision.objects.filter(resource=resource).order_by("number")
    for row in rows.iterator(chunk_size=200):
        go_on(resource)
        try:
            _check_revision(row, store, digests)
            newest[row.branch] = row.number
        except ContentError as error:
            damages.append(Damage(resource, row.number, error))
        digests[row.number] = row.digest
    return damages + list(_damaged_heads(resource, digests, newest))


def verify_stored(
    resource: str,
    storage: Storage | None = None,
    go_on: Callable[[str], None] = lambda _resource: None,
) -> list[Damage]:
    """Compare the digests of all packs and artifacts at rest with the rows; return what is damaged.

    Finds every byte that changed since it was stored. Unlike `verify_resource` it does not prove
    again what the packs hold: that was done when they came.
    """
    store = storage or default_storage()
    damages = []
    rows = Revision.objects.filter(resource=resource).order_by("number")
    for row in rows.iterator(chunk_size=2000):
        go_on(resource)
        try:
            if _pack_digest_at(store, row) != row.pack_digest:
                raise DigestMismatch(f"The pack of revision {row.number} is damaged.")
            if row.artifact_digest != NO_ARTIFACTS:
                _check_artifacts(row, store)
        except ContentError as error:
            damages.append(Damage(resource, row.number, error))
    return damages


def _pack_digest_at(store: Storage, row: Revision) -> str:
    starts = range(0, row.length, HASHED_BYTES)
    return pack_digest(
        piece_digest(store.read(row.object, row.place + at, min(HASHED_BYTES, row.length - at)))
        for at in starts
    )


def _digest_at(store: Storage, name: str, place: int, length: int) -> str:
    hashed = hashlib.sha256()
    for piece in _pieces(store, name, place, length):
        hashed.update(piece)
    return hashed.hexdigest()


def _pieces(store: Storage, name: str, place: int, length: int) -> Iterator[bytes]:
    for start in range(0, length, PIECE_BYTES):
        yield store.read(name, place + start, min(PIECE_BYTES, length - start))


def _check_revision(row: Revision, store: Storage, digests: dict[int, str]) -> None:
    verifier = PackVerifier()
    for piece in opened(_pieces(store, row.object, row.place, row.length)):
        verifier.take(piece)
    found = verifier.finish()
    promised = (row.pack_digest, row.content_digest, row.artifact_digest)
    if (found.digest, found.content_digest, found.artifact_digest) != promised:
        raise DigestMismatch(f"The pack of revision {row.number} is not the one that was stored.")
    record = replace(reading.revision_record(row), digest="")
    before = "" if row.hole_before or row.parent is None else digests.get(row.parent, "?")
    if revision_digest(record, before) != row.digest:
        raise DigestMismatch(f"The row of revision {row.number} does not have its digest.")
    if found.artifacts_put:
        _check_artifacts(row, store)


def _check_artifacts(row: Revision, store: Storage) -> None:
    history = History(row.resource_id, store)
    for record in history.pack(history.link(row.number)).records(Kind.ARTIFACT):
        if record.op == Op.REMOVE:
            continue
        ref = artifact_ref(record.id, record.body)
        blob = reading.blob(ref.digest)
        if _digest_at(store, blob.object, blob.place, blob.length) != ref.digest:
            raise DigestMismatch(f"The bytes of artifact {ref.name} ({ref.id}) are damaged.")


def _damaged_heads(
    resource: str, digests: dict[int, str], newest: dict[str, int]
) -> Iterator[Damage]:
    row = Resource.objects.prefetch_related("branches").get(id=resource)
    for branch in row.branches.all():
        stale = newest.get(branch.uid, 0) > (branch.head or 0)
        if branch.head is not None and (stale or digests.get(branch.head) != branch.head_digest):
            error = DigestMismatch(f"Branch {branch.name} does not point at its newest revision.")
            yield Damage(resource, branch.head, error)
