"""Looking after the store: recomputing what rows promise about the bytes at rest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby, islice
from operator import itemgetter

from tcsync.domain import revision_digest
from tcsync.errors import ContentError, DigestMismatch, TcsyncError
from tcsync.packs import (
    NO_RECORDS,
    Belt,
    Kind,
    Op,
    PackSummary,
    PackVerifier,
    Piece,
    opened,
    pack_digest,
    piece_digest,
)
from tcsync.packs import PIECE_BYTES as HASHED_BYTES
from tcsync.repository import reading
from tcsync.repository.models import Resource, Revision
from tcsync.repository.states import History, artifact_ref
from tcsync.repository.storage import Storage, default_storage

PIECE_BYTES = 1 << 20
ROWS_AT_ONCE = 500
THREADS = 2
"""More than two did not make it faster: they would wait for one another's reading."""
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

    Every record and artifact byte is read once, in pieces; the chain of revision digests too. A
    second thread reads and inflates what this one checks. `go_on` is called with the resource
    before every revision; what it raises ends it.
    """
    store = storage or default_storage()
    digests: dict[int, str] = {}
    newest: dict[str, int] = {}
    damages = []
    for row, pieces in _opened_rows(resource, store):
        go_on(resource)
        try:
            _check_revision(row, store, _verified(pieces), digests)
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
    again what the packs hold: that was done when they came. `go_on` is as there.
    """
    store = storage or default_storage()
    damages = []
    with ThreadPoolExecutor(THREADS) as threads:
        for row in _rows(resource):
            go_on(resource)
            try:
                if _pack_digest_at(store, row, threads) != row.pack_digest:
                    raise DigestMismatch(f"The pack of revision {row.number} is damaged.")
                if row.artifact_digest != NO_ARTIFACTS:
                    _check_artifacts(row, store)
            except ContentError as error:
                damages.append(Damage(resource, row.number, error))
    return damages


def _rows(resource: str) -> Iterator[Revision]:
    rows = Revision.objects.filter(resource=resource).order_by("number")
    return rows.iterator(chunk_size=ROWS_AT_ONCE)


def _pack_digest_at(store: Storage, row: Revision, threads: ThreadPoolExecutor) -> str:
    def piece(start: int) -> bytes:
        length = min(HASHED_BYTES, row.length - start)
        return piece_digest(_pieces(store, row.object, row.place + start, length))

    starts = range(0, row.length, HASHED_BYTES)
    # To hand a small pack to another thread takes longer than to hash it.
    return pack_digest(map(piece, starts) if len(starts) == 1 else threads.map(piece, starts))


_Found = Piece | ContentError
"""What reading a pack came to: a piece of it, or why there is no more."""


def _opened_rows(
    resource: str, store: Storage
) -> Iterator[tuple[Revision, Iterator[tuple[int, _Found]]]]:
    """Yield the rows of a resource, each with its pieces, which must be taken before the next."""
    rows = _rows(resource)
    while some := list(islice(rows, ROWS_AT_ONCE)):
        # The rows are read by this thread: a connection to the database serves one.
        with Belt(_read(some, store), lambda item: _weight(item[1])) as belt:
            for place, pieces in groupby(belt, key=itemgetter(0)):
                yield some[place], pieces


def _read(rows: list[Revision], store: Storage) -> Generator[tuple[int, _Found], None, None]:
    for place, row in enumerate(rows):
        # Where there is not a byte the row shall be seen too.
        yield place, Piece(b"")
        try:
            for piece in opened(_pieces(store, row.object, row.place, row.length)):
                yield place, piece
        except ContentError as error:
            yield place, error


def _weight(found: _Found) -> int:
    return found.weight if isinstance(found, Piece) else 0


def _verified(pieces: Iterable[tuple[int, _Found]]) -> PackSummary:
    verifier = PackVerifier()
    for _place, found in pieces:
        if isinstance(found, ContentError):
            raise found
        verifier.take(found)
    return verifier.finish()


def _digest_at(store: Storage, name: str, place: int, length: int) -> str:
    hashed = hashlib.sha256()
    for piece in _pieces(store, name, place, length):
        hashed.update(piece)
    return hashed.hexdigest()


def _pieces(store: Storage, name: str, place: int, length: int) -> Iterator[bytes]:
    for start in range(0, length, PIECE_BYTES):
        yield store.read(name, place + start, min(PIECE_BYTES, length - start))


def _check_revision(
    row: Revision, store: Storage, found: PackSummary, digests: dict[int, str]
) -> None:
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
