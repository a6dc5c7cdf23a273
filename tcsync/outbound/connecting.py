"""Connections whose addresses are checked: resolved once, each address before it is connected to,
and the one that answered once more after it did.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from tcsync.errors import AddressRefused
from tcsync.outbound.addresses import check_connected
from tcsync.outbound.deadline import SLICE_SECONDS, Deadline, TimedSocket

CONNECT_SECONDS = 5.0
"""For the name, for all its addresses together, and for the TLS handshake: each."""
SHORTEST_CONNECT_SECONDS = 0.5
"""For one of many addresses."""


class CutHandshake(OSError):
    """The connection broke during the TLS handshake; the cause says how."""


_SILENT = (ssl.SSLEOFError, ssl.SSLZeroReturnError)

Place = tuple[socket.AddressFamily, Any]


class Unresolved(OSError):
    """The host name has no address."""


class NoNameService(OSError):
    """Nobody said in time which address the host name has."""


class NotTaken(OSError):
    """No address of the host took the connection in time."""


@dataclass(slots=True)
class Opener:
    """Opens the connections of one client, under the deadline of the request at hand."""

    allow_loopback: bool
    deadline: Deadline
    opened: int = 0

    def open(self, host: str, port: int) -> TimedSocket:
        """Return a connected socket. Raises AddressRefused before anything is sent."""
        self.opened += 1
        places = self._allowed(_resolve(host, port, self.deadline))
        clock = self.deadline.clock
        by = Deadline(clock() + min(CONNECT_SECONDS, self.deadline.left()), clock)
        failure: OSError = NotTaken(host)
        for number, place in enumerate(places):
            if not by.left():
                break
            # An equal share each, or one that says nothing takes the time of the others.
            share = max(SHORTEST_CONNECT_SECONDS, by.left() / (len(places) - number))
            if self.deadline.pulse is not None:
                self.deadline.pulse(0)
            try:
                return self._connect(place, min(share, by.left()))
            except TimeoutError:
                failure = NotTaken(host)
            except OSError as error:
                failure = error
        raise failure

    def _allowed(self, places: Sequence[Place]) -> list[Place]:
        """Leave out what must not be connected to; all of it refused is a refusal."""
        allowed: list[Place] = []
        refusal = None
        for place in places:
            try:
                check_connected(str(place[1][0]), allow_loopback=self.allow_loopback)
                allowed.append(place)
            except AddressRefused as error:
                refusal = refusal or error
        if refusal and not allowed:
            raise refusal
        return allowed

    def _connect(self, place: Place, seconds: float) -> TimedSocket:
        family, address = place
        connection = TimedSocket(family, socket.SOCK_STREAM)
        try:
            # Never 0.0, which means another mode, nor None, which means for ever.
            connection.settimeout(max(0.001, seconds))
            connection.connect(address)
            peer = str(connection.getpeername()[0])
            check_connected(peer, allow_loopback=self.allow_loopback)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # This is also the time for the whole TLS handshake.
            connection.settimeout(max(0.001, min(CONNECT_SECONDS, self.deadline.left())))
        except BaseException:
            connection.close()
            raise
        connection.deadline = self.deadline
        return connection


def _resolve(host: str, port: int, deadline: Deadline) -> list[Place]:
    """Return the addresses of a host. In a thread: the resolver knows no timeout of ours."""
    found: list[Place] = []

    def look_up() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend((answer[0], answer[4]) for answer in answers)

    thread = threading.Thread(target=look_up, daemon=True, name="resolve")
    thread.start()
    left = min(CONNECT_SECONDS, deadline.left())
    while thread.is_alive() and left > 0:
        thread.join(min(SLICE_SECONDS, left))
        left -= SLICE_SECONDS
        if deadline.pulse is not None:
            deadline.pulse(0)
    if thread.is_alive():
        raise NoNameService(host)
    if not found:
        raise Unresolved(host)
    return found


def _pools(opener: Opener) -> dict[str, Any]:
    """Return pool classes, by scheme, whose connections the opener makes."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return opener.open(self._dns_host, self.port or self.default_port)

        def request(self, *args: Any, **kwargs: Any) -> None:
            _put_under(self.sock, opener.deadline)
            super().request(*args, **kwargs)

    class Secure(HTTPSConnection):
        is_taken = False

        def connect(self) -> None:
            self.is_taken = False
            try:
                super().connect()
            except OSError as error:
                # What TLS itself has to say is told as it is.
                is_told = isinstance(error, ssl.SSLError) and not isinstance(error, _SILENT)
                if self.is_taken and not is_told:
                    raise CutHandshake from error
                raise

        def _new_conn(self) -> socket.socket:
            made = opener.open(self._dns_host, self.port or self.default_port)
            self.is_taken = True
            return made

        def request(self, *args: Any, **kwargs: Any) -> None:
            _put_under(self.sock, opener.deadline)
            super().request(*args, **kwargs)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _put_under(connection: Any, deadline: Deadline) -> None:
    """Give a connection that was kept, or just made its TLS socket, the request's deadline."""
    if connection is not None:
        connection.deadline = deadline


class SingleRequests(requests.Session):
    """A session to which a redirect is an answer like others.

    `allow_redirects=False` is not enough: requests then still parses the target and reads the whole
    body, decompressed and without a cap, to prepare the request that is not made.
    """

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return that there is none."""
        return None


class CheckedAdapter(HTTPAdapter):
    """requests' adapter over checked connections; TLS always verified by the given context.

    Without one no TLS connection is made.
    """

    def __init__(self, opener: Opener, tls: ssl.SSLContext | None) -> None:
        self._opener = opener
        self._tls = tls
        super().__init__(pool_connections=1, pool_maxsize=4, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Use pools of ours."""
        super().init_poolmanager(*args, ssl_context=self._tls, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = _pools(self._opener)

    def build_connection_pool_key_attributes(
        self, request: Any, verify: Any, cert: Any = None
    ) -> Any:
        """Keep requests' own CA bundle out: our context says whom to trust."""
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        pool.pop("ca_certs", None)
        pool.pop("ca_cert_dir", None)
        pool["cert_reqs"] = "CERT_REQUIRED"
        if self._tls is not None:
            pool["ssl_context"] = self._tls
        return host, pool

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Leave out requests' own CA bundle here too."""
