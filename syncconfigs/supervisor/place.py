"""What only one node may have: the lock on its data folder, and its port."""

from __future__ import annotations

import errno
import fcntl
import http.client
import json
import os
import socket
import time
from http import HTTPStatus
from pathlib import Path
from types import TracebackType

from tcsync.errors import TcsyncError

LOCK_NAME = "up.lock"
LEFTOVER_SECONDS = 8.0
"""How long processes of a killed supervisor may still be there (see tcsync.lifeline)."""
ASK_SECONDS = 2.0
BACKLOG = 512


class AlreadyRunning(TcsyncError):
    """Another supervisor runs a node with this data folder."""

    code = "already_running"
    default_next_step = "Stop that one first, or give this one a TCSYNC_DATA of its own."


class PortTaken(TcsyncError):
    """Something else listens there, or the address is not ours to listen on."""

    code = "port_taken"
    default_next_step = "Choose another with --port N."


class DataLock:
    """The right to run the node of a data folder; the kernel lets go when the process is gone."""

    def __init__(self, folder: Path) -> None:
        """Take it, or raise AlreadyRunning."""
        self._folder = folder
        self._file = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = self._read() or "unknown"
            os.close(self._file)
            raise AlreadyRunning(
                f"A node with the data folder {folder} is running already, as process {pid}."
            ) from None
        self.left_over = bool(self._read())
        """Whether the one before was killed: then its processes may need a moment to go."""
        self._write(str(os.getpid()))

    def _read(self) -> str:
        return os.pread(self._file, 20, 0).decode(errors="replace").strip()

    def _write(self, text: str) -> None:
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, text.encode(), 0)

    def __enter__(self) -> DataLock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._write("")
        os.close(self._file)


def listen(host: str, port: int, *, patience: float = 0.0) -> socket.socket:
    """Return a socket that listens there; port 0 takes any free one. Raises PortTaken.

    The supervisor keeps it for the node's whole life: nobody can take the port while the web part
    restarts, and who connects meanwhile waits instead of being refused.
    """
    until = time.monotonic() + patience
    while True:
        try:
            return _bound(host, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() >= until:
                raise _taken(host, port, error) from error
            time.sleep(0.2)


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    found = socket.socket(family, kind, protocol)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        found.listen(BACKLOG)
    except OSError:
        found.close()
        raise
    return found


def _taken(host: str, port: int, error: OSError) -> PortTaken:
    if error.errno == errno.EADDRINUSE:
        return PortTaken(f"Port {port} of {host} is taken by {who_answers(host, port)}.")
    return PortTaken(
        f"Cannot listen on port {port} of {host}: {error.strerror or error}.",
        next_step="Choose another with --host ADDRESS or --port N.",
    )


def who_answers(host: str, port: int) -> str:
    """Return in words who listens there, for a sentence: another node, or something else."""
    _status, body = health(host, port)
    if not {"name", "status"} <= body.keys():
        return "another program"
    return f"another tcsync node, {body['name']}"


def health(
    host: str, port: int, *, known_as: str = "localhost"
) -> tuple[int | None, dict[str, object]]:
    """Return the status and the JSON object that /healthz answers; (None, {}) without an answer.

    `known_as` is the Host to ask for: a node answers to its ALLOWED_HOSTS only.
    """
    connection = http.client.HTTPConnection(reachable(host), port, timeout=ASK_SECONDS)
    try:
        connection.request("GET", "/healthz", headers={"Host": known_as})
        answer = connection.getresponse()
        body = json.loads(answer.read(65536))
    except (OSError, http.client.HTTPException, ValueError):
        return None, {}
    finally:
        connection.close()
    return answer.status, body if isinstance(body, dict) else {}


def is_ready(host: str, port: int, *, known_as: str = "localhost") -> bool:
    """Return whether the node there says that it is well."""
    return health(host, port, known_as=known_as)[0] == HTTPStatus.OK


def reachable(host: str) -> str:
    """Return the address under which a browser on this machine reaches who listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104
