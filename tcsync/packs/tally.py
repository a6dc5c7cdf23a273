"""Counts over the blocks of a pack, alike for who writes and who verifies it."""

from __future__ import annotations

from tcsync.packs.layout import Kind, Op, SummaryCounts


class Counts:
    """The numbers of records, by kind and operation, and of raw bytes."""

    def __init__(self) -> None:
        self._kinds = {Kind.ELEMENT: [0, 0, 0], Kind.ARTIFACT: [0, 0, 0]}
        self._raw_bytes = 0

    def add(self, kind: int, ops: bytes, raw_length: int) -> None:
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
