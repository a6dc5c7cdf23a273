"""Sessions at Teamwork Cloud servers: one per server and account in this process.

A session holds a licence seat. All runs share it; it is closed when nobody used it for a minute,
and when the process ends. A password that was refused is never tried again (REST reference, 2).
"""

from __future__ import annotations

import hashlib
import multiprocessing.util
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TypeVar

from tcsync.errors import BadAnswer, LoginRefused, SourceError, Unreachable, VersionChanged
from tcsync.outbound import (
    ByteStream,
    Endpoint,
    OutboundClient,
    Pulse,
    Text,
    secrets_of,
)
from tcsync.sources.twc.assumptions import ACCOUNT_SECONDS, VERSION_SECONDS
from tcsync.sources.twc.logins import Account, Opened, open_session
from tcsync.sources.twc.ports import explain_port
from tcsync.sources.twc.versions import major_version

T = TypeVar("T")

IN_FLIGHT = 4
"""Requests at a time to one server, from all runs of this process together."""
IDLE_SECONDS = 60.0
LOGOUT_SECONDS = 5.0
SLICE_SECONDS = 0.5
VERSION_BYTES = 1 << 16
UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class Request:
    """One question: a GET, or a POST that only reads where there is a body."""

    path: str
    max_bytes: int
    body: Text | None = None
    seconds: float = 300.0


@dataclass(slots=True)
class Server:
    """What all accounts at one address share: the requests in flight, what was found by trying."""

    slots: threading.BoundedSemaphore
    has_json_batches: bool | None = None


@dataclass(frozen=True, slots=True)
class Login:
    """A session that was opened: the how manieth, and its cookies."""

    number: int
    cookies: dict[str, str] = field(repr=False)


