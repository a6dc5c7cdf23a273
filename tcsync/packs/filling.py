"""Where things that follow one another are parted, so that each part is just full."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import accumulate


def filled(sizes: Iterable[int], full: int, begun: int = 0) -> Iterator[tuple[int, int, int]]:
    """Yield where parts begin and end, and the size of each.

    A part ends with what makes it full, the last one as it is.

    `begun` is the size of what is in the first part already.
    """
    sums = list(accumulate(sizes))
    start, before = 0, -begun
    while start < len(sums):
        end = min(bisect_left(sums, before + full, start) + 1, len(sums))
        yield start, end, sums[end - 1] - (sums[start - 1] if start else 0)
        start, before = end, sums[end - 1]
