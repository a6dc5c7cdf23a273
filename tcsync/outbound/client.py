"""Requests to one server: total deadlines, caps on bytes, statuses as errors of ours."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import orjson
import requests
from urllib3.exceptions import HTTPError

from tcsync.errors import (
    AnswerTooLarge,
    BadAnswer,
    Gone,
    LoginRefused,
    SourceError,
    Unreachable,
)
from tcsync.outbound.addresses import check_address
from tcsync.outbound.connecting import CheckedAdapter
from tcsync.outbound.reasons import translate

ERROR_BODY_BYTES = 64 << 10
DETAIL_CHARACTERS = 300
LONGEST_RETRY_AFTER = 3600
RATE_WINDOW_SECONDS = 30.0
LOWEST_RATE = 64
"""Bytes a second; slower is taken for a drip that only holds a connection."""
PIECE_BYTES = 1 << 20
CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
_OK = 200
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server and the account to talk to it by. Its repr shows no secret."""

    address: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)
    ca_certificate: str = field(default="", repr=False)
    allow_loopback: bool = False


class OutboundClient:
    """Connections to one endpoint, kept alive. For one thread at a time."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        user_agent: str = "tcsync",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address = check_address(endpoint.address)
        parts = urlsplit(self._address)
        self.where = parts.netloc
        self._clock = clock
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers = {
            "User-Agent": user_agent,
            "Accept-Encoding": "identity",
            **endpoint.headers,
        }
        self._session.auth = endpoint.basic
        # No cookie of one answer goes anywhere: every request names its account itself.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        try:
            adapter = CheckedAdapter(
                allow_loopback=endpoint.allow_loopback, ca_certificate=endpoint.ca_certificate
            )
        except OSError as error:
            raise BadAnswer(
                "The additional CA certificate of this server is not a PEM certificate.",
                next_step="Paste the certificate with its BEGIN and END lines.",
            ) from error
        self._session.adapters.clear()
        self._session.mount(f"{parts.scheme}://", adapter)

    def __enter__(self) -> OutboundClient:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def json(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        deadline: float = 30.0,
        max_bytes: int = 64 << 20,
    ) -> object:
        """Return the decoded JSON of an answer. `deadline` is seconds for everything together."""
        with self.stream(method, path, body=body, deadline=deadline, max_bytes=max_bytes) as answer:
            data = bytearray()
            while piece := answer.read(PIECE_BYTES):
                data += piece
        media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if not (media_type == "application/json" or media_type.endswith("+json")):
            raise BadAnswer(
                f"{self.where} answered with {media_type[:60] or 'no type'} instead of JSON: it is"
                " not a server of this kind, or a gateway in between has a problem."
            )
        try:
            return orjson.loads(data)
        except orjson.JSONDecodeError as error:
            raise BadAnswer(f"{self.where} sent JSON that cannot be read.") from error

    @contextmanager
    def stream(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        deadline: float = 3600.0,
        max_bytes: int,
        ends_itself: bool = False,
    ) -> Iterator[ByteStream]:
        """Open a body to be read piece by piece.

        `ends_itself`: the body has a mark of its own at its end, so that the caller sees a cut also
        where the answer has neither a length nor chunks.
        """
        limits = _Limits(self._clock() + deadline, max_bytes, self._clock)
        try:
            response = self._send(method, path, body, deadline)
        except (requests.RequestException, HTTPError, OSError) as error:
            raise translate(error, self.where) from error
        with response:
            stream = ByteStream(response, limits, self.where)
            self._check_status(response, stream)
            if not ends_itself and not stream.is_framed:
                raise BadAnswer(
                    f"{self.where} does not say how long its answer is: a cut would go unseen."
                )
            yield stream

    def _send(self, method: str, path: str, body: object, deadline: float) -> requests.Response:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        return self._session.request(
            method,
            self._address + path,
            data=None if body is None else orjson.dumps(body),
            headers=headers,
            timeout=(min(CONNECT_SECONDS, deadline), min(READ_SECONDS, deadline)),
            allow_redirects=False,
            stream=True,
        )

    def _check_status(self, response: requests.Response, stream: ByteStream) -> None:
        status = response.status_code
        encoding = response.headers.get("Content-Encoding", "identity").lower()
        if status == _OK and encoding in {"", "identity"}:
            return
        if status == _OK:
            raise BadAnswer(f"{self.where} compressed its answer although it was asked not to.")
        if 300 <= status < 400:  # noqa: PLR2004 - the classes of RFC 9110
            to = urlsplit(response.headers.get("Location", "")).netloc or "another page of its own"
            raise BadAnswer(
                f"{self.where} redirects to {_clean(to)}; redirects are not followed.",
                next_step="Enter the address that the server really has.",
            )
        raise self._refusal(response, _detail(response, stream))

    def _refusal(self, response: requests.Response, detail: str) -> SourceError:
        status = response.status_code
        said = f"{self.where} answered {status}" + (f": {detail}" if detail else ".")
        if status in {401, 403}:
            return LoginRefused(said)
        if status in {404, 410}:
            return Gone(said, next_step="Check that this is the address of a server of this kind.")
        if status == 429 or status >= 500:  # noqa: PLR2004
            error = Unreachable(said)
            error.retry_after = _retry_after(response.headers.get("Retry-After", ""))
            return error
        return BadAnswer(said)


@dataclass(slots=True)
class _Limits:
    """The deadline and cap of one answer."""

    until: float
    max_bytes: int
    clock: Callable[[], float]


class ByteStream:
    """A body under limits; it never ends early without an error."""

    def __init__(self, response: requests.Response, limits: _Limits, where: str) -> None:
        self.headers: Mapping[str, str] = response.headers
        self.status = response.status_code
        self._response = response
        self._limits = limits
        self._where = where
        self._bytes = 0
        self._window = (limits.clock(), 0)
        self.is_framed = "Content-Length" in response.headers or bool(response.raw.chunked)

    def read(self, n: int) -> bytes:
        """Return at most n bytes as soon as some are there, b"" at the end."""
        left = self._limits.until - self._limits.clock()
        if left <= 0:
            raise Unreachable(f"{self._where} took longer than the deadline for its answer.")
        try:
            self._shrink_timeout(left)
            data = self._response.raw.read1(n)
        except (requests.RequestException, HTTPError, OSError) as error:
            raise translate(error, self._where) from error
        self._bytes += len(data)
        if self._bytes > self._limits.max_bytes:
            raise AnswerTooLarge(
                f"{self._where} sends more than the {self._limits.max_bytes:,} bytes allowed."
            )
        self._check_rate()
        return bytes(data)

    def _shrink_timeout(self, left: float) -> None:
        # The timeout of a socket is per read; without this a drip would outlive the deadline.
        connection = getattr(self._response.raw, "connection", None)
        if connection is not None and connection.sock is not None:
            connection.sock.settimeout(min(READ_SECONDS, left))

    def _check_rate(self) -> None:
        began, had = self._window
        now = self._limits.clock()
        if now - began < RATE_WINDOW_SECONDS:
            return
        if self._bytes - had < LOWEST_RATE * (now - began):
            raise Unreachable(f"{self._where} sends its answer too slowly to wait for it.")
        self._window = (now, self._bytes)


def _detail(response: requests.Response, stream: ByteStream) -> str:
    """Return what a problem+json body says, made safe to show; never a page of HTML."""
    if not response.headers.get("Content-Type", "").startswith("application/problem+json"):
        return ""
    data = bytearray()
    try:
        while len(data) < ERROR_BODY_BYTES and (piece := stream.read(ERROR_BODY_BYTES)):
            data += piece
        problem = orjson.loads(data)
    except (SourceError, orjson.JSONDecodeError):
        return ""
    detail = problem.get("detail") if isinstance(problem, dict) else None
    return _clean(detail) if isinstance(detail, str) else ""


def _clean(text: str) -> str:
    return _UNPRINTABLE.sub(" ", text)[:DETAIL_CHARACTERS]


def _retry_after(text: str) -> int | None:
    """Return the seconds that a server asks to wait, capped; None for what is no such number."""
    if not (text.isascii() and text.isdecimal()):
        return None
    return min(int(text[:9]), LONGEST_RETRY_AFTER)
