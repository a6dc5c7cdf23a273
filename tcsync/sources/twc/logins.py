"""Opening a session: one request that tells the version too, where the server allows it (2)."""

from __future__ import annotations

from dataclasses import dataclass, field

from tcsync.errors import BadAnswer, LoginRefused, SourceError, Unreachable
from tcsync.outbound import Knocked, OutboundClient
from tcsync.sources.twc.assumptions import (
    LACKS_SEAT,
    REFUSES_PASSWORD,
    SEAT_WORDS,
    SESSION_COOKIE,
)

LOGIN_SECONDS = 60.0
_OK = 200
_FAILED = 500


class NoSeat(Unreachable):
    """The server knows the account and gives it no session now: its licence seats are used up."""

    code = "no_seat"
    stage = "login"
    default_next_step = (
        "It is tried again by itself. Close sessions that nobody needs, or ask for another licence"
        " of Teamwork Cloud."
    )


@dataclass(frozen=True, slots=True)
class Opened:
    """A session's cookies, and the text of the server's version where it was told by the way."""

    cookies: dict[str, str] = field(repr=False)
    version: bytes | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An account by its name and its rights; both are for people to read."""

    name: str
    rights: str = ""


def open_session(client: OutboundClient, where: str) -> Opened:
    """Open a session with the account of a client.

    Any call that carries the account opens one (2): the version is asked so. Where that opens none,
    as on a server that tells it to everybody, the login is asked for. Raises LoginRefused, NoSeat
    and BadAnswer with the status of the answer; a password that was refused is not sent twice.
    """
    answer = client.knock("/osmc/version", deadline=LOGIN_SECONDS)
    if answer.status == _OK and SESSION_COOKIE in answer.cookies:
        return Opened(dict(answer.cookies), answer.body)
    refusal = _refusal(answer, where)
    if isinstance(refusal, (LoginRefused, NoSeat)):
        raise refusal
    told = answer.body if answer.status == _OK else b""
    answer = client.knock("/osmc/login", deadline=LOGIN_SECONDS)
    refusal = _refusal(answer, where)
    if refusal is not None:
        raise refusal
    return Opened(dict(answer.cookies), told or None)


def _refusal(answer: Knocked, where: str) -> SourceError | None:
    """Return what an answer that opened no session means; None for one that did."""
    status = answer.status
    if status in {_OK, 204} and answer.cookies:
        return None
    body = answer.body.lower()
    said = f"{where} answered the login with {status}"
    error: SourceError = BadAnswer(
        f"{said} and opened no session: that is not the REST API of a Teamwork Cloud."
    )
    if status in REFUSES_PASSWORD and not any(word in body for word in SEAT_WORDS):
        error = LoginRefused(f"{said}: user name, password or token are wrong.")
    elif status in REFUSES_PASSWORD | LACKS_SEAT or status >= _FAILED:
        error = NoSeat(f"{said}: most likely all its licence seats are in use.")
    error.status = status
    return error
