"""Statuses other than 200, and what a server says about them, as errors of ours."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import orjson

from tcsync.errors import BadAnswer, Gone, LoginRefused, SourceError, Unreachable
from tcsync.outbound.stream import ByteStream

DETAIL_BYTES = 64 << 10
DETAIL_CHARACTERS = 300
LONGEST_RETRY_AFTER = 3600
_OK = 200
_TOO_MANY = 429


def check_status(stream: ByteStream, where: str, secrets: Sequence[str]) -> None:
    """Raise for every status but 200, and for a compressed body."""
    if stream.status == _OK:
        if stream.headers.get("Content-Encoding", "").lower() not in {"", "identity"}:
            raise BadAnswer(f"{where} compressed its answer although it was asked not to.")
        return
    if stream.status // 100 == 3 and "Location" in stream.headers:  # noqa: PLR2004
        raise _redirect(stream, where, secrets)
    raise _refusal(stream, where, _detail(stream, secrets))


def shown(text: str, secrets: Sequence[str]) -> str:
    """Return a text of the other side made safe to show, "" if it repeats a secret of ours."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if any(secret in text or secret in clean for secret in secrets):
        return ""
    return clean[:DETAIL_CHARACTERS]


def _redirect(stream: ByteStream, where: str, secrets: Sequence[str]) -> SourceError:
    try:
        host = urlsplit(stream.headers["Location"]).netloc.rpartition("@")[2]
    except ValueError:
        host = ""
    to = shown(host, secrets) or "another page of its own"
    return BadAnswer(
        f"{where} redirects to {to}; redirects are not followed.",
        next_step="Enter the address that the server really has.",
    )


def _refusal(stream: ByteStream, where: str, detail: str) -> SourceError:
    status = stream.status
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
