"""Revisions on their way, in rising order: what each changes, told against what is held here."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from tcsync.domain import ArtifactRef, RevisionRecord
from tcsync.errors import BadAnswer, Gone, LoginRefused, SourceError
from tcsync.outbound import Pulse
from tcsync.sources.base import (
    Absent,
    ArtifactGone,
    ArtifactPut,
    ElementGone,
    ElementsPut,
    States,
    Telling,
    Told,
    Want,
)
from tcsync.sources.twc.api import Api
from tcsync.sources.twc.artifacts import Fetching, read_entry
from tcsync.sources.twc.assumptions import IDS_AT_ONCE, SIZES_ASKED
from tcsync.sources.twc.catalogue import is_hidden
from tcsync.sources.twc.crew import Crew, Job
from tcsync.sources.twc.elements import Element
from tcsync.sources.twc.listings import Listing, Listings, read_listing
from tcsync.sources.twc.preparing import Content, Prepared, prepare, read_content
from tcsync.sources.twc.reading import read_elements
from tcsync.sources.twc.sessions import Session
from tcsync.sources.twc.walking import Walk


@dataclass(slots=True)
class Line:
    """The revisions of one resource that are wanted, and how far they were asked for ahead."""

    listing: Listing
    numbers: deque[int]
    wanted: frozenset[int]
    ahead: deque[tuple[int, int | None, Job[Prepared]]] = field(default_factory=deque)
    is_read: bool = True
    """Whether the last revision that was told was read too; else the rest may be passed over."""


class Changesets:
    """One stream of revisions; for the thread that the crew works for.

    Artifacts wait in files in `folder`, None being that of the system. `listings` are those that
    need not be asked for.
    """

    def __init__(
        self,
        session: Session,
        crew: Crew,
        states: States,
        folder: Path | None,
        listings: Listings,
    ) -> None:
        self._session = session
        self._crew = crew
        self._states = states
        self._folder = folder
        self._listings = listings

    def tell(self, wants: Sequence[Want]) -> Iterator[Telling | Absent]:
        """Yield a Telling for each revision, an Absent for a resource that cannot be given."""
        listings: deque[Job[Listing]] = deque()
        rest = iter(wants)
        for want in wants:
            while len(listings) < 2 and (following := next(rest, None)) is not None:  # noqa: PLR2004
                listings.append(self._crew.begin(partial(self._listing, following.resource)))
            try:
                yield from self._resource(want, self._crew.result(listings.popleft()))
            except (LoginRefused, Gone) as error:
                if not is_hidden(error):
                    raise
                yield _absent(want.resource, error)
            except BadAnswer as error:
                yield Absent(want.resource, error.code, error.message)

    def _listing(self, resource: str, pulse: Pulse) -> Listing:
        kept = self._listings.take(resource)
        return kept or read_listing(Api(self._session, pulse), resource)

    def _resource(self, want: Want, listing: Listing) -> Iterator[Telling | Absent]:
        line = Line(listing, deque(want.numbers), frozenset(want.numbers))
        for number in want.numbers:
            if number not in listing.records:
                yield Absent(
                    want.resource, "gone", f"Revision {number} vanished since it was listed."
                )
                return
            self._ask_ahead(line)
            _number, since, job = line.ahead.popleft()
            yield self._telling(line, number, since, job)

    def _ask_ahead(self, line: Line) -> None:
        most = self._crew.size + 2 if line.is_read else 1
        while line.numbers and len(line.ahead) < most:
            number = line.numbers.popleft()
            record = line.listing.records.get(number)
            if record is None:
                return
            since = self._since(line, record)
            work = partial(self._prepare, line.listing, record, since, line.is_read)
            line.ahead.append((number, since, self._crew.begin(work)))

    def _prepare(
        self,
        listing: Listing,
        record: RevisionRecord,
        since: int | None,
        is_eager: bool,
        pulse: Pulse,
    ) -> Prepared:
        return prepare(Api(self._session, pulse), listing, record, since, is_eager=is_eager)

    def _since(self, line: Line, record: RevisionRecord) -> int | None:
        """Return the parent if the source can compare with it and it is or will be here."""
        parent = record.parent
        return parent if parent in line.listing.records else None

    def _telling(self, line: Line, number: int, since: int | None, job: Job[Prepared]) -> Telling:
        try:
            prepared = self._crew.result(job)
        except (BadAnswer, Gone) as error:
            # It concerns this resource alone: who reads the changes is told.
            return Telling(line.listing.records[number], False, _raising(error))
        record = prepared.record
        parent = record.parent
        is_hole = parent is not None and since is None and not self._holds(line, parent)
        record = replace(record, hole_before=is_hole)
        line.is_read = False
        changes = self._changes(line, record, since, prepared.content)
        return Telling(record, since is None, changes)

    def _holds(self, line: Line, number: int) -> bool:
        return number in line.wanted or self._states.holds(line.listing.resource, number)

    def _changes(
        self, line: Line, record: RevisionRecord, since: int | None, content: Content | None
    ) -> Iterator[Told]:
        line.is_read = True
        try:
            yield from self._told(record, since, content)
        except LoginRefused as error:
            if not is_hidden(error):
                raise
            raise Gone(f"This account may no longer read {record.resource}.") from error

    def _told(
        self, record: RevisionRecord, since: int | None, content: Content | None
    ) -> Iterator[Told]:
        if content is None:
            content = self._crew.result(
                self._crew.begin(lambda pulse: read_content(self._api(pulse), record, since))
            )
        if since is None:
            walk = Walk(self._session, self._crew, record.resource, record.number)
            for elements in walk.elements(record.root_ids):
                yield put(elements)
        else:
            yield from self._difference(record, since, content)
        yield from self._artifacts(record, content, is_whole=since is None)

    def _api(self, pulse: Pulse) -> Api:
        return Api(self._session, pulse)

    def _difference(self, record: RevisionRecord, since: int, content: Content) -> Iterator[Told]:
        """Tell what was put and removed, and the owners of all that before and after."""
        difference = content.difference
        if difference is None:
            raise ValueError("A difference is asked for with the content.")
        touched = {*difference.put, *difference.removed}
        owners = self._owners_before(record.resource, since, [*difference.put, *difference.removed])
        read = (
            self._read(record, difference.put) if content.elements is None else [content.elements]
        )
        for elements in read:
            owners.update(element.owner for element in elements if element.owner is not None)
            yield put(elements)
        for id_ in difference.removed:
            yield ElementGone(id_)
        owners -= touched
        owners -= {element.id for element in content.owners}
        if content.owners:
            yield put(content.owners)
        for elements in self._read(record, sorted(owners)):
            yield put(elements)

    def _owners_before(self, resource: str, number: int, ids: list[str]) -> set[str]:
        owners: set[str] = set()
        for some in _some(ids):
            owners.update(filter(None, self._states.owners(resource, number, some).values()))
        return owners

    def _read(self, record: RevisionRecord, ids: Sequence[str]) -> Iterator[list[Element]]:
        def read(some: Sequence[str], pulse: Pulse) -> list[Element]:
            return read_elements(self._api(pulse), record.resource, record.number, some)

        yield from self._crew.each(_some(ids), read)

    def _artifacts(
        self, record: RevisionRecord, content: Content, *, is_whole: bool
    ) -> Iterator[Told]:
        """Tell the manifest, or what changed in it. Bytes that are held are not read again."""
        held: Mapping[str, ArtifactRef] = {}
        if record.parent is not None and not record.hole_before:
            held = self._states.artifacts(record.resource, record.parent)
        same = self._same(record, [held[id_] for id_ in content.artifacts if id_ in held])
        if is_whole:
            for ref in same.values():
                yield ArtifactPut(ref, iter(()))
        lacking = [id_ for id_ in content.artifacts if id_ not in same]
        fetching = Fetching(self._crew, self._api, record.resource, record.number, self._folder)
        for fetched in fetching.each(lacking):
            with closing(fetched):
                # Bytes that are here already are not read.
                yield fetched.told()
        for id_ in sorted(held.keys() - set(content.artifacts)):
            yield ArtifactGone(id_)

    def _same(
        self, record: RevisionRecord, refs: Sequence[ArtifactRef]
    ) -> Mapping[str, ArtifactRef]:
        """Return those of the entries held that are the same here; few are asked for their size."""
        asked = _turn(refs, record.number)

        def ask(ref: ArtifactRef, pulse: Pulse) -> bool:
            entry = read_entry(self._api(pulse), record.resource, record.number, ref.id)
            return (entry.name, entry.size) == (ref.name, ref.size)

        answers = zip(asked, self._crew.each(asked, ask), strict=True)
        others = {ref.id for ref, is_same in answers if not is_same}
        return {ref.id: ref for ref in refs if ref.id not in others}


def put(elements: Iterable[Element]) -> ElementsPut:
    """Return what is told of elements that were read."""
    return ElementsPut([(element.id, element.body) for element in elements])


def _turn(refs: Sequence[ArtifactRef], number: int) -> Sequence[ArtifactRef]:
    """Return whose turn it is at a revision: one after another, as the revisions go on."""
    if len(refs) <= SIZES_ASKED:
        return refs
    ordered = sorted(refs, key=lambda ref: ref.id)
    start = number * SIZES_ASKED % len(ordered)
    return [*ordered, *ordered][start : start + SIZES_ASKED]


def _absent(resource: str, error: SourceError) -> Absent:
    if isinstance(error, Gone):
        return Absent(resource, "gone", "It is no longer there.")
    return Absent(resource, "hidden", "This account may not read it.")


def _raising(error: SourceError) -> Iterator[Told]:
    """Return changes that raise when they are read."""

    def fail() -> Told:
        raise error

    return iter(fail, None)


def _some(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), IDS_AT_ONCE):
        yield ids[start : start + IDS_AT_ONCE]
