"""A proxy on loopback that passes bytes on unread, and counts them and the requests among them."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PIECE = 1 << 18
_REQUEST = re.compile(rb"(GET|POST|PUT|PATCH|DELETE|HEAD) (\S+) HTTP/1\.1\r\n")


@dataclass
class Counter:
    """What went through. `down` are bytes from the server."""

    address: str
    requests: list[str] = field(default_factory=list)
    up: int = 0
    down: int = 0

    def clear(self) -> None:
        """Begin anew."""
        self.requests.clear()
        self.up = self.down = 0


@contextmanager
def counting(address: str) -> Iterator[Counter]:
    """Give the address of a proxy to `address` while the block runs, and what it counts."""
    there = urlsplit(address)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        counter = Counter(f"http://127.0.0.1:{server.getsockname()[1]}")
        place = (there.hostname or "", there.port or 80)
        threading.Thread(target=_accept, args=(server, place, counter), daemon=True).start()
        yield counter


def _accept(server: socket.socket, place: tuple[str, int], counter: Counter) -> None:
    with suppress(OSError):
        while True:
            near, _address = server.accept()
            far = socket.create_connection(place)
            for one in (near, far):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=_join, args=(near, far, counter), daemon=True).start()


def _join(near: socket.socket, far: socket.socket, counter: Counter) -> None:
    with near, far:
        up = threading.Thread(target=_upwards, args=(near, far, counter), daemon=True)
        up.start()
        _downwards(far, near, counter)
        up.join()


def _upwards(near: socket.socket, far: socket.socket, counter: Counter) -> None:
    # A request begins where a piece begins: clients here write the head of a request at once.
    with suppress(OSError):
        while piece := near.recv(PIECE):
            counter.up += len(piece)
            if found := _REQUEST.match(piece):
                counter.requests.append(f"{found[1].decode()} {found[2].decode()}")
            far.sendall(piece)
    _close(far)


def _downwards(far: socket.socket, near: socket.socket, counter: Counter) -> None:
    with suppress(OSError):
        while piece := far.recv(PIECE):
            counter.down += len(piece)
            near.sendall(piece)
    _close(near)


def _close(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_WR)
