"""Another tcsync node as a source: the peer API of docs/formats/transfer.md, read over HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar

import msgspec

from tcsync import frames
from tcsync.domain import (
    Changes,
    Chronicle,
    HeadUses,
    Identity,
    Known,
    Resource,
    RevisionRecord,
    Selection,
    Snapshot,
)
from tcsync.errors import BadAnswer, Gone, Unreachable
from tcsync.outbound import Endpoint, OutboundClient, Pulse
from tcsync.sources.base import (
    Absent,
    Arriving,
    ArrivingBytes,
    ArtifactEntry,
    ArtifactWant,
    Delivery,
    ElementsPut,
    Want,
)

T = TypeVar("T")

ROOT = "/api/peer/v1/"
SNAPSHOT_BYTES = 512 << 20
STREAM_BYTES = 1 << 50
SNAPSHOT_SECONDS = 300.0
STREAM_SECONDS = 24 * 3600.0
PIECE_BYTES = 1 << 20
LONG_BODY_BYTES = 128 << 10


class Handshake(msgspec.Struct):
    """Answer of `GET handshake`."""

    protocol: int
    identity: Identity


class UsesAnswer(msgspec.Struct):
    """Answer of `POST uses`."""

    uses: dict[str, tuple[HeadUses, ...]]


class Readable(Protocol):
    """A stream of bytes, as outbound gives it."""

    def read(self, n: int) -> bytes:
        """Return at most n bytes, none at the end."""


class PeerSource:
    """A node that is read with the token of an account there."""

    delivery = Delivery.PACKS

    def __init__(self, endpoint: Endpoint) -> None:
        self._client = OutboundClient(endpoint, only_reads=True)
        self._where = endpoint.address

    def __enter__(self) -> PeerSource:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def heed(self, pulse: Pulse | None) -> Pulse | None:
        """Tell this pulse of what arrives, and while waiting; return the one before."""
        before, self._client.pulse = self._client.pulse, pulse
        return before

    def identity(self) -> Identity:
        """Return who the node is. Raises BadAnswer when it is not a node of this protocol."""
        answer = self._ask("GET", "handshake", Handshake)
        if answer.protocol != frames.PROTOCOL:
            raise BadAnswer(
                f"{self._where} speaks version {answer.protocol} of the transfer between nodes,"
                f" this node speaks {frames.PROTOCOL}.",
                next_step="Bring both nodes to the same version of tcsync.",
            )
        return answer.identity

    def snapshot(self, selection: Selection | None, known: Mapping[str, Known] | None) -> Snapshot:
        """Return what the node holds within the selection."""
        body = {"selection": selection, "known": known}
        found = self._ask("POST", "snapshot", Snapshot, body)
        _check_snapshot(found, self._where)
        return found

    def records_of(self, resource: str, numbers: Sequence[int]) -> Sequence[RevisionRecord]:
        """Return what the node tells of these revisions. Raises Gone where it is too old to."""
        body = {"resource": resource, "numbers": list(numbers)}
        found = self._ask("POST", "records", list[RevisionRecord], body)
        return sorted(found, key=lambda record: record.number)

    def uses(self, resources: Sequence[str]) -> Mapping[str, tuple[HeadUses, ...]] | None:
        """Return what these use at the heads of their branches; None from an older node."""
        body = {"resources": list(resources)}
        try:
            return self._ask("POST", "uses", UsesAnswer, body).uses
        except Gone:
            # Nodes before this question answer 404, as for every address that they do not have.
            return None

    def changes(self, after: int | None) -> Changes:
        """Return what changed there after a cursor."""
        query = "" if after is None else f"?after={after}"
        return self._ask("GET", f"changes{query}", Changes)

    @contextmanager
    def packs(self, wants: Sequence[Want]) -> Iterator[Iterator[Arriving | Absent]]:
        """Open one stream of revisions."""
        asked = [{"resource": w.resource, "ranges": frames.ranges(w.numbers)} for w in wants]
        with self._stream("packs", {"wants": asked}) as reader:
            yield reader.items()  # type: ignore[misc]

    @contextmanager
    def artifacts(self, wants: Sequence[ArtifactWant]) -> Iterator[Iterator[ArrivingBytes]]:
        """Open one stream of artifact bytes."""
        asked = [
            {"resource": w.resource, "number": w.number, "ids": [ref.id for ref in w.refs]}
            for w in wants
        ]
        with self._stream("artifacts", {"wants": asked}) as reader:
            yield (item for item in reader.items() if isinstance(item, ArrivingBytes))

    @contextmanager
    def chronicles(self, resources: Sequence[str]) -> Iterator[Iterator[Chronicle | Absent]]:
        """Open one stream of what listings show of these resources."""
        with self._told("chronicles", {"resources": list(resources)}) as reader:
            yield _chronicles(reader.items(), self._where)

    @contextmanager
    def walk(self, resource: str, number: int) -> Iterator[Iterator[ElementsPut | ArtifactEntry]]:
        """Open one stream of everything that lives at a revision."""
        with self._told("walk", {"resource": resource, "number": number}) as reader:
            yield _state(reader.items(), self._where)

    @contextmanager
    def _told(self, path: str, body: object) -> Iterator[FrameReader]:
        """Open a stream that nodes of older versions do not have."""
        opened = False
        try:
            with self._stream(path, body) as reader:
                opened = True
                yield reader
        except Gone as error:
            if opened:
                raise
            raise BadAnswer(
                f"{self._where} is a node of a version that cannot be compared.",
                next_step="Bring that node to the version of this one.",
            ) from error

    def _ask(self, method: str, path: str, shape: type[T], body: object = None) -> T:
        plain = msgspec.to_builtins(body) if body is not None else None
        answer = self._client.json_text(
            method, ROOT + path, body=plain, deadline=SNAPSHOT_SECONDS, max_bytes=SNAPSHOT_BYTES
        )
        try:
            # Straight into the shape: plain objects in between take many times the memory.
            return msgspec.json.decode(answer, type=shape)
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            raise BadAnswer(f"{self._where} gave an answer that no node gives: {error}.") from error

    @contextmanager
    def _stream(self, path: str, body: object) -> Iterator[FrameReader]:
        with self._client.stream(
            "POST",
            ROOT + path,
            body=body,
            deadline=STREAM_SECONDS,
            max_bytes=STREAM_BYTES,
            ends_itself=True,
        ) as stream:
            yield FrameReader(stream, self._where)


Item = Arriving | Absent | ArrivingBytes | Resource | RevisionRecord | ElementsPut | ArtifactEntry
_PLAIN: dict[bytes, type[Resource | RevisionRecord | ArtifactEntry]] = {
    frames.CHRONICLE: Resource,
    frames.RECORD: RevisionRecord,
    frames.ENTRY: ArtifactEntry,
}
"""What the head of a frame without a body is."""


class FrameReader:
    """Reads the frames of one stream; bodies are handed out as pieces, what is left is skipped."""

    def __init__(self, stream: Readable, where: str) -> None:
        self._stream = stream
        self._where = where
        self._buffer = b""
        self._at = 0
        self._body_left = 0

    def items(self) -> Iterator[Item]:
        """Yield what arrives until the end frame. Raises Unreachable when that never comes."""
        count = 0
        while True:
            kind, head, self._body_left = frames.parse_header(self._exactly(frames.HEADER.size))
            text = self._exactly(head)
            try:
                if kind == frames.END:
                    self._check_end(msgspec.json.decode(text, type=frames.EndHead), count)
                    return
                yield self._item(kind, text, self._body_left)
            except (msgspec.ValidationError, msgspec.DecodeError) as error:
                raise BadAnswer(
                    f"{self._where} sent a frame that no node sends: {error}."
                ) from error
            count += 1
            for _piece in self._body():
                pass

    def _item(self, kind: bytes, head: bytes, length: int) -> Item:
        if kind == frames.ELEMENT:
            id_ = msgspec.json.decode(head, type=frames.ElementHead).id
            return ElementsPut(((id_, b"".join(self._body())),))
        if kind in _PLAIN:
            return msgspec.json.decode(head, type=_PLAIN[kind])
        if kind == frames.REVISION:
            revision = msgspec.json.decode(head, type=frames.RevisionHead)
            return Arriving(revision.record, length, revision.pack_digest, self._body())
        if kind == frames.ARTIFACT:
            artifact = msgspec.json.decode(head, type=frames.ArtifactHead)
            return ArrivingBytes(artifact.digest, length, self._body())
        absent = msgspec.json.decode(head, type=frames.AbsentHead)
        return Absent(absent.resource, absent.code, absent.reason)

    def _check_end(self, end: frames.EndHead, count: int) -> None:
        if end.frames != count:
            raise BadAnswer(f"{self._where} says it sent {end.frames} frames, {count} arrived.")

    def _more(self, most: int = PIECE_BYTES) -> bytes:
        data = self._stream.read(most)
        if not data:
            raise Unreachable(f"{self._where} ended its stream in the middle.")
        return data

    def _exactly(self, length: int) -> bytes:
        while len(self._buffer) - self._at < length:
            self._buffer = self._buffer[self._at :] + self._more()
            self._at = 0
        self._at += length
        return self._buffer[self._at - length : self._at]

    def _body(self) -> Iterator[bytes]:
        while self._body_left:
            if self._at < len(self._buffer):
                piece = self._buffer[self._at : self._at + self._body_left]
                self._at += len(piece)
            else:
                # A long body goes on as it comes; where it ends, much may be read at once again.
                is_long = self._body_left >= LONG_BODY_BYTES
                piece = self._more(min(PIECE_BYTES, self._body_left) if is_long else PIECE_BYTES)
                if not is_long:
                    self._buffer, self._at = piece, 0
                    continue
            self._body_left -= len(piece)
            yield piece


def _chronicles(items: Iterator[Item], where: str) -> Iterator[Chronicle | Absent]:
    """Yield each resource; what is not read of its records is passed over."""
    ahead: list[Item] = [item for item in (next(items, None),) if item is not None]

    def records() -> Iterator[RevisionRecord]:
        last = 0
        for item in items:
            if not isinstance(item, RevisionRecord):
                ahead.append(item)
                return
            if item.number <= last:
                raise BadAnswer(f"{where} lists revision {item.number} out of order.")
            last = item.number
            yield item

    while ahead:
        item = ahead.pop()
        if isinstance(item, Resource):
            told = records()
            yield Chronicle(item, told)
            for _record in told:
                pass
        elif isinstance(item, Absent):
            yield item
            ahead += [item for item in (next(items, None),) if item is not None]
        else:
            raise BadAnswer(f"{where} sent a frame in the wrong place.")


def _state(items: Iterator[Item], where: str) -> Iterator[ElementsPut | ArtifactEntry]:
    for item in items:
        if isinstance(item, Absent):
            raise Gone(f"{where} does not have this revision of {item.resource}: {item.reason}")
        if isinstance(item, (ElementsPut, ArtifactEntry)):
            yield item


def _check_snapshot(found: Snapshot, where: str) -> None:
    """Refuse a listing that contradicts itself: ids twice, parents that are not before."""
    ids = [resource.id for resource in found.resources]
    if len(ids) != len(set(ids)):
        raise BadAnswer(f"{where} lists a resource twice.")
    for resource in found.resources:
        numbers = [ref.number for ref in resource.revisions]
        if numbers != sorted(set(numbers)) or (numbers and not 0 <= numbers[-1] < 1 << 53):
            raise BadAnswer(f"{where} lists revisions of {resource.name} out of order.")
        for ref in resource.revisions:
            if any(n >= ref.number for n in (ref.parent or 0, *ref.merged)):
                raise BadAnswer(
                    f"{where}: revision {ref.number} of {resource.name} comes before its parent."
                )