class Session:
    """The session of one account at one server, opened when it is needed. Thread-safe."""

    def __init__(self, endpoint: Endpoint, server: Server, sessions: Sessions) -> None:
        self.where = endpoint.address.partition("://")[2]
        self.server = server
        self.version = ""
        self._account = endpoint
        # Beside the cookies the account would open another session once they have expired.
        self._plain = replace(endpoint, headers={}, basic=None)
        self._sessions = sessions
        self._lock = threading.RLock()
        # Apart from the lock, which is never held while the network is waited for.
        self._door = threading.Lock()
        self._login: Login | None = None
        self._logins = 0
        self._is_checked = False
        self._versioned_at = 0.0
        self._told: tuple[int, float, Account] | None = None
        self._clients: list[OutboundClient] = []
        self._busy = 0
        self._used_at = 0.0

    def ask(self, request: Request, take: Callable[[ByteStream], T], pulse: Pulse | None) -> T:
        """Return what `take` makes of an answer. A session that expired is opened anew, once.

        Raises SourceError, and what `take` and the pulse raise.
        """
        with self._slot(pulse), self._client(pulse) as client:
            login = self._signed_in(client, 0)
            try:
                return _send(client, login, request, take)
            except LoginRefused as error:
                if error.status != UNAUTHORIZED:
                    error.next_step = "Give this account the right Read Resources at the server."
                    raise
            except SourceError as error:
                self._explain(error)
                raise
            return _send(client, self._signed_in(client, login.number), request, take)

    def sign_in(self, pulse: Pulse | None) -> None:
        """Make sure that there is a session."""
        with self._slot(pulse), self._client(pulse) as client:
            self._signed_in(client, 0)

    def check_version(self, pulse: Pulse | None) -> str:
        """Return the text of the server's version; one of moments ago is not asked for again."""
        login, at = self._login, self._versioned_at
        if login is not None and self._is_checked and self._sessions.clock() - at < VERSION_SECONDS:
            return self.version
        request = Request("/osmc/version", VERSION_BYTES)
        self._note_version(self.ask(request, lambda answer: answer.read(VERSION_BYTES), pulse))
        return self.version

    def account(self, ask: Callable[[], Account]) -> Account:
        """Return who the account is: asked once a session, and again after a while."""
        told, now = self._told, self._sessions.clock()
        if told is None or told[0] != self._logins or now - told[1] > ACCOUNT_SECONDS:
            account = ask()
            told = self._told = (self._logins, now, account)
        return told[2]

    def check_same(self, version: str) -> None:
        """Raise VersionChanged where this is no longer the major version."""
        was, now = major_version(version), major_version(self.version)
        if was != now:
            raise VersionChanged(
                f"{self.where} ran major version {was or 'unknown'} when this began and runs"
                f" {now or 'unknown'} now."
            )

    def idle_for(self) -> float | None:
        """Return for how many seconds an open session was not used, None where none is open."""
        with self._lock:
            if self._login is None:
                return None
            return 0.0 if self._busy else self._sessions.clock() - self._used_at

    def sign_out(self, *, longer_than: float = 0.0) -> None:
        """Close the session if nobody used it for so many seconds; a failure is as good."""
        with self._lock:
            idle = self.idle_for()
            if idle is None or (longer_than and idle < longer_than):
                return
            login, self._login = self._login, None
            clients, self._clients = self._clients, []
        client = clients.pop() if clients else self._new_client()
        with client:
            client.pulse, client.cookies = None, login.cookies if login else {}
            # Where this fails it ends by itself after the server's own time.
            with suppress(SourceError):
                client.knock("/osmc/logout", deadline=LOGOUT_SECONDS)
        for other in clients:
            other.close()

    @contextmanager
    def _slot(self, pulse: Pulse | None) -> Iterator[None]:
        while not self.server.slots.acquire(timeout=SLICE_SECONDS):
            if pulse is not None:
                pulse(0)
        with self._lock:
            self._busy += 1
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1
                self._used_at = self._sessions.clock()
            self.server.slots.release()

    @contextmanager
    def _client(self, pulse: Pulse | None) -> Iterator[OutboundClient]:
        with self._lock:
            client = self._clients.pop() if self._clients else None
        client = client or self._new_client()
        client.pulse = pulse
        try:
            yield client
        except BaseException:
            # What is left of an answer that was given up would be read as the next one.
            client.close()
            raise
        client.pulse = None
        with self._lock:
            self._clients.append(client)

    def _new_client(self) -> OutboundClient:
        # It sends nothing of the account, and a server may still repeat what it was told before.
        return OutboundClient(self._plain, only_reads=True, secrets=secrets_of(self._account))

    def _signed_in(self, client: OutboundClient, expired: int) -> Login:
        """Return the session of now; opened where there is none, or none but the expired one."""
        while not self._door.acquire(timeout=SLICE_SECONDS):
            if client.pulse is not None:
                client.pulse(0)
        try:
            login = self._login
            if login is None or login.number <= expired:
                self._login = None
                opened = self._open(client.pulse)
                login = self._login = Login(self._logins, opened.cookies)
                self._is_checked = False
                if opened.version is not None:
                    self._take_version(opened.version, is_renewal=bool(expired))
            if not self._is_checked:
                self._check_version(client, login, is_renewal=bool(expired))
            return login
        except BadAnswer as error:
            if self.version:
                # The server was one before: it is not about what was asked for.
                error.stage = "login"
            raise
        finally:
            self._door.release()

    def _open(self, pulse: Pulse | None) -> Opened:
        self._sessions.check_refused(self._account)
        with OutboundClient(self._account, only_reads=True) as client:
            client.pulse = pulse
            try:
                opened = open_session(client, self.where)
            except SourceError as error:
                self._explain(error)
                if isinstance(error, LoginRefused):
                    self._sessions.note_refused(self._account, error)
                raise
        self._logins += 1
        self._sessions.watch()
        return opened

    def _check_version(self, client: OutboundClient, login: Login, *, is_renewal: bool) -> None:
        request = Request("/osmc/version", VERSION_BYTES)
        text = _send(client, login, request, lambda answer: answer.read(VERSION_BYTES))
        self._take_version(text, is_renewal=is_renewal)

    def _take_version(self, text: bytes, *, is_renewal: bool) -> None:
        before = self.version
        self._note_version(text)
        self._is_checked = True
        if is_renewal:
            self.check_same(before)

    def _note_version(self, text: bytes) -> None:
        if text.lstrip()[:1] == b"<":
            error = BadAnswer(f"{self.where} answered with a page instead of its version.")
            self._explain(error)
            raise error
        version = " ".join(text.decode("utf-8", "replace").strip(' "\r\n\t').split())[:200]
        if version != self.version:
            # What was found by trying holds for the version that was tried.
            self.server.has_json_batches = None
        self.version = version
        self._versioned_at = self._sessions.clock()

    def _explain(self, error: SourceError) -> None:
        """Say what is known of the port where no Teamwork Cloud answers as one does."""
        sentence = explain_port(self._account.address)
        is_strange = isinstance(error, (Unreachable, BadAnswer)) or error.stage == "tls"
        if sentence and is_strange and sentence not in error.next_step:
            error.next_step = f"{sentence} {error.next_step}".strip()


