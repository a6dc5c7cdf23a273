"""A full walk: everything that lives at a revision, from its root elements down to the leaves.

There is no call that lists elements (REST reference, 0). The walk keeps what it has still to ask
for, not what it has seen: an element is taken only from the owner that it names itself, and an
owner lists it once, so each comes once and a cycle leads nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tcsync.errors import BadAnswer
from tcsync.outbound import Pulse
from tcsync.sources.twc.api import Api
from tcsync.sources.twc.assumptions import IDS_AT_ONCE
from tcsync.sources.twc.crew import Crew, Job
from tcsync.sources.twc.elements import Element
from tcsync.sources.twc.reading import read_elements
from tcsync.sources.twc.sessions import Session

WORTHWHILE = IDS_AT_ONCE // 4
"""So many ids are worth a request while others are under way."""
MOST_STRAYS = 100_000

Found = tuple[list[str | None], list[Element]]


class Walk:
    """One walk through a revision; for the thread that the crew works for."""

    def __init__(self, session: Session, crew: Crew, resource: str, number: int) -> None:
        self._session = session
        self._crew = crew
        self._resource = resource
        self._number = number
        self._roots: set[str] = set()
        self._strays: dict[str, str] = {}
        # What is still to be asked for: owners with what they own, the last is asked for first.
        self._stack: list[tuple[str | None, Sequence[str]]] = []
        self._waiting = 0
        self._under_way: list[Job[Found]] = []

    def elements(self, roots: Sequence[str]) -> Iterator[list[Element]]:
        """Yield each element once, in the order in which answers come and as many at a time."""
        self._roots = set(roots)
        self._push(None, roots)
        yield from self._run()
        while self._strays:
            yield from self._claimed()
            yield from self._run()

    def _run(self) -> Iterator[list[Element]]:
        try:
            while self._waiting or self._under_way:
                self._send()
                job = self._crew.first(self._under_way)
                self._under_way.remove(job)
                yield self._taken(*job.take())
        finally:
            self._under_way = []

    def _taken(self, owners: list[str | None], found: list[Element]) -> list[Element]:
        """Return what belongs where it came from; what that owns is asked for next."""
        here = [
            element
            for owner, element in zip(owners, found, strict=True)
            if self._belongs(element, owner)
        ]
        for element in here:
            if element.children:
                self._push(element.id, element.children)
        return here

    def _send(self) -> None:
        while self._waiting and len(self._under_way) < self._crew.size:
            if self._under_way and self._waiting < WORTHWHILE:
                return
            owners, ids = self._pop()
            self._under_way.append(self._crew.begin(self._asking(owners, ids)))

    def _asking(self, owners: list[str | None], ids: list[str]) -> Reader:
        return Reader(self._session, self._resource, self._number, (owners, ids))

    def _push(self, owner: str | None, ids: Sequence[str]) -> None:
        if ids:
            self._stack.append((owner, ids))
            self._waiting += len(ids)

    def _pop(self) -> tuple[list[str | None], list[str]]:
        """Return the next ids, each once: a batch is answered by id."""
        asked: dict[str, str | None] = {}
        while self._stack and len(asked) < IDS_AT_ONCE:
            owner, ids = self._stack.pop()
            room = IDS_AT_ONCE - len(asked)
            again = [id_ for id_ in ids[:room] if id_ in asked]
            rest = [*ids[room:], *again]
            asked.update({id_: owner for id_ in ids[:room] if id_ not in asked})
            self._waiting -= len(ids)
            if rest:
                self._push(owner, rest)
                if again:
                    break
        return list(asked.values()), list(asked)

    def _belongs(self, element: Element, owner: str | None) -> bool:
        """Tell whether it comes from its own place; what comes from another one is noted."""
        if owner is None:
            return True
        if element.id in self._roots:
            # It is taken as a root, whoever lists it too.
            return False
        if element.owner == owner:
            self._strays.pop(element.id, None)
            return True
        self._strays[element.id] = element.owner or ""
        if len(self._strays) > MOST_STRAYS:
            raise BadAnswer(
                f"More than {MOST_STRAYS:,} elements of revision {self._number} are listed by"
                " others than their owners.",
                next_step="Have the server's model validated.",
            )
        return False

    def _claimed(self) -> Iterator[list[Element]]:
        """Settle the strays: those that their own owner lists came from there, the others live too.

        Those become roots of the walk, so that they come once whoever lists them.
        """
        strays, self._strays = self._strays, {}
        lists: set[tuple[str, str]] = set()
        owners = sorted({owner for owner in strays.values() if owner})
        for elements in self._read(owners):
            for element in elements:
                lists.update((element.id, child) for child in element.children)
        alone = [id_ for id_, owner in strays.items() if (owner, id_) not in lists]
        alone = [id_ for id_ in alone if id_ not in self._roots]
        self._roots.update(alone)
        for elements in self._read(alone):
            for element in elements:
                self._push(element.id, element.children)
            yield elements

    def _read(self, ids: list[str]) -> Iterator[list[Element]]:
        for start in range(0, len(ids), IDS_AT_ONCE):
            some = ids[start : start + IDS_AT_ONCE]
            _owners, found = self._crew.result(
                self._crew.begin(self._asking([None] * len(some), some))
            )
            yield found


class Reader:
    """What a thread of the crew does: read one batch, and say beside each who listed it."""

    def __init__(
        self,
        session: Session,
        resource: str,
        number: int,
        asked: tuple[list[str | None], list[str]],
    ) -> None:
        self._session = session
        self._place = (resource, number)
        self._owners, self._ids = asked

    def __call__(self, pulse: Pulse) -> Found:
        """Read it."""
        api = Api(self._session, pulse)
        return self._owners, read_elements(api, *self._place, self._ids)
