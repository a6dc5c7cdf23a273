"""A body that is read piece by piece: it ends whole, or with an error."""

from __future__ import annotations

from collections.abc import Mapping

import requests
from urllib3.exceptions import HTTPError

from tcsync.errors import AnswerTooLarge, BadAnswer, Unreachable
from tcsync.outbound.bodies import given
from tcsync.outbound.deadline import Deadline
from tcsync.outbound.reasons import translate

RATE_WINDOW_SECONDS = 30.0
LOWEST_RATE = 64
"""Bytes a second; slower is taken for a drip that only holds a connection."""


class ByteStream:
    """A body under limits; it never ends early without an error."""

    def __init__(
        self, response: requests.Response, deadline: Deadline, max_bytes: int, where: str
    ) -> None:
        self.headers: Mapping[str, str] = response.headers
        self.status = response.status_code
        self.cookies = given(response.raw.headers.getlist("Set-Cookie"))
        self._response = response
        self._deadline = deadline
        self._max_bytes = max_bytes
        self._where = where
        self._bytes = 0
        self._waited = 0.0
        self._window = (0.0, 0)
        self._is_open = True

    def check_framing(self, *, ends_itself: bool) -> None:
        """Raise BadAnswer for a body whose end cannot be told from a cut."""
        coding = self.headers.get("Transfer-Encoding", "").strip().lower()
        if coding not in {"", "chunked"}:
            raise BadAnswer(f"{self._where} sends its answer in a coding that was not asked for.")
        # Not the header: a length that is no number is none.
        has_length = self._response.raw.length_remaining is not None
        if not (coding or has_length or ends_itself):
            raise BadAnswer(
                f"{self._where} does not say how long its answer is: a cut would go unseen."
            )

    def read(self, n: int) -> bytes:
        """Return at most n bytes as soon as some are there, b"" at the end."""
        if not self._is_open:
            raise Unreachable(f"The answer of {self._where} was closed before it was read.")
        if not self._deadline.left():
            raise self._broken(f"{self._where} took longer than the deadline for its answer.")
        began = self._deadline.clock()
        data = self._some(n)
        self._waited += self._deadline.clock() - began
        self._bytes += len(data)
        if self._bytes > self._max_bytes:
            self._is_open = False
            raise AnswerTooLarge(
                f"{self._where} sends more than the {self._max_bytes:,} bytes allowed."
            )
        self._check_rate()
        return data

    def _some(self, n: int) -> bytes:
        """Read once. Without a byte of the body in a window it is over, whatever else arrives.

        The marks of chunks and the trailers are no bytes of the body: they could come for ever.
        """
        until = self._deadline.until
        window_ends = self._deadline.clock() + RATE_WINDOW_SECONDS
        self._deadline.until = min(until, window_ends)
        try:
            return bytes(self._response.raw.read1(n))
        except (requests.RequestException, HTTPError, OSError) as error:
            self._is_open = False
            if window_ends <= self._deadline.clock() < until:
                raise self._too_slow() from None
            # From None: the library's own text may repeat what the server sent.
            raise translate(error, self._where) from None
        finally:
            self._deadline.until = until

    def close(self) -> None:
        """Let nothing more be read."""
        self._is_open = False

    def _check_rate(self) -> None:
        # The time that the reader itself takes between two reads is not the server's.
        began, had = self._window
        waited = self._waited - began
        if waited < RATE_WINDOW_SECONDS:
            return
        if self._bytes - had < LOWEST_RATE * waited:
            raise self._too_slow()
        self._window = (self._waited, self._bytes)

    def _too_slow(self) -> Unreachable:
        return self._broken(f"{self._where} sends its answer too slowly to wait for it.")

    def _broken(self, sentence: str) -> Unreachable:
        self._is_open = False
        return Unreachable(sentence)
