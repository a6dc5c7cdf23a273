"""Noticing changes: few requests a poll, compared with what the polls before have shown."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

import orjson

from tcsync.domain import Changes
from tcsync.errors import Gone, LoginRefused
from tcsync.outbound import Pulse
from tcsync.sources.twc.api import Api, resource_path
from tcsync.sources.twc.assumptions import OVERLAP_SECONDS
from tcsync.sources.twc.catalogue import Catalogue, Row, is_hidden, read_catalogue, read_rows
from tcsync.sources.twc.crew import Crew
from tcsync.sources.twc.listings import read_tags, tag_entries
from tcsync.sources.twc.sessions import Session

FEW = 8
"""With no more resources than this that are followed each poll reads the tree of categories, and
branches and tags of one resource in turn: they may change without a new revision."""
ROUND = 8
"""With more, a poll asks one question besides the list of resources: once in so many polls for the
tree, once for branches and tags of one resource, else for the ids of one resource's tags."""
KEPT_ANSWERS = 1000


class Turn:
    """Resources that are looked at one after another, and how each looked the last time."""

    def __init__(self) -> None:
        self._marks: dict[str, bytes] = {}
        self._waiting: deque[str] = deque()

    def next(self, ids: Sequence[str]) -> str | None:
        """Return whose turn it is; a round is over when all that were there had theirs."""
        there = set(ids)
        while self._waiting:
            if (id_ := self._waiting.popleft()) in there:
                return id_
        self._waiting.extend(ids)
        return self._waiting.popleft() if ids else None

    def differs(self, id_: str, mark: bytes) -> bool:
        """Take a resource's look; tell whether it had another one before."""
        before, self._marks[id_] = self._marks.get(id_, mark), mark
        return before != mark


