"""A TCP relay on loopback that lets only so many bytes a second through towards the caller."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

PIECE = 4096


class SlowLink:
    """`rate` is bytes a second towards the caller; None lets everything through at once."""

    def __init__(self, port: int) -> None:
        self.rate: float | None = None
        self._to = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        with suppress(OSError), closing(caller), socket.create_connection(self._to) as server:
            there = threading.Thread(target=self._pass_on, args=(caller, server), daemon=True)
            there.start()
            self._pass_on(server, caller, slowly=True)

    def _pass_on(self, source: socket.socket, sink: socket.socket, *, slowly: bool = False) -> None:
        with suppress(OSError):
            while piece := source.recv(PIECE):
                sink.sendall(piece)
                if slowly and self.rate is not None:
                    time.sleep(len(piece) / self.rate)
            sink.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._listener.close()


@contextmanager
def slow_link(port: int) -> Iterator[SlowLink]:
    """Yield a relay to a port of this machine."""
    link = SlowLink(port)
    try:
        yield link
    finally:
        link.close()
