"""The artifact bytes of a batch: which its packs name, which are here, which still have to come."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

from tcsync.domain import PackPlace, RevisionRecord
from tcsync.errors import DigestMismatch
from tcsync.packs import Kind, Op, PackReader
from tcsync.repository.models import Blob
from tcsync.repository.states import ReadBytes, artifact_ref
from tcsync.repository.storage import Batch
from tcsync.repository.writing import rows
from tcsync.repository.writing.rows import ArtifactWanted


class ArtifactBytes:
    """What a batch knows of artifact bytes. `sink` begins the batch of the storage at first use."""

    def __init__(self, sink: Callable[[], Batch], read: ReadBytes) -> None:
        self._sink = sink
        self._read = read
        self._named: dict[str, ArtifactWanted] = {}
        self.blobs: dict[str, Blob] = {}

    @property
    def length(self) -> int:
        """Bytes received so far."""
        return sum(blob.length for blob in self.blobs.values())

    def note(self, revision: RevisionRecord, place: PackPlace) -> None:
        """Note which bytes the pack of a revision names."""

        def read_at(offset: int, length: int) -> bytes:
            return self._read(place.object, place.offset + offset, length)

        for record in PackReader(read_at, place.length).records(Kind.ARTIFACT):
            if record.op != Op.REMOVE:
                ref = artifact_ref(record.id, record.body)
                wanted = ArtifactWanted(revision.resource, revision.number, ref)
                self._named.setdefault(ref.digest, wanted)

    def wanted(self) -> list[ArtifactWanted]:
        """Return what is named and neither in this batch nor in the store."""
        digests = [digest for digest in self._named if digest not in self.blobs]
        here = rows.blobs_here(digests)
        return [self._named[digest] for digest in digests if digest not in here]

    def receive(self, digest: str, size: int, chunks: Iterable[bytes]) -> None:
        """Take in bytes. Raises DigestMismatch; nothing is kept then."""
        batch = self._sink()
        start = batch.tell()
        hashed = hashlib.sha256()
        length = 0
        for chunk in chunks:
            length += len(chunk)
            if length > size:
                break
            hashed.update(chunk)
            batch.write(chunk)
        if hashed.hexdigest() != digest or length != size:
            batch.rewind(start)
            raise DigestMismatch(
                f"The bytes of artifact {digest} that arrived have another digest."
            )
        self.blobs[digest] = Blob(digest=digest, object=batch.object, place=start, length=length)

    def receive_unless_here(self, digest: str, size: int, chunks: Iterable[bytes]) -> None:
        """Take in bytes unless the batch or the store has them. Raises DigestMismatch."""
        if digest not in self.blobs and not rows.blobs_here([digest]):
            self.receive(digest, size, chunks)
