"""A belt: what a second thread makes, one stretch ahead of who takes it.

At most AHEAD_BYTES wait between the two, so memory stays flat however fast the one is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from queue import SimpleQueue
from types import TracebackType
from typing import Generic, NamedTuple, Self, TypeVar

from tcsync.errors import TcsyncError

T = TypeVar("T")

AHEAD_BYTES = 10 << 20
"""Uncompressed, so some 2 MB of what travels. More would be a little faster, and as much memory."""
_ROOM_SECONDS = 0.5


class Stopped(TcsyncError):
    """Nobody wants what is still to come."""


class _Ended(NamedTuple):
    """The last thing that the thread says; None: everything was made."""

    error: BaseException | None


class Belt(Generic[T]):
    """The items of a generator that runs in a thread of its own, `weight` bytes each.

    A context manager: leaving it stops the generator where it stands, at its next item, or where it
    asks `check`. Iterating raises what the generator raised, after the items before it.
    """

    def __init__(self, items: Generator[T, None, None], weight: Callable[[T], int]) -> None:
        self._items = items
        self._weight = weight
        self._queue: SimpleQueue[tuple[T, int] | _Ended] = SimpleQueue()
        self._put = self._taken = 0
        self._room = threading.Event()
        self._is_stopped = False
        self._thread = threading.Thread(target=self._make, daemon=True, name="ahead")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_stopped = True
        self._room.set()
        self._thread.join()

    def check(self) -> None:
        """Raise Stopped when nobody takes anything any more."""
        if self._is_stopped:
            raise Stopped("Nobody waits for the rest.")

    def _make(self) -> None:
        error = None
        try:
            for item in self._items:
                self._pass_on(item)
        except BaseException as caught:  # noqa: BLE001 - whatever it is, the other thread raises it
            error = caught
        finally:
            self._items.close()
        self._queue.put(_Ended(error))

    def _pass_on(self, item: T) -> None:
        weight = self._weight(item)
        while weight and self._put - self._taken > AHEAD_BYTES and not self._is_stopped:
            self._room.clear()
            self._room.wait(_ROOM_SECONDS)
        self.check()
        self._put += weight
        self._queue.put((item, weight))

    def __iter__(self) -> Iterator[T]:
        """Yield the items in their order."""
        while not isinstance(got := self._queue.get(), _Ended):
            item, weight = got
            self._taken += weight
            self._room.set()
            yield item
        if got.error is not None:
            raise got.error
