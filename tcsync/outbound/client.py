"""Requests to one server: total deadlines, caps on bytes, statuses as errors of ours."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import orjson
import requests
from urllib3.exceptions import HTTPError

from tcsync.errors import BadAnswer
from tcsync.outbound import trust
from tcsync.outbound.addresses import check_address
from tcsync.outbound.bodies import Knocked, Text, pair_text
from tcsync.outbound.connecting import CONNECT_SECONDS, CheckedAdapter, Opener, SingleRequests
from tcsync.outbound.deadline import READ_SECONDS, Deadline, Pulse
from tcsync.outbound.endpoint import Endpoint, account_headers, secrets_of, told_apart
from tcsync.outbound.reasons import translate, was_dropped
from tcsync.outbound.refusals import check_status, shown
from tcsync.outbound.stream import ByteStream

PIECE_BYTES = 1 << 20
HEAD_SECONDS = 120.0
"""For sending a request and for all headers of its answer; a body may take far longer."""
REFUSAL_SECONDS = 5.0
"""For the body of an answer that is an error anyway."""
KNOCK_BYTES = 16 << 10
TYPE_CHARACTERS = 60
_OK = 200

Failure = requests.RequestException | HTTPError | OSError


class OutboundClient:
    """Connections to one endpoint, kept alive. For one thread at a time.

    `only_reads`: no request of this client changes anything at the server, so that one is sent
    again where a connection that was kept turns out to be closed; otherwise only a GET is.
    `pulse` is told of each piece and at least once a second while waiting; what it raises ends
    the request. `cookies` are sent with every request; whoever sets them took them from an answer
    of this server. No other cookie is ever kept or sent.
    `secrets`: what no message may repeat beside those of the endpoint and the cookies.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        user_agent: str = "tcsync",
        only_reads: bool = False,
        secrets: Sequence[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address = check_address(endpoint.address)
        parts = urlsplit(self._address)
        self.where = parts.netloc
        self._clock = clock
        self._only_reads = only_reads
        self.pulse: Pulse | None = None
        self.cookies: Mapping[str, str] = {}
        headers = account_headers(endpoint)
        self._account_secrets = (*secrets_of(endpoint), *secrets)
        self._opener = Opener(endpoint.allow_loopback, Deadline(0.0, clock))
        self._session = SingleRequests()
        self._session.trust_env = False
        self._session.headers = {**headers, "User-Agent": user_agent, "Accept-Encoding": "identity"}
        # No cookie of one answer goes anywhere: every request names its account itself.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.adapters.clear()
        # Reading the system's CA store takes 30 ms, which no plain connection needs to wait for.
        # What is wrong with a CA or keystore of its own is told all the same.
        needed = parts.scheme == "https" or endpoint.ca_certificate or endpoint.keystore
        tls = trust.context(endpoint.ca_certificate, endpoint.keystore) if needed else None
        adapter = CheckedAdapter(self._opener, tls)
        self._session.mount(f"{parts.scheme}://", adapter)

    def __enter__(self) -> OutboundClient:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. May be called again."""
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
        data = self.json_text(method, path, body=body, deadline=deadline, max_bytes=max_bytes)
        try:
            return orjson.loads(data)
        except orjson.JSONDecodeError:
            # From None: that error carries the whole document.
            raise BadAnswer(f"{self.where} sent JSON that cannot be read.") from None

    def json_text(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        deadline: float = 30.0,
        max_bytes: int = 64 << 20,
    ) -> bytes:
        """Return the JSON of an answer undecoded, for who decodes straight into a shape."""
        with self.stream(method, path, body=body, deadline=deadline, max_bytes=max_bytes) as answer:
            self._check_type(answer)
            data = bytearray()
            while piece := answer.read(PIECE_BYTES):
                data += piece
        return bytes(data)

    def knock(self, path: str, *, deadline: float = 30.0) -> Knocked:
        """Return what a GET gets, whatever its status: for a login, which may answer nothing.

        Of the body no more than a few kilobytes are read.
        """
        by = self._deadline(path, deadline)
        with self._answer("GET", path, None, by) as response:
            by.until = min(by.until, self._clock() + REFUSAL_SECONDS)
            answer = ByteStream(response, by, KNOCK_BYTES, self.where)
            return Knocked.of(answer, self._secrets)

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
        """Open a body to be read piece by piece. `path` begins with a slash.

        `body` is sent as JSON, a Text as it is. Raises Redirected for a redirect on this server.
        `ends_itself`: the body has a mark of its own at its end, so that the caller sees a cut also
        where the answer has neither a length nor chunks.
        """
        by = self._deadline(path, deadline)
        until = self._clock() + deadline
        data = body if body is None or isinstance(body, Text) else Text(orjson.dumps(body))
        with self._answer(method, path, data, by) as response:
            answer = ByteStream(response, by, max_bytes, self.where)
            by.until = until
            if response.status_code != _OK:
                by.until = min(until, self._clock() + REFUSAL_SECONDS)
            check_status(answer, self._address, self._secrets)
            answer.check_framing(ends_itself=ends_itself)
            try:
                yield answer
            finally:
                answer.close()

    @property
    def _secrets(self) -> tuple[str, ...]:
        cookies = (value.strip('"') for value in self.cookies.values())
        return (*self._account_secrets, *told_apart(cookies))

    def _deadline(self, path: str, seconds: float) -> Deadline:
        if not path.startswith("/"):
            # "@other" or ".other" behind the address would name another host.
            raise ValueError("A path begins with a slash.")
        now = self._clock()
        return Deadline(now + min(seconds, HEAD_SECONDS), self._clock, self.pulse)

    def _answer(self, method: str, path: str, data: Text | None, by: Deadline) -> requests.Response:
        """Return the answer with its headers read; a connection that went stale is replaced."""
        self._opener.deadline = by
        opened = self._opener.opened
        answer = self._send(method, path, data)
        is_stale = opened == self._opener.opened and (self._only_reads or method == "GET")
        if not isinstance(answer, requests.Response) and is_stale and was_dropped(answer):
            # All others that were kept are as old.
            self._session.close()
            answer = self._send(method, path, data)
        if isinstance(answer, requests.Response):
            if by.left():
                return answer
            # The last read began in time and ended late.
            answer.close()
            answer = TimeoutError("deadline")
        error = translate(answer, self.where)
        if self._address.startswith("http:") and was_dropped(answer):
            # What most TLS servers do with a request that is not encrypted.
            error.next_step = "Check the port, and whether the address must begin with https://."
        # Not chained: the texts of the library repeat what the server sent.
        raise error

    def _send(self, method: str, path: str, data: Text | None) -> requests.Response | Failure:
        headers = {} if data is None else {"Content-Type": data.media_type}
        if self.cookies:
            headers["Cookie"] = pair_text(self.cookies)
        try:
            return self._session.request(
                method,
                self._address + path,
                data=None if data is None else data.data,
                headers=headers,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            )
        except (requests.RequestException, HTTPError, OSError) as error:
            return error

    def _check_type(self, answer: ByteStream) -> None:
        media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if media_type != "application/json" and not media_type.endswith("+json"):
            named = shown(media_type, self._secrets)[:TYPE_CHARACTERS] or "no type"
            raise BadAnswer(
                f"{self.where} answered with {named} instead of JSON: it is"
                " not a server of this kind, or a gateway in between has a problem."
            )
