"""A syslog receiver on this machine that can be cut off, and takes messages apart by RFC 5424."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
import time
from collections.abc import Callable

FORM = re.compile(
    rb"<(?P<pri>\d{1,3})>1 (?P<at>\S+) (?P<host>[!-~]{1,255}) (?P<app>[!-~]{1,48}) "
    rb"(?P<proc>[!-~]{1,128}) (?P<kind>[!-~]{1,32}) "
    rb'(?P<data>\[[!-~]{1,32}(?: [!-~]{1,32}="(?:[^"\\\]]|\\.)*")*\]) '
    rb"\xef\xbb\xbf(?P<text>.*)",
    re.DOTALL,
)


def parsed(message: bytes) -> dict[str, bytes]:
    """Return the parts of a message."""
    found = FORM.fullmatch(message)
    assert found, message
    return found.groupdict()


def number(message: bytes) -> int:
    """Return the number of the entry that a message carries."""
    seq: int = json.loads(parsed(message)["text"])["seq"]
    return seq


def until(true: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()


class TcpReceiver:
    """Takes messages with their length before them; `cut` closes connection and port."""

    def __init__(self, port: int = 0) -> None:
        self.messages: list[bytes] = []
        self._server = socket.create_server(("127.0.0.1", port))
        self.port = self._server.getsockname()[1]
        self._connections: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        """What TCSYNC_SYSLOG says."""
        return f"tcp://127.0.0.1:{self.port}"

    def numbers(self) -> list[int]:
        """Return the numbers of the entries that came."""
        return [number(message) for message in list(self.messages)]

    def cut(self) -> None:
        """Be gone."""
        for one in (self._server, *self._connections):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._server.accept()
            except OSError:
                return
            self._connections.append(connection)
            threading.Thread(target=self._read, args=(connection,), daemon=True).start()

    def _read(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            while length := b"".join(iter(lambda: stream.read(1).strip(), b"")):
                self.messages.append(stream.read(int(length)))
