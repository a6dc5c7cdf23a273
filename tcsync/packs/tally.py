"""Counts and digests over the blocks of a pack, alike for who writes and who verifies it."""

from __future__ import annotations

import hashlib

from tcsync.packs.layout import Kind, Op, SummaryCounts

_HELD_BYTES = 2047
"""Up to here hashlib keeps the interpreter's lock."""
_SMALL_BYTES = 64 << 10


def hash_into(digest: hashlib._Hash, data: bytes) -> None:
    """Add bytes to a digest, a little of them without letting go of the interpreter's lock.

    To get it back from a busy second thread takes far longer than to hash a small block.
    """
    if len(data) > _SMALL_BYTES:
        digest.update(data)
        return
    with memoryview(data) as view:
        for start in range(0, len(data), _HELD_BYTES):
            digest.update(view[start : start + _HELD_BYTES])


class Contents:
    """The digests of raw blocks, by kind, in their order."""

    def __init__(self) -> None:
        self._kinds = {Kind.ELEMENT: hashlib.sha256(), Kind.ARTIFACT: hashlib.sha256()}

    def add(self, kind: int, raw: bytes) -> None:
        """Take a block."""
        hash_into(self._kinds[Kind(kind)], raw)

    def digests(self) -> tuple[bytes, bytes]:
        """Return content digest and artifact digest."""
        return self._kinds[Kind.ELEMENT].digest(), self._kinds[Kind.ARTIFACT].digest()


class Counts:
    """The numbers of records, by kind and operation, and of raw bytes."""

    def __init__(self) -> None:
        self._kinds = {Kind.ELEMENT: [0, 0, 0], Kind.ARTIFACT: [0, 0, 0]}
        self._raw_bytes = 0

    def add(self, kind: int, ops: bytearray, raw_length: int) -> None:
        """Take a block: the operation of each of its records, and the number of its raw bytes."""
        self._raw_bytes += raw_length
        counts = self._kinds[Kind(kind)]
        for place, op in enumerate(Op):
            counts[place] += ops.count(op)

    def summary(self) -> SummaryCounts:
        """Return the numbers of the footer."""
        added, edited, removed = self._kinds[Kind.ELEMENT]
        artifacts_added, artifacts_edited, artifacts_removed = self._kinds[Kind.ARTIFACT]
        put = artifacts_added + artifacts_edited
        return SummaryCounts(added, edited, removed, put, artifacts_removed, self._raw_bytes)
