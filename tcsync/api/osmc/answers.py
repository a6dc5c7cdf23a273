"""Answers as JSON: values, streams of bytes, errors. Compressed where the client allows."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from tcsync import errors
from tcsync.packs import canonical_value
from tcsync.repository.editing import WishRefused

LD_JSON = "application/ld+json"
JSON = "application/json"
COMPRESSED_FROM = 1_400
"""Bytes; what fits into a network packet gains nothing."""
PIECE_BYTES = 1 << 18
GZIP_LEVEL = 1
GZIP_BITS = 31
"""What zlib calls a gzip frame."""


class Absent(errors.Missing):
    """What was asked for is not there, or not for this account: the answer is the same."""

    def __init__(self) -> None:
        super().__init__(
            "There is nothing here.",
            next_step="Check the address and its ids; this account may not see it either.",
        )


class Unreadable(errors.TcsyncError):
    """The request is not what this call takes."""

    code = "bad_request"
    default_next_step = "Compare the request with docs/osmc.md."


class TooLarge(errors.TcsyncError):
    """The body is longer than this node reads."""

    code = "too_large"


STATUS: Mapping[type[errors.TcsyncError], int] = {
    errors.LoginRefused: 401,
    errors.NotAllowed: 403,
    errors.ReadOnly: 403,
    errors.Missing: 404,
    errors.NotCanonical: 400,
    errors.Clash: 409,
    TooLarge: 413,
    WishRefused: 422,
    errors.ContentError: 503,
    errors.StorageFull: 503,
    errors.TcsyncError: 400,
}
"""The status of each kind of error; the nearest base counts."""


def status_of(error: errors.TcsyncError) -> int:
    """Return the status that goes with an error of ours."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def refusal(error: errors.TcsyncError, status: int | None = None) -> HttpResponse:
    """Return an error as a JSON object: its code, a sentence, and what to do."""
    body = {"code": error.code, "message": error.message, "next_step": error.next_step}
    status = status or status_of(error)
    return HttpResponse(_dumped({"status": status, **body}), JSON, status)


def json(request: HttpRequest, value: Any, status: int = 200, media: str = "") -> HttpResponseBase:
    """Return a value as JSON, in the media type that the client asked for."""
    return whole(request, _dumped(value), status, media)


def _dumped(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:
        # Half of a surrogate pair, which a client sent: our own text has an escape for it.
        return canonical_value(value)


def whole(
    request: HttpRequest, body: bytes, status: int = 200, media: str = ""
) -> HttpResponseBase:
    """Return a JSON text that is in memory."""
    is_compressed = len(body) >= COMPRESSED_FROM and _takes_gzip(request)
    text = b"".join(_gzipped(iter([body]))) if is_compressed else body
    return _headed(request, HttpResponse(text, media or _media(request), status), is_compressed)


def streamed(
    request: HttpRequest, pieces: Iterator[bytes], media: str = "", status: int = 200
) -> HttpResponseBase:
    """Return a JSON text piece by piece. The first two are made before the answer begins.

    So what is wrong with the request is still answered as an error.
    """
    held = list(islice(pieces, 2))
    if len(held) < 2:  # noqa: PLR2004 - no more than one came
        return whole(request, b"".join(held), status, media)
    rest = chain(held, pieces)
    is_compressed = _takes_gzip(request)
    body: Iterator[bytes] = _gzipped(rest) if is_compressed else rest
    answer = StreamingHttpResponse(body, status=status, content_type=media or _media(request))
    return _headed(request, answer, is_compressed)


def items(texts: Iterator[bytes], opening: bytes, closing: bytes) -> Iterator[bytes]:
    """Yield JSON texts as a list or object, in pieces: a network packet for each takes long."""
    held: list[bytes] = []
    size = 0
    before = opening
    for text in texts:
        held.append(text)
        size += len(text)
        if size >= PIECE_BYTES:
            yield before + b",".join(held)
            held, size, before = [], 0, b","
    yield (before if held or before == opening else b"") + b",".join(held) + closing


def empty(status: int = 204) -> HttpResponse:
    """Return an answer without a body. A bare 204 without a JSON type breaks a client's login."""
    return HttpResponse(status=status, content_type=JSON)


def moved(request: HttpRequest, path: str, status: int = 301) -> HttpResponse:
    """Return a redirect below /osmc/; the query goes along."""
    answer = empty(status)
    query = request.META.get("QUERY_STRING", "")
    answer["Location"] = (
        f"{request.build_absolute_uri('/osmc/')}{path}{'?' if query else ''}{query}"
    )
    return answer


def _media(request: HttpRequest) -> str:
    # Clients ask for either, or for anything, and read the same JSON (rest-api, section 3).
    asked = request.headers.get("Accept", "")
    return JSON if JSON in asked and LD_JSON not in asked else LD_JSON


def _takes_gzip(request: HttpRequest) -> bool:
    for offer in request.headers.get("Accept-Encoding", "").lower().split(","):
        name, _, parameters = offer.partition(";")
        if name.strip() in ("gzip", "*"):
            return parameters.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _gzipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(GZIP_LEVEL, wbits=GZIP_BITS)
    for piece in pieces:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()


def _headed(
    request: HttpRequest, answer: HttpResponseBase, is_compressed: bool
) -> HttpResponseBase:
    answer["Vary"] = "Accept, Accept-Encoding, Authorization, Cookie"
    if is_compressed:
        answer["Content-Encoding"] = "gzip"
    return answer
