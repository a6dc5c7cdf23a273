"""The digests of a pack: of its bytes in pieces, of its records in streams.

Pieces make it possible that several threads make the digest of one large pack. Streams make the
content digest independent of where blocks end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from tcsync.packs.layout import Kind
from tcsync.packs.records import columns

PIECE_BYTES = 4 << 20
STREAMS = 4
HELD_BYTES = 2047
"""Up to here hashlib keeps the interpreter's lock."""
_SMALL_BYTES = 64 << 10


def hash_into(digest: hashlib._Hash, data: bytes | memoryview) -> None:
    """Add bytes to a digest, a little of them without letting go of the interpreter's lock.

    To get it back from a busy second thread takes far longer than to hash a small block.
    """
    if len(data) > _SMALL_BYTES:
        digest.update(data)
        return
    with memoryview(data) as view:
        for start in range(0, len(data), HELD_BYTES):
            digest.update(view[start : start + HELD_BYTES])


def piece_digest(chunks: Iterable[bytes]) -> bytes:
    """Return the digest of a piece: the last one of a pack may be shorter than PIECE_BYTES."""
    digest = hashlib.sha256()
    for chunk in chunks:
        hash_into(digest, chunk)
    return digest.digest()


def pack_digest(pieces: Iterable[bytes]) -> str:
    """Return the digest of a pack by those of its pieces, in their order."""
    return hashlib.sha256(b"".join(pieces)).hexdigest()


class PackDigest:
    """The digest of a pack whose bytes come in chunks of any size."""

    def __init__(self) -> None:
        self._whole = bytearray()
        self._piece = hashlib.sha256()
        self._left = PIECE_BYTES

    def add(self, data: bytes) -> None:
        """Take the next bytes."""
        view = memoryview(data)
        while len(view) >= self._left:
            hash_into(self._piece, view[: self._left])
            view = view[self._left :]
            self._whole += self._piece.digest()
            self._piece, self._left = hashlib.sha256(), PIECE_BYTES
        hash_into(self._piece, view)
        self._left -= len(view)

    def hexdigest(self) -> str:
        """Return the digest of what came so far."""
        last = self._piece.digest() if self._left < PIECE_BYTES else b""
        return pack_digest((bytes(self._whole), last))


class Contents:
    """The digests of the records, by kind; blocks are taken in their order."""

    def __init__(self) -> None:
        self._streams: dict[Kind, list[hashlib._Hash]] = {}

    def add(self, kind: int, raw: bytes, count: int) -> None:
        """Take a block of so many records."""
        streams = self._streams.get(Kind(kind))
        if streams is None:
            streams = self._streams[Kind(kind)] = [hashlib.sha256() for _ in range(STREAMS)]
        for stream, column in zip(streams, columns(raw, count), strict=True):
            hash_into(stream, column)

    def digests(self) -> tuple[bytes, bytes]:
        """Return content digest and artifact digest."""
        return self._digest(Kind.ELEMENT), self._digest(Kind.ARTIFACT)

    def _digest(self, kind: Kind) -> bytes:
        streams = self._streams.get(kind)
        return NO_RECORDS if streams is None else _over(streams)


def _over(streams: Iterable[hashlib._Hash]) -> bytes:
    return hashlib.sha256(b"".join(stream.digest() for stream in streams)).digest()


NO_RECORDS = _over([hashlib.sha256()] * STREAMS)
"""The digest of a kind without records."""
