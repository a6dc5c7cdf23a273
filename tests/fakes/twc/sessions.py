"""Logging in and out: cookies, licence seats, the timeout (section 2)."""

from __future__ import annotations

import base64
import binascii
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from urllib.parse import parse_qs

from tests.fakes.twc.exchange import Request
from tests.fakes.twc.identity import make_id
from tests.fakes.twc.world import User, World

TIMEOUT_SECONDS = 15 * 60
USER_COOKIE = "twc-rest-current-user"
SESSION_COOKIE = "twc-rest-session-id"


class NoSeat(Exception):
    """All licence seats are taken."""


@dataclass(slots=True)
class Session:
    """Somebody who is logged in."""

    id: str
    user: User
    used: float
    is_new: bool = True

    def cookies(self) -> list[tuple[str, str]]:
        """Return the two headers, the user's first: clients read them by position."""
        until = formatdate(self.used + TIMEOUT_SECONDS, usegmt=True)
        pairs = ((USER_COOKIE, self.user.name), (SESSION_COOKIE, self.id))
        return [
            ("Set-Cookie", f"{name}={value}; Path=/osmc; Expires={until}") for name, value in pairs
        ]


class Sessions:
    """The sessions of a server, and how many there were."""

    def __init__(self, world: World, seats: int | None, clock: Callable[[], float]) -> None:
        self.world = world
        self.seats = seats
        self.logins = 0
        self.logouts = 0
        self.refused = 0
        self.most_open = 0
        self.requests: Counter[str] = Counter()
        self._clock = clock
        self._open: dict[str, Session] = {}
        self._lock = threading.Lock()

    @property
    def open(self) -> int:
        """The number of sessions that hold a seat now."""
        with self._lock:
            self._expire()
            return len(self._open)

    def identify(self, request: Request) -> Session | None:
        """Return the session of a request; a right password or token without cookies opens one."""
        with self._lock:
            self._expire()
            session = self._open.get(request.cookies().get(SESSION_COOKIE, ""))
            if session is None:
                user = self._user(request)
                session = None if user is None else self._begin(user)
            else:
                session.is_new = False
            if session is not None:
                session.used = self._clock()
                self.requests[session.id] += 1
            return session

    def end(self, session: Session) -> None:
        """Log out."""
        with self._lock:
            if self._open.pop(session.id, None) is not None:
                self.logouts += 1

    def occupy(self, count: int = 1) -> None:
        """Let others take seats that they do not give back."""
        with self._lock:
            for number in range(len(self._open), len(self._open) + count):
                id_ = make_id("session of others", str(number))
                self._open[id_] = Session(id_, User("others", ""), float("inf"))

    def expire_all(self) -> None:
        """Let all sessions time out now."""
        with self._lock:
            self._open.clear()

    def _begin(self, user: User) -> Session:
        if self.seats is not None and len(self._open) >= self.seats:
            self.refused += 1
            raise NoSeat
        self.logins += 1
        session = Session(make_id("session", str(self.logins)), user, self._clock())
        self._open[session.id] = session
        self.most_open = max(self.most_open, len(self._open))
        return session

    def _expire(self) -> None:
        oldest = self._clock() - TIMEOUT_SECONDS
        for id_, session in list(self._open.items()):
            if session.used <= oldest:
                del self._open[id_]

    def _user(self, request: Request) -> User | None:
        kind, _space, said = request.headers.get("authorization", "").partition(" ")
        users = [user for user in self.world.users.values() if user.enabled]
        if kind == "Token":
            return next((user for user in users if user.token == said.strip()), None)
        if kind == "Basic":
            name, password = _basic(said)
        elif request.method == "POST" and request.path == "/osmc/login":
            form = parse_qs(request.body.decode("utf-8", "replace"))
            fields = {**{key: values[0] for key, values in form.items()}, **request.query}
            name, password = fields.get("username", ""), fields.get("password", "")
        else:
            return None
        return next((u for u in users if (u.name, u.password) == (name, password)), None)


def _basic(said: str) -> tuple[str, str]:
    try:
        name, _colon, password = base64.b64decode(said).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, password
