"""A request, its answer, and the wire between: what the other modules hand each other."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, unquote, urlsplit

LD_JSON = "application/ld+json"
JSON = "application/json"
_RESET = struct.pack("ii", 1, 0)
_LONGEST_LINE = 65536
_REASONS = {status.value: status.phrase for status in HTTPStatus}


class Cut(Exception):
    """The connection ends here."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked. Header names are in small letters; the path is without the query."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""

    @property
    def wants_bodies(self) -> bool:
        """Say whether includeBody is true, in whichever case it is written."""
        return self.query.get("includeBody", "").lower() == "true"

    def cookies(self) -> dict[str, str]:
        """Return what the Cookie header holds."""
        pairs = (one.strip().partition("=") for one in self.headers.get("cookie", "").split(";"))
        return {name: value for name, _equals, value in pairs}


@dataclass(slots=True)
class Answer:
    """What goes back. `headers` may name one header twice."""

    status: int = 200
    body: bytes = b""
    type: str = LD_JSON
    headers: list[tuple[str, str]] = field(default_factory=list)

    def head(self) -> bytes:
        """Write the status line and the headers."""
        lines = [f"HTTP/1.1 {self.status} {_REASONS.get(self.status, 'Other')}"]
        fixed = [
            ("Date", formatdate(usegmt=True)),
            ("Server", "Restlet-Framework/2.2.3"),
            ("Content-Type", self.type),
        ]
        if self.status != HTTPStatus.NO_CONTENT:
            fixed.append(("Content-Length", str(len(self.body))))
        lines += [f"{name}: {value}" for name, value in [*fixed, *self.headers]]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def told(value: Any, status: int = 200, type_: str = LD_JSON) -> Answer:
    """Answer with JSON."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Answer(status, text.encode(), type_)


def error(status: int, *, as_json: bool = False) -> Answer:
    """Answer with an error: an HTML page, as the framework does that the servers are made with."""
    reason = _REASONS.get(status, "Other")
    if as_json:
        return told({"code": status, "description": reason}, status, JSON)
    page = (
        f"<html>\n<head><title>Status page</title></head>\n<body>\n<h3>{reason}</h3>"
        f"<p>The server answered {status}.</p>\n</body>\n</html>\n"
    )
    return Answer(status, page.encode(), "text/html; charset=UTF-8")


def read_request(stream: BinaryIO) -> Request | None:
    """Read the next request of a connection; None at its end, and where it is no HTTP."""
    words = stream.readline(_LONGEST_LINE).decode("latin-1").split()
    if len(words) != 3:
        return None
    headers = dict(_read_headers(stream))
    length = headers.get("content-length", "0")
    if not length.isdigit():
        return None
    address = urlsplit(words[1])
    query = dict(parse_qsl(address.query, keep_blank_values=True))
    return Request(words[0], unquote(address.path), query, headers, stream.read(int(length)))


def _read_headers(stream: BinaryIO) -> Iterator[tuple[str, str]]:
    while (line := stream.readline(_LONGEST_LINE).decode("latin-1").strip()) != "":
        name, _colon, value = line.partition(":")
        yield name.strip().lower(), value.strip()


class Wire:
    """The way back to one client."""

    def __init__(self, connection: socket.socket, stopping: threading.Event) -> None:
        self._connection = connection
        self._stopping = stopping
        self.sent = 0

    def write(self, data: bytes) -> None:
        """Send all of it."""
        self._connection.sendall(data)
        self.sent += len(data)

    def wait(self, seconds: float) -> None:
        """Do nothing for a time; a server that stops does not wait."""
        if seconds and self._stopping.wait(seconds):
            raise Cut

    def close(self) -> None:
        """End the connection in the usual way."""
        raise Cut

    def reset(self) -> None:
        """Cut the connection so that the client sees a reset, not an end."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        raise Cut
