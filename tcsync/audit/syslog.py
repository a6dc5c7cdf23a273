"""Entries as syslog messages (RFC 5424), and the connections that carry them.

Over TCP each message is preceded by its length (RFC 6587, 3.4.1). Syslog has no receipt: what the
other side took is known only as far as its kernel says, see `Line.is_through`.
"""

from __future__ import annotations

import errno
import fcntl
import re
import select
import socket
import struct
import termios
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from tcsync.audit.exporting import COLUMNS, as_json
from tcsync.audit.models import AuditEntry

PRIORITY = 13 * 8 + 5
"""Facility 13, log audit; severity 5, notice."""
ENTERPRISE = "tcsync@32473"
"""32473 is the number that RFC 5612 keeps for names without a registered one."""
SHOWN = ("seq", "actor", "origin", "action", "target_kind", "target_id", "hash")
BOM = b"\xef\xbb\xbf"
DATAGRAM_BYTES = 60_000
"""A longer message would not go; its details are left out, the hash says that there are some."""
SECONDS = 5.0
_UNPRINTABLE = re.compile(r"[^\x21-\x7e]")


@dataclass(frozen=True, slots=True)
class Target:
    """Where to: `kind` is udp, tcp or unix; `host` is a path for unix."""

    kind: str
    host: str
    port: int = 0


def parse_target(text: str) -> Target:
    """Return a place as `TCSYNC_SYSLOG` names it. Raises ImproperlyConfigured."""
    try:
        parts = urlsplit(text)
        if parts.scheme == "unix" and parts.path.startswith("/"):
            return Target("unix", parts.path)
        if parts.scheme in ("udp", "tcp") and parts.hostname and not parts.path.strip("/"):
            return Target(parts.scheme, parts.hostname, parts.port or 514)
    except ValueError:
        pass
    raise ImproperlyConfigured(
        f"TCSYNC_SYSLOG: {text!r} is no place to send to."
        " Give udp://HOST:514, tcp://HOST:514 or unix:///dev/log."
    )


def message(entry: AuditEntry, host: str, at_most: int = 0) -> bytes:
    """Return an entry as a message: its main fields as structured data, all of it as JSON.

    `at_most`: bytes of the message; 0: as long as it is.
    """
    row = [getattr(entry, name) for name in COLUMNS]
    whole = _frame(entry, host) + BOM + as_json(row).encode()
    if not at_most or len(whole) <= at_most:
        return whole
    short = [
        {"left_out": "too long"} if name == "details" else _cut(value)
        for name, value in zip(COLUMNS, row, strict=True)
    ]
    return _frame(entry, host) + BOM + as_json(short).encode()


def _frame(entry: AuditEntry, host: str) -> bytes:
    at = entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    data = "".join(f' {name}="{_escaped(str(getattr(entry, name)))}"' for name in SHOWN)
    name, kind = _word(host, 255), _word(entry.action, 32)
    return f"<{PRIORITY}>1 {at} {name} tcsync - {kind} [{ENTERPRISE}{data}] ".encode()


def _word(text: str, length: int) -> str:
    return _UNPRINTABLE.sub("_", text)[:length] or "-"


def _escaped(text: str) -> str:
    return re.sub(r'(["\\\]])', r"\\\1", text)


def _cut(value: Any) -> Any:
    return value[:500] if isinstance(value, str) else value


class Line:
    """A connection to a receiver. Every method raises OSError when it is gone."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._socket, self._is_stream = _connected(target)

    @property
    def at_most(self) -> int:
        """Bytes of a message; 0: any."""
        return 0 if self._is_stream else DATAGRAM_BYTES

    def send(self, data: bytes) -> None:
        """Send one message."""
        self._socket.sendall(b"%d %s" % (len(data), data) if self._is_stream else data)

    def is_through(self) -> bool:
        """Tell whether all that was sent has reached the other side's machine, and it listens."""
        if not self._is_stream:
            # An ICMP "port unreachable" lies there as an error by now.
            if code := self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                raise OSError(code, errno.errorcode.get(code, "error"))
            return True
        self._look_closed()
        waiting = fcntl.ioctl(self._socket, termios.TIOCOUTQ, struct.pack("i", 0))
        return bool(struct.unpack("i", waiting)[0] == 0)

    def _look_closed(self) -> None:
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        # A receiver says nothing; what can be read is the end, or is to be thrown away.
        if poll.poll(0) and not self._socket.recv(4096):
            raise ConnectionResetError(errno.ECONNRESET, "the receiver closed the connection")

    def close(self) -> None:
        """End it."""
        self._socket.close()


def _connected(target: Target) -> tuple[socket.socket, bool]:
    if target.kind == "tcp":
        return socket.create_connection((target.host, target.port), SECONDS), True
    if target.kind == "udp":
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_DGRAM)
        family, kind, _protocol, _name, address = found[0]
        return _open(family, kind, address), False
    try:
        return _open(socket.AF_UNIX, socket.SOCK_DGRAM, target.host), False
    except OSError as error:
        if error.errno != errno.EPROTOTYPE:
            raise
        return _open(socket.AF_UNIX, socket.SOCK_STREAM, target.host), True


def _open(family: int, kind: int, address: Any) -> socket.socket:
    made = socket.socket(family, kind)
    made.settimeout(SECONDS)
    try:
        made.connect(address)
    except OSError:
        made.close()
        raise
    return made
