"""The calls of the REST API that are used, each as a function; sections are the reference's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import IO, Any, TypeVar
from urllib.parse import quote

import msgspec
import orjson

from tcsync.errors import BadAnswer, Gone, SourceError
from tcsync.outbound import ByteStream, Pulse, Redirected, Text
from tcsync.sources.twc.assumptions import REFUSES_DIALECT
from tcsync.sources.twc.foreign import NOT_READ, check_containers
from tcsync.sources.twc.sessions import Request, Session
from tcsync.sources.twc.versions import has_json_batches

T = TypeVar("T")

PIECE_BYTES = 1 << 20
LISTING_BYTES = 64 << 20
BATCH_BYTES = 64 << 20
ARTIFACT_BYTES = 64 << 30
ARTIFACT_SECONDS = 6 * 3600.0
ROOT = "/osmc"


class Api:
    """Questions of one thread to one server, in its session."""

    def __init__(self, session: Session, pulse: Pulse | None) -> None:
        self.session = session
        self.where = session.where
        self._pulse = pulse

    def text(self, request: Request) -> bytes:
        """Return a whole body. Raises BadAnswer for a page, or for JSON that would fill memory."""
        data = self.session.ask(request, _whole, self._pulse)
        if data[:64].lstrip()[:1] == b"<":
            raise BadAnswer(
                f"{self.where} answered with a page (HTML) instead of JSON: it is no Teamwork"
                " Cloud, or a gateway in between has a problem."
            )
        check_containers(data, self.where)
        return data

    def json(self, path: str) -> Any:
        """Return the decoded JSON of a GET."""
        data = self.text(Request(ROOT + path, LISTING_BYTES))
        try:
            return orjson.loads(data)
        except NOT_READ:
            raise BadAnswer(f"{self.where} sent JSON that cannot be read.") from None

    def shaped(self, path: str, shape: type[T]) -> T:
        """Return the JSON of a GET, straight into a shape."""
        data = self.text(Request(ROOT + path, LISTING_BYTES))
        try:
            return msgspec.json.decode(data, type=shape)
        except NOT_READ as error:
            raise self.strange(str(error)) from error

    def strange(self, what: str) -> BadAnswer:
        """Return the error for an answer that no Teamwork Cloud is known to give."""
        return BadAnswer(f"{self.where} gave an answer that cannot be understood: {what}.")

    def following(self, path: str) -> Any:
        """Return the JSON of a GET that the reference says to redirect on the same server (3)."""
        try:
            return self.json(path)
        except Redirected as error:
            if not error.path.startswith(ROOT):
                raise
            return self.json(error.path.removeprefix(ROOT))

    def download(
        self, path: str, file: IO[bytes], take: Callable[[bytes], object], size: int
    ) -> int:
        """Write a body into a file, passing on each piece; return how many bytes it has.

        Raises AnswerTooLarge where these are more than `size`.
        """

        def write(answer: ByteStream) -> int:
            # A session may expire before the first byte: then this is called once more.
            count = 0
            while piece := answer.read(PIECE_BYTES):
                file.write(piece)
                take(piece)
                count += len(piece)
            return count

        request = Request(ROOT + path, min(size, ARTIFACT_BYTES), seconds=ARTIFACT_SECONDS)
        return self.session.ask(request, write, self._pulse)

    def batch(
        self,
        path: str,
        ids: list[str],
        opened: Callable[[bytes], Mapping[str, T]],
        *,
        tries_both: bool = True,
    ) -> Mapping[str, T]:
        """Return what a batch read answers by id, in the dialect that the server takes (3).

        `opened` makes a mapping of an answer. `tries_both` is False where the same address is one
        for writing in another media type. Raises what the first dialect met where both fail.
        """
        server = self.session.server
        guess = has_json_batches(self.session.version)
        first = guess if server.has_json_batches is None else server.has_json_batches
        if not tries_both or server.has_json_batches is not None:
            return self._batch(path, ids, opened, is_json=first)
        try:
            found = self._batch(path, ids, opened, is_json=first)
        except SourceError as error:
            if error.status not in REFUSES_DIALECT and not isinstance(error, BadAnswer):
                raise
            failure: SourceError | None = error
        else:
            failure = None
        if failure is None and any(id_ in found for id_ in ids):
            server.has_json_batches = first
            return found
        try:
            other = self._batch(path, ids, opened, is_json=not first)
        except SourceError as error:
            if failure is not None:
                raise failure from error
            return found
        if any(id_ in other for id_ in ids):
            server.has_json_batches = not first
        return other

    def _batch(
        self,
        path: str,
        ids: list[str],
        opened: Callable[[bytes], Mapping[str, T]],
        *,
        is_json: bool,
    ) -> Mapping[str, T]:
        body = Text(orjson.dumps(ids)) if is_json else Text(",".join(ids).encode(), "text/plain")
        data = self.text(Request(ROOT + path, BATCH_BYTES, body))
        try:
            return opened(data)
        except NOT_READ as error:
            raise self.strange(str(error)) from error


def _whole(answer: ByteStream) -> bytes:
    data = bytearray()
    while piece := answer.read(PIECE_BYTES):
        data += piece
    return bytes(data)


def resource_path(resource: str, *more: object) -> str:
    """Return the path of something in a resource."""
    return path_of("resources", resource, *more)


def path_of(*parts: object) -> str:
    """Return a path of parts that are no more than one part each, whatever an id is made of."""
    return "".join("/" + quote(str(part), safe="") for part in parts)


def or_none(ask: Callable[[], T]) -> T | None:
    """Return an answer, None where what was asked for is not there (404, 410)."""
    try:
        return ask()
    except Gone:
        return None
