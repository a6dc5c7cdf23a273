"""What a stream of changes, or a walk, tells of elements."""

from __future__ import annotations

from collections.abc import Iterable

from tcsync.sources.base import ElementsPut


def put(items: Iterable[object]) -> list[tuple[str, bytes]]:
    """Return id and body of each element that is put."""
    return [one for item in items if isinstance(item, ElementsPut) for one in item.elements]
