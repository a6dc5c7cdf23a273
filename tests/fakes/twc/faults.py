"""What can go wrong with an answer, scripted by tests.

A fault has up to three parts: what happens before the answer is made, what becomes of the answer,
and how it is sent. The functions of this module make faults; Faults says when they come.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from tests.fakes.twc.exchange import JSON, Answer, Request, Wire, error

if TYPE_CHECKING:
    from tests.fakes.twc.server import StandIn

Match = str | Callable[[Request], bool]
FILL = b'{"and on": "it goes"},' * 500
DEFAULT_PAGE = "<html><head><title>Maintenance</title></head><body>Be right back.</body></html>"


def send_whole(wire: Wire, answer: Answer) -> None:
    """Send an answer as it is."""
    wire.write(answer.head() + answer.body if len(answer.body) < len(FILL) else answer.head())
    if len(answer.body) >= len(FILL):
        wire.write(answer.body)


def _nothing(_server: StandIn) -> None:
    pass


def _same(_request: Request, answer: Answer) -> Answer:
    return answer


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong."""

    before: Callable[[StandIn], None] = _nothing
    change: Callable[[Request, Answer], Answer] = _same
    send: Callable[[Wire, Answer], None] = send_whole


def html(page: str = DEFAULT_PAGE) -> Fault:
    """Answer 200 with a page where JSON is expected."""
    return Fault(change=lambda _request, _answer: Answer(200, page.encode(), "text/html"))


def status(code: int, retry_after: int | None = None) -> Fault:
    """Answer an error: 401, 403, 404, 500, 503, ..."""
    more = [] if retry_after is None else [("Retry-After", str(retry_after))]

    def change(_request: Request, _answer: Answer) -> Answer:
        page = error(code)
        page.headers += more
        return page

    return Fault(change=change)


def expire() -> Fault:
    """Let all sessions time out just before the call."""
    return Fault(before=lambda server: server.sessions.expire_all())


def first(what: Callable[[], Any]) -> Fault:
    """Do something just before the call: a commit, a vanished revision, a rewritten history."""

    def before(_server: StandIn) -> None:
        what()

    return Fault(before=before)


def redirect(address: str, code: int = 302) -> Fault:
    """Send to another address."""
    return Fault(change=lambda _r, _a: Answer(code, headers=[("Location", address)]))


def text(body: bytes, type_: str = JSON) -> Fault:
    """Answer 200 with other bytes: broken JSON, or JSON of another shape."""
    return Fault(change=lambda _request, _answer: Answer(200, body, type_))


def reshaped(change: Callable[[Any], Any]) -> Fault:
    """Answer what a function makes of the JSON that would have been answered."""

    def changed(_request: Request, answer: Answer) -> Answer:
        value = change(json.loads(answer.body))
        return Answer(answer.status, json.dumps(value).encode(), answer.type)

    return Fault(change=changed)


def without(id_: str) -> Fault:
    """Leave an element out of a batch."""
    return reshaped(lambda items: {key: item for key, item in items.items() if key != id_})


def item_status(id_: str, code: int) -> Fault:
    """Let a batch say of one element that it could not be read."""
    return reshaped(lambda items: {**items, id_: {"status": code, "data": []}})


def lie(id_: str) -> Fault:
    """Leave an element out of a difference."""
    return reshaped(
        lambda told: {
            key: [one for one in value if one != id_] if isinstance(value, list) else value
            for key, value in told.items()
        }
    )


def truncated(size: int | None = None) -> Fault:
    """Promise the whole length, send a part (half of it), and cut the connection."""

    def send(wire: Wire, answer: Answer) -> None:
        kept = len(answer.body) // 2 if size is None else size
        wire.write(answer.head() + answer.body[:kept])
        wire.close()

    return Fault(send=send)


def endless() -> Fault:
    """Begin an answer that never ends."""

    def send(wire: Wire, answer: Answer) -> None:
        wire.write(_open_head(answer) + b"[")
        while True:
            wire.write(FILL)
            wire.wait(0.001)

    return Fault(send=send)


def drip(seconds: float = 0.05, size: int = 1) -> Fault:
    """Send the body in small pieces with a pause before each."""

    def send(wire: Wire, answer: Answer) -> None:
        wire.write(answer.head())
        for at in range(0, len(answer.body), size):
            wire.wait(seconds)
            wire.write(answer.body[at : at + size])

    return Fault(send=send)


def reset() -> Fault:
    """Reset the connection instead of answering."""
    return Fault(send=lambda wire, _answer: wire.reset())


def reset_midway() -> Fault:
    """Reset the connection after half of the body."""

    def send(wire: Wire, answer: Answer) -> None:
        wire.write(answer.head() + answer.body[: len(answer.body) // 2])
        wire.reset()

    return Fault(send=send)


def delay(seconds: float) -> Fault:
    """Answer late."""

    def send(wire: Wire, answer: Answer) -> None:
        wire.wait(seconds)
        send_whole(wire, answer)

    return Fault(send=send)


def _open_head(answer: Answer) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: {answer.type}\r\nConnection: close\r\n\r\n".encode()


@dataclass(slots=True)
class _Planned:
    match: Match
    fault: Fault
    times: int
    after: int

    def fits(self, request: Request) -> bool:
        if callable(self.match):
            return self.match(request)
        method, space, path = self.match.partition(" ")
        if not space:
            return fnmatchcase(request.path, self.match)
        return method == request.method and fnmatchcase(request.path, path)


class Faults:
    """The faults that are still to come."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []
        self._lock = threading.Lock()

    def add(self, match: Match, fault: Fault, times: int = 1, after: int = 0) -> None:
        """Let a fault come with the requests that match, `times` times after `after` good ones.

        A match is a pattern of a path ("*/revisiondiff"), a method and one ("POST */elements"),
        or a function of the request. One request has one fault: the first planned that is due.
        """
        with self._lock:
            self._planned.append(_Planned(match, fault, times, after))

    def clear(self) -> None:
        """Plan nothing any more."""
        with self._lock:
            self._planned.clear()

    def take(self, request: Request) -> Fault:
        """Return the fault that is due; one that changes nothing if none is."""
        with self._lock:
            for planned in self._planned:
                if planned.times <= 0 or not planned.fits(request):
                    continue
                if planned.after > 0:
                    planned.after -= 1
                    continue
                planned.times -= 1
                return planned.fault
        return Fault()
