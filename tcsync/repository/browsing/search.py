"""Searching the elements of a revision by name, type or id, a bounded time at once."""

from __future__ import annotations

from dataclasses import dataclass

from tcsync.histories.identity import element_id, namespace
from tcsync.repository.browsing import stored
from tcsync.repository.browsing.matching import Query, matching, origin_id
from tcsync.repository.browsing.outline import Outline
from tcsync.repository.browsing.scanning import scan
from tcsync.repository.models import Revision
from tcsync.repository.states import History


@dataclass(frozen=True, slots=True)
class Found:
    """What was met so far: `searched` elements of `total`; go on at `after`, None at the end.

    `searched` counts from the first element of the revision, over all calls that went on from one
    another. The cursor is ours to read: give it back as it is.
    """

    hits: tuple[Outline, ...]
    searched: int
    total: int
    after: str | None


def search(
    history: History,
    revision: Revision,
    query: Query,
    after: str = "",
    limit: int = 100,
    seconds: float = 1.0,
) -> Found:
    """Return the elements that match, by rising id, and how far the search came.

    A call takes little more than `seconds` and returns when it has `limit` hits; it goes on at
    `after`. An id of an element, or its id at the origin in a record file, is found at once.
    """
    if not after and query.asks_for_ids and (one := _by_whole_id(history, revision, query.text)):
        return Found((one,), revision.total, revision.total, None)
    found = scan(history, revision.number, matching(query), after, limit, seconds)
    hits = tuple(Outline.of(id_, body) for id_, body in found.found)
    return Found(hits, min(found.passed, revision.total), revision.total, found.after)


def _by_whole_id(history: History, revision: Revision, text: str) -> Outline | None:
    text = stored.clean(text)
    made = element_id(namespace(history.resource), text)
    for id_, body in history.get_many(revision.number, {text, made}).items():
        if id_ == text or origin_id(body) == text:
            return Outline.of(id_, body)
    return None
