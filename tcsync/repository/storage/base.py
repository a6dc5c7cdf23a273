"""The contract of a store of segments; tests/repository/storage holds its suite."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class Batch(Protocol):
    """Bytes on their way into one object. Not thread-safe; used by the process that began it."""

    object: str

    def tell(self) -> int:
        """Return the offset in `object` at which the next byte will lie."""

    def write(self, data: bytes) -> None:
        """Append; some of it may wait for the next call.

        This and each call after it raise StorageFull when there is no space; the batch must then be
        discarded.
        """

    def rewind(self, offset: int) -> None:
        """Forget what was written at and after `offset` of this batch (a pack that was refused)."""

    def read(self, offset: int, length: int) -> bytes:
        """Read back what this batch has written so far."""

    def seal(self) -> None:
        """Make everything written durable. After an error the batch must be discarded."""

    def discard(self) -> None:
        """Forget all that this batch wrote, sealed or not. Nothing may refer to it yet."""

    def close(self) -> None:
        """Let go of the object, so that another batch may be appended to it."""

    def abandon(self) -> None:
        """Let go of the object for ever, its bytes left alone: whether they count is unknown."""


class Storage(Protocol):
    """A store of append-only objects."""

    def begin(self) -> Batch:
        """Begin a batch in an object that no other process writes to."""

    def read(self, name: str, offset: int, length: int) -> bytes:
        """Return exactly these bytes. Raises Missing (no such object, or it ends before)."""

    def size(self, name: str) -> int | None:
        """Return the bytes of an object, None when there is none."""

    def objects(self) -> Iterator[str]:
        """Yield the names of all objects."""
