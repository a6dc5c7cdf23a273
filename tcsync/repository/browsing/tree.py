"""The tree of elements at a revision: its roots, the children of one, the way up."""

from __future__ import annotations

from tcsync.errors import Missing
from tcsync.packs import Stretch
from tcsync.repository.browsing import stored
from tcsync.repository.browsing.outline import Lines, Outline, outlines
from tcsync.repository.browsing.scanning import scan
from tcsync.repository.models import Revision
from tcsync.repository.states import History

MOST_OWNERS = 100
SCANNED_ROOTS = 1_000
SCAN_SECONDS = 1.0
_NO_OWNER = b'"owner":null,"type":'


def roots(history: History, revision: Revision, offset: int = 0, limit: int = 200) -> Lines:
    """Return the root elements of a revision.

    A revision that lists none is searched for elements without an owner: the first thousand, as
    far as a second goes.
    """
    ids = [str(id_) for id_ in revision.root_ids]
    if ids:
        return _lines(history, revision.number, ids, offset, limit)
    found = scan(history, revision.number, _without_owner, "", SCANNED_ROOTS, SCAN_SECONDS).found
    offset = max(0, offset)
    some = found[offset : offset + max(1, limit)]
    lines = tuple(Outline.of(id_, body) for id_, body in some)
    return Lines(lines, len(found), offset)


def _without_owner(stretch: Stretch) -> list[int]:
    raw = stretch.raw
    ends = [*stretch.starts[1:], stretch.end]
    return [
        place
        for place, (start, end) in enumerate(zip(stretch.starts, ends, strict=True))
        if raw.rfind(_NO_OWNER, start, end) >= 0
        and stored.head(stretch.record(place).body).get("owner", "") is None
    ]


def children(
    history: History, number: int, element: str, offset: int = 0, limit: int = 200
) -> Lines:
    """Return the children of an element in the order of their owner. Raises Missing."""
    ids = stored.child_ids(body_of(history, number, element))
    return _lines(history, number, ids, offset, limit)


def body_of(history: History, number: int, element: str) -> bytes:
    """Return the stored form of an element. Raises Missing."""
    body = history.get(number, element)
    if body is None:
        raise Missing(
            f"Revision {number} of resource {history.resource} has no element"
            f" {stored.clean(element[:80])!r}."
        )
    return body


def _lines(history: History, number: int, ids: list[str], offset: int, limit: int) -> Lines:
    offset = max(0, offset)
    some = [stored.clean(id_) for id_ in ids[offset : offset + max(1, limit)]]
    return Lines(outlines(some, history.get_many(number, some)), len(ids), offset)


def path_to(history: History, number: int, element: str) -> tuple[Outline, ...]:
    """Return the owners of an element, from its root down to its direct owner.

    Empty for a root and for an element that does not exist. Ends above where owners go in a circle,
    where one does not exist, and after a hundred.
    """
    path: list[Outline] = []
    seen = {element}
    body = history.get(number, element)
    owner = None if body is None else Outline.of(element, body).owner
    while owner is not None and owner not in seen and len(path) < MOST_OWNERS:
        seen.add(owner)
        body = history.get(number, owner)
        if body is None:
            break
        path.append(Outline.of(owner, body))
        owner = path[-1].owner
    return tuple(reversed(path))
