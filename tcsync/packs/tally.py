"""Counts and digests over the blocks of a pack, alike for who writes and who verifies it."""

from __future__ import annotations

import hashlib

from tcsync.packs.layout import Kind, Op, SummaryCounts


class Tally:
    """Sums up raw blocks in their order."""

    def __init__(self) -> None:
        self._contents = {
            Kind.ELEMENT: hashlib.sha256(),
            Kind.ARTIFACT: hashlib.sha256(),
        }
        self._counts = {Kind.ELEMENT: [0, 0, 0], Kind.ARTIFACT: [0, 0, 0]}
        self._raw_bytes = 0

    def add(self, kind: int, ops: bytearray, raw: bytes) -> None:
        """Take a block: the operation of each of its records, and its raw bytes."""
        known = Kind(kind)
        self._contents[known].update(raw)
        self._raw_bytes += len(raw)
        counts = self._counts[known]
        for place, op in enumerate(Op):
            counts[place] += ops.count(op)

    def counts(self) -> SummaryCounts:
        """Return the numbers of the footer."""
        added, edited, removed = self._counts[Kind.ELEMENT]
        artifacts_added, artifacts_edited, artifacts_removed = self._counts[Kind.ARTIFACT]
        put = artifacts_added + artifacts_edited
        return SummaryCounts(added, edited, removed, put, artifacts_removed, self._raw_bytes)

    def digests(self) -> tuple[bytes, bytes]:
        """Return content digest and artifact digest."""
        return self._contents[Kind.ELEMENT].digest(), self._contents[Kind.ARTIFACT].digest()
