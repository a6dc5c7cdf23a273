"""A deadline for a whole exchange, and sockets that keep it.

The timeout of a socket is per read: one byte per second keeps it content for ever. These sockets
shrink it before each call to what is left, so that a drip ends in time wherever it is read.
Whoever wants to end an exchange earlier gives a pulse: they wait in slices then, and tell it each.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

READ_SECONDS = 30.0
"""Longest silence of a server."""
SLICE_SECONDS = 0.5
"""So long it is waited at most between two calls of a pulse."""

Pulse = Callable[[int], None]
"""Called with the number of bytes that were read or written, 0 while waiting; may raise."""


@dataclass(slots=True)
class Deadline:
    """The moment at which an exchange must be over; it may be moved."""

    until: float
    clock: Callable[[], float]
    pulse: Pulse | None = None

    def left(self) -> float:
        """Return the seconds left, 0.0 when there are none."""
        return max(0.0, self.until - self.clock())


def _under(deadline: Deadline | None, connection: socket.socket, call: Callable[[], int]) -> int:
    """Read or write once and return how many bytes it were; in slices where there is a pulse."""
    if deadline is None:
        return call()
    left = min(READ_SECONDS, deadline.left())
    if not left:
        raise TimeoutError("deadline")
    pulse = deadline.pulse
    if pulse is None:
        connection.settimeout(left)
        return call()
    while True:
        some = min(SLICE_SECONDS, left)
        connection.settimeout(some)
        try:
            count = call()
        except TimeoutError:
            # Nothing was lost: a call that runs out of time has moved no byte, over TLS neither.
            left -= some
            pulse(0)
            if left <= 0:
                raise
        else:
            pulse(count)
            return count


class TimedSocket(socket.socket):
    """A socket under a deadline, once it is given one."""

    deadline: Deadline | None = None

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        """Read under the deadline."""
        read = super().recv_into
        return _under(self.deadline, self, lambda: read(*args, **kwargs))

    def sendall(self, data: Any, *args: Any) -> None:
        """Write under the deadline, piece by piece: a sendall that stops says not where."""
        send, rest = super().send, memoryview(data).cast("B")
        while rest:
            sent = _under(self.deadline, self, lambda: send(rest, *args))  # noqa: B023
            rest = rest[sent:]


class TimedTlsSocket(ssl.SSLSocket):
    """The same over TLS; its sendall goes through `send`, piece by piece."""

    deadline: Deadline | None = None

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        """Read under the deadline."""
        read = super().recv_into
        return _under(self.deadline, self, lambda: read(*args, **kwargs))

    def send(self, *args: Any, **kwargs: Any) -> int:
        """Write under the deadline."""
        send = super().send
        return _under(self.deadline, self, lambda: send(*args, **kwargs))
