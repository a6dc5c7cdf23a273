"""What the peer API tells to whoever compares: records without packs, states element by element."""

from __future__ import annotations

from collections.abc import Iterator

from tcsync import frames
from tcsync.api.peer.streams import MayRead, absent, is_readable
from tcsync.errors import Missing
from tcsync.repository import chronicles as stored
from tcsync.repository.states import History


def chronicles(asked: frames.ChroniclesRequest, may_read: MayRead) -> Iterator[bytes]:
    """Yield a frame for each resource that is asked for, and one for each of its revisions."""
    count = 0
    for id_ in asked.resources:
        count += 1
        found = stored.chronicle(id_) if is_readable(id_, may_read) else None
        if found is None:
            yield absent(id_)
            continue
        yield frames.frame(frames.CHRONICLE, found.resource)
        for record in found.records:
            count += 1
            yield frames.frame(frames.RECORD, record)
    yield frames.frame(frames.END, frames.EndHead(count))


def walk(asked: frames.WalkRequest, may_read: MayRead) -> Iterator[bytes]:
    """Yield a frame for each element and each entry of the manifest at a revision, by rising id."""
    count = 0
    for piece in _state(asked, may_read):
        count += 1
        yield piece
    yield frames.frame(frames.END, frames.EndHead(count))


def _state(asked: frames.WalkRequest, may_read: MayRead) -> Iterator[bytes]:
    history = History(asked.resource)
    try:
        if not is_readable(asked.resource, may_read):
            raise Missing(f"{asked.resource} may not be read.")
        history.link(asked.number)
    except Missing:
        yield absent(asked.resource)
        return
    for id_, body in history.elements(asked.number):
        yield frames.frame(frames.ELEMENT, frames.ElementHead(id_), len(body)) + body
    for ref in history.artifacts(asked.number):
        yield frames.frame(frames.ENTRY, frames.EntryHead(ref.id, ref.name, ref.size))
