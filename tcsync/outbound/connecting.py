"""Connections whose addresses are checked: resolved once, each address before it is connected to,
and the one that answered once more after it did.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from tcsync.outbound.addresses import check_connected


class Unresolved(OSError):
    """The host name has no address."""


def _connect(host: str, port: int, timeout: float | None, *, allow_loopback: bool) -> socket.socket:
    """Return a connected socket. `timeout` is for all addresses of the name together."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unresolved(host) from error
    for *_rest, place in found:
        check_connected(str(place[0]), allow_loopback=allow_loopback)
    deadline = time.monotonic() + (timeout or 60.0)
    failure: OSError = Unresolved(host)
    for family, kind, protocol, _name, place in found:
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(max(0.01, deadline - time.monotonic()))
            connection.connect(place)
            check_connected(str(connection.getpeername()[0]), allow_loopback=allow_loopback)
        except OSError as error:
            connection.close()
            failure = error
        except BaseException:
            connection.close()
            raise
        else:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection
    raise failure


def _new_connection(allow_loopback: bool) -> Callable[[HTTPConnection], socket.socket]:
    def new_connection(self: HTTPConnection) -> socket.socket:
        timeout = self.timeout if isinstance(self.timeout, int | float) else None
        return _connect(self._dns_host, self.port or 80, timeout, allow_loopback=allow_loopback)

    return new_connection


def _pools(allow_loopback: bool) -> dict[str, Any]:
    """Return pool classes whose connections are made by `_connect`, for both schemes."""
    new = _new_connection(allow_loopback)
    plain = type("CheckedConnection", (HTTPConnection,), {"_new_conn": new})
    secure = type("CheckedTlsConnection", (HTTPSConnection,), {"_new_conn": new})
    return {
        "http": type("CheckedPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("CheckedTlsPool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }


class CheckedAdapter(HTTPAdapter):
    """requests' adapter over checked connections; TLS 1.2 or newer, always verified."""

    def __init__(self, *, allow_loopback: bool, ca_certificate: str) -> None:
        self._allow_loopback = allow_loopback
        self._context = ssl.create_default_context()
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        if ca_certificate.strip():
            self._context.load_verify_locations(cadata=ca_certificate)
        super().__init__(pool_connections=1, pool_maxsize=4, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Use pools of ours."""
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = _pools(self._allow_loopback)

    def build_connection_pool_key_attributes(
        self, request: Any, verify: Any, cert: Any = None
    ) -> Any:
        """Keep requests' own CA bundle out: our context says whom to trust."""
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        pool.pop("ca_certs", None)
        pool.pop("ca_cert_dir", None)
        pool["cert_reqs"] = "CERT_REQUIRED"
        pool["ssl_context"] = self._context
        return host, pool

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Leave out requests' own CA bundle here too."""
