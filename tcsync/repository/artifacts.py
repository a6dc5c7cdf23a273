"""The bytes of artifacts: read in pieces, checked on the way, begun before an answer is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import chain, islice

from tcsync.domain import ArtifactRef
from tcsync.errors import ContentError, DigestMismatch, Missing
from tcsync.repository.models import Blob
from tcsync.repository.reading import blob
from tcsync.repository.storage import default_storage

PIECE_BYTES = 1 << 20


def begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Return the same with the first piece read: what fails there can still be answered."""
    return chain(list(islice(pieces, 1)), pieces)


def artifact_pieces(ref: ArtifactRef) -> Iterator[bytes]:
    """Yield the bytes of an artifact; damaged ones break off before their last piece.

    Raises ContentError.
    """
    row, storage, digest = _row(ref), default_storage(), hashlib.sha256()
    for start in range(0, ref.size, PIECE_BYTES):
        length = min(PIECE_BYTES, ref.size - start)
        piece = storage.read(row.object, row.place + start, length)
        digest.update(piece)
        if start + length == ref.size and digest.hexdigest() != ref.digest:
            raise DigestMismatch(f"The bytes of artifact {ref.name} are damaged here.")
        yield piece


def _row(ref: ArtifactRef) -> Blob:
    """Return where the bytes lie. A revision promises them: it is damage when nothing is there."""
    try:
        return blob(ref.digest)
    except Missing as error:
        step = "Delete the damaged copy here to have it fetched anew."
        raise ContentError(error.message, next_step=step) from error
