"""What the peer API streams: frames with packs and artifact bytes, read from segments as they are.

The receiver checks every digest, so nothing is decompressed here. Permission is looked at again for
each resource, when its turn or that of its neighbours comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tcsync import frames
from tcsync.errors import TcsyncError
from tcsync.packs import Kind
from tcsync.repository import reading
from tcsync.repository.models import Resource, Revision
from tcsync.repository.states import History, artifact_ref
from tcsync.repository.storage import default_storage

PIECE_BYTES = 1 << 20
ROWS_AT_ONCE = 500
WANTS_AT_ONCE = 50
NUMBERS_AT_ONCE = 50
"""Resources whose revisions are looked up by one question, and how far apart their numbers may be:
together the most rows that are held in memory."""

MayRead = Callable[[str], bool]


def packs(asked: frames.PacksRequest, may_read: MayRead) -> Iterator[bytes]:
    """Yield a frame for each revision that is asked for."""
    count = 0
    for wants in _together(asked.wants):
        homes = reading.categories_of([want.resource for want in wants], removed=False)
        readable = [w for w in wants if w.resource in homes and may_read(homes[w.resource])]
        found = _found(readable) if len(readable) > 1 else {}
        for want in wants:
            if want not in readable:
                count += 1
                yield absent(want.resource)
                continue
            for row in found.get(want.resource, ()) if found else _rows(want):
                count += 1
                yield _revision_head(row)
                yield from _bytes(row.object, row.place, row.length)
    yield frames.frame(frames.END, frames.EndHead(count))


def artifacts(asked: frames.ArtifactsRequest, may_read: MayRead) -> Iterator[bytes]:
    """Yield a frame for each artifact that is asked for and that its revision's pack names."""
    count = 0
    for want in asked.wants:
        if not is_readable(want.resource, may_read):
            count += 1
            yield absent(want.resource)
            continue
        for digest in _digests(want):
            count += 1
            blob = reading.blob(digest)
            head = frames.ArtifactHead(digest)
            yield frames.frame(frames.ARTIFACT, head, blob.length)
            yield from _bytes(blob.object, blob.place, blob.length)
    yield frames.frame(frames.END, frames.EndHead(count))


def is_readable(resource: str, may_read: MayRead) -> bool:
    """Tell whether a resource exists and the account may read it, at this moment."""
    found = Resource.objects.filter(id=resource, removed_at=None)
    category = found.values_list("category_id", flat=True).first()
    return category is not None and may_read(category)


def absent(resource: str) -> bytes:
    """Return the frame of a resource that cannot be given."""
    # One answer for what does not exist and what is hidden: the difference would tell too much.
    head = frames.AbsentHead(resource, "gone", "It does not exist, or this account may not see it.")
    return frames.frame(frames.ABSENT, head)


def _together(wants: Sequence[frames.PackWant]) -> Iterator[list[frames.PackWant]]:
    """Yield wants in their order, those together whose few revisions one question finds.

    Their numbers lie so near one another that little else lies between them.
    """
    some: list[frames.PackWant] = []
    ids: set[str] = set()
    first = last = 0
    for want in wants:
        lowest, highest = _span([want])
        around = (min(first, lowest), max(last, highest)) if some else (lowest, highest)
        is_far = want.resource in ids or around[1] - around[0] >= NUMBERS_AT_ONCE
        if some and (len(some) == WANTS_AT_ONCE or is_far):
            yield some
            some, ids, around = [], set(), (lowest, highest)
        some.append(want)
        ids.add(want.resource)
        first, last = around
    if some:
        yield some


def _span(wants: Sequence[frames.PackWant]) -> tuple[int, int]:
    ends = [number for want in wants for ends in want.ranges for number in ends]
    return min(ends, default=0), max(ends, default=0)


def _found(wants: Sequence[frames.PackWant]) -> dict[str, list[Revision]]:
    """Return the rows of several wants, by resource."""
    first, last = _span(wants)
    asked = {want.resource: want for want in wants}
    found: dict[str, list[Revision]] = {id_: [] for id_ in asked}
    rows = Revision.objects.filter(resource__in=asked, number__gte=first, number__lte=last)
    for row in rows.order_by("number"):
        if any(low <= row.number <= high for low, high in asked[row.resource_id].ranges):
            found[row.resource_id].append(row)
    return found


def _rows(want: frames.PackWant) -> Iterator[Revision]:
    for first, last in want.ranges:
        rows = Revision.objects.filter(resource=want.resource, number__gte=first, number__lte=last)
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