@dataclass(slots=True)
class Feed:
    """What was seen at the polls. Its cursor counts moments: one that it does not know is old.

    `epoch` is the server's; the first poll of a feed that is asked for what came after a cursor of
    another one answers with an epoch of its own, so that everything is looked at anew.
    """

    session: Session
    crew: Crew
    epoch: str
    clock: Callable[[], float]
    followed: set[str] = field(default_factory=set)
    """Resources whose revisions somebody asked for; empty: nobody has yet, so all."""
    _seen: Catalogue | None = None
    _cursor: int = 0
    _told: deque[tuple[int, frozenset[str], bool]] = field(default_factory=deque)
    _newest: dict[str, bytes] = field(default_factory=dict)
    _unsure: dict[str, float] = field(default_factory=dict)
    _in_full: Turn = field(default_factory=Turn)
    _tag_ids: Turn = field(default_factory=Turn)
    _polls: int = 0

    def changes(self, api: Api, after: int | None) -> Changes:
        """Poll once and return what changed after a cursor."""
        before, now = self._seen, self._read(api)
        changed, tree_changed = _differences(before, now)
        if before is None:
            self._newest = self._ask_newest([r for r in now.rows.values() if r.modified is None])
        else:
            changed |= self._doubtful(now, changed)
            changed |= self._looked_at(now)
        self._seen = now
        moment = int(self.clock() * 1000)
        if before is None or changed or tree_changed:
            self._cursor = max(self._cursor + 1, moment)
        if before is not None and (changed or tree_changed):
            self._told.append((self._cursor, frozenset(changed), tree_changed))
            while len(self._told) > KEPT_ANSWERS:
                self._told.popleft()
        if before is None and after is not None:
            return Changes(f"{self.epoch}-anew", self._cursor, (), tree_changed=True, complete=True)
        return self._after(self._cursor if after is None else after)

    def _read(self, api: Api) -> Catalogue:
        self._polls += 1
        if self._seen is None or self._polls % ROUND == 0 or self._follows_few(self._seen):
            return read_catalogue(api)
        return read_rows(api, self._seen)

    def _follows_few(self, seen: Catalogue) -> bool:
        return sum(map(self._is_followed, seen.rows.values())) <= FEW

    def _after(self, cursor: int) -> Changes:
        new = [one for one in self._told if one[0] > cursor]
        ids = frozenset[str]().union(*(one[1] for one in new))
        tree_changed = any(one[2] for one in new)
        return Changes(
            self.epoch, self._cursor, tuple(sorted(ids)), tree_changed=tree_changed, complete=True
        )

    def _doubtful(self, now: Catalogue, changed: Iterable[str]) -> set[str]:
        """Return what changed that no date tells: where there is none, or two within its unit."""
        moment = self.clock()
        undated = [
            row for row in now.rows.values() if row.modified is None and self._is_followed(row)
        ]
        due = {id_ for id_, since in self._unsure.items() if moment - since >= OVERLAP_SECONDS}
        for id_ in due:
            del self._unsure[id_]
        fresh = [now.rows[id_] for id_ in changed if id_ in now.rows]
        self._unsure.update({row.id: moment for row in fresh if row.modified is not None})
        again = [now.rows[id_] for id_ in due - set(changed) if id_ in now.rows]
        asked = {row.id: row for row in (*undated, *again, *fresh)}
        newest = self._ask_newest(list(asked.values()))
        found = {id_ for id_, seen in newest.items() if self._newest.get(id_, seen) != seen}
        self._newest.update(newest)
        return found

    def _is_followed(self, row: Row) -> bool:
        return not self.followed or row.id in self.followed

    def _ask_newest(self, rows: list[Row]) -> dict[str, bytes]:
        answers = self.crew.each([row.id for row in rows], self._newest_of)
        return dict(zip((row.id for row in rows), answers, strict=True))

    def _newest_of(self, resource: str, pulse: Pulse) -> bytes:
        api = Api(self.session, pulse)
        path = f"{resource_path(resource, 'revisions')}?includeBody=true&page=1&items=1"
        return _mark(api, partial(api.json, path))

    def _looked_at(self, now: Catalogue) -> set[str]:
        """Read what no date tells of the next resource in turn; return it where that changed."""
        rest = self._polls % ROUND
        is_few = self._follows_few(now)
        if rest == 0 and not is_few:
            return set()
        is_whole = is_few or rest == ROUND // 2
        turn, work = (
            (self._in_full, self._mark_of) if is_whole else (self._tag_ids, self._tags_mark)
        )
        followed = [row.id for row in now.rows.values() if self._is_followed(row)]
        id_ = turn.next(followed)
        if id_ is None:
            return set()
        (mark,) = self.crew.each([id_], work)
        return {id_} if turn.differs(id_, mark) else set()

    def _tags_mark(self, resource: str, pulse: Pulse) -> bytes:
        api = Api(self.session, pulse)
        return _mark(api, lambda: sorted(map(str, tag_entries(api, resource))))

    def _mark_of(self, resource: str, pulse: Pulse) -> bytes:
        api = Api(self.session, pulse)
        path = f"{resource_path(resource, 'branches')}?includeBody=true"

        def read() -> object:
            tags = [(t.id, t.name, t.revision, t.description) for t in read_tags(api, resource)]
            return [api.json(path), tags]

        return _mark(api, read)


def _mark(api: Api, read: Callable[[], object]) -> bytes:
    """Return what is equal where an answer is; what may not be read has a mark too."""
    try:
        value = read()
    except (Gone, LoginRefused) as error:
        if not is_hidden(error):
            raise
        value = error.status
    try:
        return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).digest()
    except orjson.JSONEncodeError as error:
        raise api.strange(str(error)) from error


def _differences(before: Catalogue | None, now: Catalogue) -> tuple[set[str], bool]:
    """Return which resources came, went or changed, and whether the tree of categories did."""
    if before is None:
        return set(), False
    ids = before.rows.keys() | now.rows.keys()
    changed = {id_ for id_ in ids if before.rows.get(id_) != now.rows.get(id_)}
    return changed, before.categories != now.categories