def _send(
    client: OutboundClient, login: Login, request: Request, take: Callable[[ByteStream], T]
) -> T:
    client.cookies = login.cookies
    method = "GET" if request.body is None else "POST"
    with client.stream(
        method,
        request.path,
        body=request.body,
        deadline=request.seconds,
        max_bytes=request.max_bytes,
    ) as answer:
        return take(answer)


class Sessions:
    """All sessions of this process, and the thread that closes those that nobody uses."""

    def __init__(
        self,
        *,
        idle_seconds: float = IDLE_SECONDS,
        in_flight: int = IN_FLIGHT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock = clock
        self._idle_seconds = idle_seconds
        self._in_flight = in_flight
        self.forget()

    def forget(self) -> None:
        """Start anew without closing anything: after a fork the sessions are the parent's."""
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}
        self._servers: dict[str, Server] = {}
        self._refused: dict[str, LoginRefused] = {}
        self._janitor: threading.Thread | None = None
        self._ends_with_process = False

    def of(self, endpoint: Endpoint) -> Session:
        """Return the session for an endpoint; equal endpoints share one."""
        key = _key(
            endpoint, endpoint.ca_certificate, hash(endpoint.keystore), endpoint.allow_loopback
        )
        with self._lock:
            if key not in self._sessions:
                server = self._servers.setdefault(
                    endpoint.address, Server(threading.BoundedSemaphore(self._in_flight))
                )
                self._sessions[key] = Session(endpoint, server, self)
            return self._sessions[key]

    def check_refused(self, endpoint: Endpoint) -> None:
        """Raise LoginRefused for an account that was refused: trying again could lock it."""
        refused = self._refused.get(_key(endpoint))
        if refused is not None:
            again = LoginRefused(f"{refused.message} It is not tried again until it is changed.")
            again.status = refused.status
            raise again

    def note_refused(self, endpoint: Endpoint, error: LoginRefused) -> None:
        """Remember that an account was refused."""
        self._refused[_key(endpoint)] = error

    def forgive(self, endpoint: Endpoint) -> None:
        """Let a refused account be tried once more, because a person says so."""
        self._refused.pop(_key(endpoint), None)

    def close(self) -> None:
        """Close all sessions."""
        for session in list(self._sessions.values()):
            session.sign_out()

    def watch(self) -> None:
        """See to it that sessions are closed when they are idle, and when the process ends."""
        with self._lock:
            if not self._ends_with_process:
                # Also in processes that multiprocessing makes, which know no atexit.
                multiprocessing.util.Finalize(None, self.close, exitpriority=10)
                self._ends_with_process = True
            if self._janitor is None:
                self._janitor = threading.Thread(
                    target=self._close_idle, name="sessions", daemon=True
                )
                self._janitor.start()

    def _close_idle(self) -> None:
        while True:
            time.sleep(min(1.0, self._idle_seconds / 4))
            for session in list(self._sessions.values()):
                session.sign_out(longer_than=self._idle_seconds)
            with self._lock:
                if all(session.idle_for() is None for session in self._sessions.values()):
                    self._janitor = None
                    return


def _key(endpoint: Endpoint, *more: object) -> str:
    parts = (endpoint.address, sorted(endpoint.headers.items()), endpoint.basic, more)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


SESSIONS = Sessions()
os.register_at_fork(after_in_child=SESSIONS.forget)
