"""A deadline for a whole exchange, and sockets that keep it.

The timeout of a socket is per read: one byte per second keeps it content for ever. These sockets
shrink it before each call to what is left, so that a drip ends in time wherever it is read.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

READ_SECONDS = 30.0
"""Longest silence of a server."""


@dataclass(slots=True)
class Deadline:
    """The moment at which an exchange must be over; it may be moved."""

    until: float
    clock: Callable[[], float]

    def left(self) -> float:
        """Return the seconds left, 0.0 when there are none."""
        return max(0.0, self.until - self.clock())


def _shrink(connection: socket.socket, deadline: Deadline | None) -> None:
    if deadline is None:
        return
    left = deadline.left()
    if not left:
        raise TimeoutError("deadline")
    connection.settimeout(min(READ_SECONDS, left))


class TimedSocket(socket.socket):
    """A socket under a deadline, once it is given one."""

    deadline: Deadline | None = None

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        """Read under the deadline."""
        _shrink(self, self.deadline)
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        """Write under the deadline."""
        _shrink(self, self.deadline)
        super().sendall(*args, **kwargs)


class TimedTlsSocket(ssl.SSLSocket):
    """The same over TLS; its sendall goes through `send`, piece by piece."""

    deadline: Deadline | None = None

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        """Read under the deadline."""
        _shrink(self, self.deadline)
        return super().recv_into(*args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> int:
        """Write under the deadline."""
        _shrink(self, self.deadline)
        return super().send(*args, **kwargs)
