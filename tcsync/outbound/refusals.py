"""Statuses other than 200, and what a server says about them, as errors of ours."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

import orjson

from tcsync.errors import BadAnswer, Gone, LoginRefused, SourceError, Unreachable
from tcsync.outbound.stream import ByteStream

DETAIL_BYTES = 64 << 10
DETAIL_CHARACTERS = 300
LONGEST_RETRY_AFTER = 3600
_OK = 200
_TOO_MANY = 429


class Redirected(BadAnswer):
    """The server sends to another page. `path` is that page's, "" where it is not this server's."""

    default_next_step = "Enter the address that the server really has."
    path = ""


def check_status(stream: ByteStream, address: str, secrets: Sequence[str]) -> None:
    """Raise for every status but 200, and for a compressed body."""
    where = urlsplit(address).netloc
    if stream.status == _OK:
        if stream.headers.get("Content-Encoding", "").lower() not in {"", "identity"}:
            raise BadAnswer(f"{where} compressed its answer although it was asked not to.")
        return
    if stream.status // 100 == 3 and "Location" in stream.headers:  # noqa: PLR2004
        raise _redirect(stream, address, secrets)
    raise _refusal(stream, where, _detail(stream, secrets))


def shown(text: str, secrets: Sequence[str]) -> str:
    """Return a text of the other side made safe to show, "" if it repeats a secret of ours."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if any(secret in text or secret in clean for secret in secrets):
        return ""
    return clean[:DETAIL_CHARACTERS]


def _redirect(stream: ByteStream, address: str, secrets: Sequence[str]) -> SourceError:
    try:
        to = urlsplit(urljoin(f"{address}/", stream.headers["Location"]))
    except ValueError:
        to = urlsplit("")
    here = urlsplit(address)
    host = shown(to.netloc.rpartition("@")[2], secrets) if to.netloc != here.netloc else ""
    error = Redirected(
        f"{here.netloc} redirects to {host or 'another page of its own'};"
        " redirects are not followed."
    )
    error.status = stream.status
    if (to.scheme, to.netloc) == (here.scheme, here.netloc) and to.path.startswith(here.path + "/"):
        error.path = to.path[len(here.path) :] + (f"?{to.query}" if to.query else "")
    return error


def _refusal(stream: ByteStream, where: str, detail: str) -> SourceError:
    error = _error(stream.status, where, detail, stream)
    error.status = stream.status
    return error


def _error(status: int, where: str, detail: str, stream: ByteStream) -> SourceError:
    said = f"{where} answered {status}" + (f": {detail}" if detail else ".")
    if status in {401, 403}:
        return LoginRefused(said)
    if status in {404, 410}:
        return Gone(said, next_step="Check that this is the address of a server of this kind.")
    if status == _TOO_MANY or status >= 500:  # noqa: PLR2004
        error = Unreachable(said)
        error.retry_after = _retry_after(stream.headers.get("Retry-After", "").strip())
        return error
    return BadAnswer(said)


def _detail(stream: ByteStream, secrets: Sequence[str]) -> str:
    """Return what a problem+json body says; never a page of HTML."""
    media_type = stream.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type != "application/problem+json":
        return ""
    data = bytearray()
    try:
        while len(data) < DETAIL_BYTES and (piece := stream.read(DETAIL_BYTES)):
            data += piece
        problem = orjson.loads(data)
    except (SourceError, orjson.JSONDecodeError):
        return ""
    detail = problem.get("detail") if isinstance(problem, dict) else None
    return shown(detail, secrets) if isinstance(detail, str) else ""


def _retry_after(text: str) -> int | None:
    """Return the seconds that a server asks to wait, capped; None for what is no such number."""
    if not (text.isascii() and text.isdecimal()):
        return None
    return min(int(text[:9]), LONGEST_RETRY_AFTER)
