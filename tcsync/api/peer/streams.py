"""What the peer API streams: frames with packs and artifact bytes, read from segments as they are.

The receiver checks every digest, so nothing is decompressed here. Permission is looked at again for
each resource, when its turn comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tcsync import frames
from tcsync.errors import TcsyncError
from tcsync.packs import Kind
from tcsync.repository import reading
from tcsync.repository.models import Resource, Revision
from tcsync.repository.states import History, artifact_ref
from tcsync.repository.storage import default_storage

PIECE_BYTES = 1 << 20
ROWS_AT_ONCE = 500

MayRead = Callable[[str], bool]


def packs(asked: frames.PacksRequest, may_read: MayRead) -> Iterator[bytes]:
    """Yield a frame for each revision that is asked for."""
    count = 0
    for want in asked.wants:
        if not _is_readable(want.resource, may_read):
            count += 1
            yield _absent(want.resource)
            continue
        for first, last in want.ranges:
            for row in _rows(want.resource, first, last):
                count += 1
                yield _revision_head(row)
                yield from _bytes(row.object, row.place, row.length)
    yield frames.frame(frames.END, frames.EndHead(count))


def artifacts(asked: frames.ArtifactsRequest, may_read: MayRead) -> Iterator[bytes]:
    """Yield a frame for each artifact that is asked for and that its revision's pack names."""
    count = 0
    for want in asked.wants:
        if not _is_readable(want.resource, may_read):
            count += 1
            yield _absent(want.resource)
            continue
        for digest in _digests(want):
            count += 1
            blob = reading.blob(digest)
            head = frames.ArtifactHead(digest)
            yield frames.frame(frames.ARTIFACT, head, blob.length)
            yield from _bytes(blob.object, blob.place, blob.length)
    yield frames.frame(frames.END, frames.EndHead(count))


def _is_readable(resource: str, may_read: MayRead) -> bool:
    found = Resource.objects.filter(id=resource, removed_at=None)
    category = found.values_list("category_id", flat=True).first()
    return category is not None and may_read(category)


def _absent(resource: str) -> bytes:
    # One answer for what does not exist and what is hidden: the difference would tell too much.
    head = frames.AbsentHead(resource, "gone", "It does not exist, or this account may not see it.")
    return frames.frame(frames.ABSENT, head)


def _rows(resource: str, first: int, last: int) -> Iterator[Revision]:
    rows = Revision.objects.filter(resource=resource, number__gte=first, number__lte=last)
    yield from rows.order_by("number").iterator(chunk_size=ROWS_AT_ONCE)


def _revision_head(row: Revision) -> bytes:
    head = frames.RevisionHead(reading.revision_record(row), row.pack_digest)
    return frames.frame(frames.REVISION, head, row.length)


def _bytes(name: str, offset: int, length: int) -> Iterator[bytes]:
    for start in range(0, length, PIECE_BYTES):
        size = min(PIECE_BYTES, length - start)
        yield default_storage().read(name, offset + start, size)


def _digests(want: frames.BytesWant) -> Iterator[str]:
    history = History(want.resource)
    try:
        pack = history.pack(history.link(want.number))
        records = pack.get_many(sorted(want.ids, key=str.encode), Kind.ARTIFACT)
    except TcsyncError:
        return
    for record in records.values():
        if record.body:
            yield artifact_ref(record.id, record.body).digest
