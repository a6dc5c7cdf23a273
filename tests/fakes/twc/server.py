"""The server: a thread for each connection, HTTP/1.1 with keep-alive, on loopback only."""

from __future__ import annotations

import gzip
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Self

from tests.fakes.twc import control, routes
from tests.fakes.twc.calls import Refused
from tests.fakes.twc.exchange import Answer, Cut, Request, Wire, error, read_request
from tests.fakes.twc.faults import Faults
from tests.fakes.twc.habits import version_text
from tests.fakes.twc.sessions import NoSeat, Session, Sessions
from tests.fakes.twc.statistics import Statistics
from tests.fakes.twc.world import World

NO_SEAT_STATUS = 403
"""What a login without a free seat is answered; the real number is not known."""
HANDSHAKE_SECONDS = 10
GZIP_LEVEL = 1


class StandIn:
    """A running stand-in for a Teamwork Cloud. Use it as a context manager."""

    def __init__(
        self,
        world: World,
        *,
        port: int = 0,
        seats: int | None = None,
        latency: float = 0.0,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.world = world
        self.latency = latency
        self.tls = tls
        self.statistics = Statistics()
        self.sessions = Sessions(world, seats, clock)
        self.faults = Faults()
        self.stopping = threading.Event()
        self._server = _Listener(self, port)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )

    @property
    def address(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        scheme = "https" if self.tls else "http"
        return f"{scheme}://127.0.0.1:{self._server.server_address[1]}"

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    def start(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop answering and end all connections, whatever they wait for."""
        self.stopping.set()
        self._server.shutdown()
        self._server.end_connections()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def serve(self, request: Request, wire: Wire) -> None:
        """Answer one request. Raises Cut where the connection must end."""
        if control.is_meant(request):
            answer = control.answer(self, request)
            wire.write(answer.head() + answer.body)
            return
        with self.statistics.flight(request):
            wire.wait(self.latency)
            fault = self.faults.take(request)
            with self.world.lock:
                fault.before(self)
                answer = self._answer(request)
            answer = self._dress(request, fault.change(request, answer))
            # Before it is sent: who has the answer finds it counted.
            self.statistics.answer(answer.status)
            before = wire.sent
            try:
                fault.send(wire, answer)
            finally:
                self.statistics.send(wire.sent - before)

    def _answer(self, request: Request) -> Answer:
        as_json = self.world.habits.json_errors
        if request.path == "/osmc/version" and self.world.habits.open_version:
            return self._version()
        try:
            session = self.sessions.identify(request)
        except NoSeat:
            return error(NO_SEAT_STATUS, as_json=as_json)
        if session is None:
            page = error(401, as_json=as_json)
            page.headers.append(("WWW-Authenticate", 'Basic realm="Teamwork Cloud"'))
            return page
        try:
            answer = self._answer_to(session, request)
        except Refused as refused:
            answer = error(refused.status, as_json=as_json)
        except ValueError:
            answer = error(400, as_json=as_json)
        if session.is_new or self.world.habits.renews_cookies:
            answer.headers += session.cookies()
        return answer

    def _answer_to(self, session: Session, request: Request) -> Answer:
        if request.path == "/osmc/login":
            session.is_new = True
            return Answer(204, type="application/octet-stream")
        if request.path == "/osmc/logout":
            self.sessions.end(session)
            session.is_new = False
            return Answer(204, type="application/octet-stream")
        if request.path == "/osmc/version":
            return self._version()
        return routes.answer(self.world, request, session.user, self.statistics)

    def _version(self) -> Answer:
        return Answer(body=version_text(self.world.version).encode(), type="text/plain")

    def _dress(self, request: Request, answer: Answer) -> Answer:
        """Name the type that was asked for, and compress where both sides like to."""
        asked = request.headers.get("accept", "")
        if "json" in answer.type and asked in ("application/json", "application/ld+json"):
            answer.type = asked
        if self.world.habits.gzip and "gzip" in request.headers.get("accept-encoding", ""):
            answer.body = gzip.compress(answer.body, GZIP_LEVEL)
            answer.headers.append(("Content-Encoding", "gzip"))
        return answer


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, stand_in: StandIn, port: int) -> None:
        self.stand_in = stand_in
        self.scheme = "https" if stand_in.tls else "http"
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", port), socketserver.BaseRequestHandler)

    def finish_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        del client_address
        self.stand_in.statistics.connect()
        tls = self.stand_in.tls
        with suppress(OSError, Cut):
            request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if tls is not None:
                request.settimeout(HANDSHAKE_SECONDS)
                request = tls.wrap_socket(request, server_side=True)
            request.settimeout(None)
            with request, self._noted(request):
                self._converse(request)

    @contextmanager
    def _noted(self, connection: socket.socket) -> Iterator[None]:
        with self._lock:
            self._connections.add(connection)
        try:
            yield
        finally:
            with self._lock:
                self._connections.discard(connection)

    def _converse(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            wire = Wire(connection, self.stand_in.stopping)
            while (request := read_request(stream)) is not None:
                headers = {**request.headers, "x-scheme": self.scheme}
                self.stand_in.serve(replace(request, headers=headers), wire)
                if headers.get("connection", "").lower() == "close":
                    break

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]
        """Close without the usual FIN first: a fault may want a reset."""
        self.close_request(request)

    def end_connections(self) -> None:
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
