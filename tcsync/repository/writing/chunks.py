"""Lists that one statement can take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

ROWS_AT_ONCE = 500
"""SQLite takes some thousand parameters in one statement."""


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """Yield the items in lists that one statement can take."""
    rest = list(items)
    for start in range(0, len(rest), ROWS_AT_ONCE):
        yield rest[start : start + ROWS_AT_ONCE]
