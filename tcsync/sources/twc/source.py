"""A Teamwork Cloud server as a source, read over its REST API."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import uuid5

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
    listing_fingerprint,
)
from tcsync.errors import BadAnswer, Gone, LoginRefused
from tcsync.outbound import Endpoint, Pulse
from tcsync.sources.base import (
    Absent,
    ArtifactEntry,
    ArtifactPut,
    Delivery,
    ElementsPut,
    States,
    Telling,
    Want,
)
from tcsync.sources.twc.api import Api
from tcsync.sources.twc.artifacts import Fetching, read_entry, read_ids
from tcsync.sources.twc.assumptions import SERVERS
from tcsync.sources.twc.catalogue import (
    Catalogue,
    Row,
    is_about_one,
    is_hidden,
    read_catalogue,
    read_picked,
)
from tcsync.sources.twc.changesets import Changesets, put
from tcsync.sources.twc.chronicles import read_chronicle
from tcsync.sources.twc.comparing import read_resource
from tcsync.sources.twc.crew import Crew
from tcsync.sources.twc.listings import (
    Listing,
    Listings,
    read_listing,
    read_revision,
    record_of,
    root_ids,
)
from tcsync.sources.twc.people import read_account
from tcsync.sources.twc.polling import Feed
from tcsync.sources.twc.ports import usual_address
from tcsync.sources.twc.sessions import IN_FLIGHT, SESSIONS, Sessions
from tcsync.sources.twc.uses import read_head_uses
from tcsync.sources.twc.versions import major_version
from tcsync.sources.twc.walking import Walk

PICKED_ALONE = 3
"""More picked resources than this are looked for in the listing of all."""


class TwcSource:
    """A Teamwork Cloud server that is read with an account there. For one thread at a time.

    The session belongs to all sources of this process with the same endpoint. `endpoint` names the
    account by user name and password, or by a header `Authorization: Token ...`. Artifacts
    wait in nameless files in `folder` (None: that of the system) until they are stored.
    """

    delivery = Delivery.CHANGES

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        sessions: Sessions = SESSIONS,
        clock: Callable[[], float] = time.time,
        folder: Path | None = None,
    ) -> None:
        self.endpoint = replace(endpoint, address=usual_address(endpoint.address))
        self._session = sessions.of(self.endpoint)
        self._typed = endpoint.basic[0] if endpoint.basic is not None else ""
        self._pulse: Pulse | None = None
        self._crew = Crew(IN_FLIGHT, lambda: self._pulse, self._check_version)
        self._uuid = str(uuid5(SERVERS, self._session.where))
        epoch = str(uuid5(SERVERS, f"{self._uuid} feed"))
        self._feed = Feed(self._session, self._crew, epoch, clock)
        self._folder = folder
        self._clock = clock
        self._questions = 0
        self._began = ""
        self._listings = Listings(clock)

    def __enter__(self) -> TwcSource:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of what is under way. The session is closed when nobody used it for a minute."""
        self._crew.close()

    def heed(self, pulse: Pulse | None) -> Pulse | None:
        """Tell this pulse of what arrives, and while waiting; return the one before."""
        before, self._pulse = self._pulse, pulse
        return before

    def identity(self) -> Identity:
        """Return who the server is, and the account; one request at most in an open session."""
        with self._asking() as api:
            version = self._session.check_version(self._pulse)
            account = self._session.account(partial(read_account, api, self._typed))
        return Identity(
            self._uuid,
            self._feed.epoch,
            self._session.where,
            major_version(version),
            account.name,
            account.rights,
        )

    def snapshot(self, selection: Selection | None, known: Mapping[str, Known] | None) -> Snapshot:
        """Return what the server shows within the selection.

        Without `known` it costs the listings alone; with it a few requests for each resource. A
        few picked resources are asked for by themselves.
        """
        with self._asking() as api:
            catalogue = _catalogue(api, selection)
            chosen, rows, missing = _selected(catalogue, selection)
            resources = [row.plain() for row in rows]
            self._listings = Listings(self._clock)
            if known is not None:
                self._feed.followed.update(row.id for row in rows)
                read = partial(self._read, known)
                found = [resource for resource in self._crew.each(rows, read) if resource]
                lost = {row.id for row in rows} - {resource.id for resource in found}
                picked = set(selection.resources) if selection is not None else set()
                resources, missing = found, missing | (lost & picked)
                # What is told and compared was told by one version, and not by one of long ago.
                self._session.check_version(self._pulse)
            self._check_version()
        return Snapshot(
            self._uuid,
            self._feed.epoch,
            self._session.where,
            major_version(self._session.version),
            tuple(catalogue.categories[id_] for id_ in sorted(chosen)),
            tuple(resources),
            tuple(sorted(missing)),
            tells_sizes=False,
        )

    def _read(self, known: Mapping[str, Known], row: Row, pulse: Pulse) -> Resource | None:
        """Return a resource beside what is known of it, None where this account may not read it.

        One whose answers cannot be understood has a fault: it holds up no other.
        """
        if row.removed or row.fault:
            return row.plain()
        try:
            listing, resource = read_resource(
                Api(self._session, pulse), row, known.get(row.id, Known())
            )
        except (LoginRefused, Gone) as error:
            if not is_hidden(error):
                raise
            return None
        except BadAnswer as error:
            if not is_about_one(error):
                raise
            return replace(row.plain(), fault=error.message)
        if resource.revisions:
            self._listings.keep(listing)
        return resource

    def records_of(self, resource: str, numbers: Sequence[int]) -> Sequence[RevisionRecord]:
        """Return what the listing tells of these revisions, with their listing fingerprints."""
        with self._asking() as api:
            listed = read_listing(api, resource).records
        return [
            replace(record, digest=listing_fingerprint(record))
            for number, record in listed.items()
            if number in numbers
        ]

    def uses(self, resources: Sequence[str]) -> Mapping[str, tuple[HeadUses, ...]]:
        """Return what these use at the heads of their branches: some requests for each."""
        with self._asking():
            read = partial(_uses_of, self._api)
            told = zip(resources, self._crew.each(resources, read), strict=True)
            found = {id_: heads for id_, heads in told if heads is not None}
            self._check_version()
        return found

    def changes(self, after: int | None) -> Changes:
        """Poll once; return what changed after a cursor, as far as this source has seen it."""
        with self._asking() as api:
            return self._feed.changes(api, after)

    @contextmanager
    def changesets(
        self, wants: Sequence[Want], states: States
    ) -> Iterator[Iterator[Telling | Absent]]:
        """Open one stream of revisions; what the last snapshot listed is not listed again."""
        listings, self._listings = self._listings, Listings(self._clock)
        with self._asking():
            stream = Changesets(self._session, self._crew, states, self._folder, listings)
            yield stream.tell(wants)

    @contextmanager
    def chronicles(self, resources: Sequence[str]) -> Iterator[Iterator[Chronicle | Absent]]:
        """Read what listings show of these resources, a few of them ahead."""
        with self._asking():
            yield self._crew.each(
                resources, lambda id_, pulse: read_chronicle(self._api(pulse), id_)
            )

    @contextmanager
    def walk(self, resource: str, number: int) -> Iterator[Iterator[ElementsPut | ArtifactEntry]]:
        """Read everything that lives at a revision anew."""
        with self._asking():
            yield self._walked(resource, number)

    @contextmanager
    def artifact_bytes(
        self, resource: str, number: int, ids: Sequence[str]
    ) -> Iterator[Iterator[ArtifactPut]]:
        """Read artifacts of a revision anew, bytes and all."""
        with self._asking():
            yield self._fetched(resource, number, ids)

    def _fetched(self, resource: str, number: int, ids: Sequence[str]) -> Iterator[ArtifactPut]:
        for fetched in Fetching(self._crew, self._api, resource, number, self._folder).each(ids):
            with closing(fetched):
                yield fetched.told()

    def _walked(self, resource: str, number: int) -> Iterator[ElementsPut | ArtifactEntry]:
        def ask(work: Callable[[Api], tuple[str, ...]]) -> tuple[str, ...]:
            return self._crew.result(self._crew.begin(lambda pulse: work(self._api(pulse))))

        def roots(api: Api) -> tuple[str, ...]:
            commit = read_revision(api, resource, number)
            record = record_of(api, resource, commit)
            listing = Listing(resource, {number: record}, {number: commit.roots})
            return root_ids(api, listing, number)

        def entry(id_: str, pulse: Pulse) -> ArtifactEntry:
            return read_entry(self._api(pulse), resource, number, id_)

        walk = Walk(self._session, self._crew, resource, number)
        for elements in walk.elements(ask(roots)):
            yield put(elements)
        yield from self._crew.each(ask(lambda api: read_ids(api, resource, number)), entry)

    def _api(self, pulse: Pulse) -> Api:
        return Api(self._session, pulse)

    def _check_version(self) -> None:
        """Raise VersionChanged where the server is another one than when the question began.

        A session that is opened anew says so once, to whoever noticed; it is shared by others.
        """
        self._session.check_same(self._began)

    @contextmanager
    def _asking(self) -> Iterator[Api]:
        """Lend the calls for one question; what is under way when it ends is let go."""
        if not self._questions:
            self._session.sign_in(self._pulse)
            self._began = self._session.version
        self._questions += 1
        try:
            yield Api(self._session, self._pulse)
        finally:
            self._questions -= 1
            if not self._questions:
                self._crew.drop()


def _catalogue(api: Api, selection: Selection | None) -> Catalogue:
    if selection is None or selection.categories or len(selection.resources) > PICKED_ALONE:
        return read_catalogue(api)
    return read_picked(api, selection.resources)


def _selected(
    catalogue: Catalogue, selection: Selection | None
) -> tuple[set[str], list[Row], set[str]]:
    """Return the categories and resources within a selection, and the picks that are not there."""
    if selection is None:
        shown = [row for row in catalogue.rows.values() if not row.removed]
        return set(catalogue.categories), shown, set()
    chosen = catalogue.below(selection.categories)
    rows = {
        id_: row
        for id_, row in catalogue.rows.items()
        # Of one with a fault nobody knows where it lies: what is ours must not be let go.
        if row.category in chosen or (chosen and row.fault)
    }
    rows |= {id_: catalogue.rows[id_] for id_ in selection.resources if id_ in catalogue.rows}
    picked = {*selection.categories, *selection.resources}
    return chosen, list(rows.values()), picked - chosen - rows.keys()


def _uses_of(
    api: Callable[[Pulse], Api], resource: str, pulse: Pulse
) -> tuple[HeadUses, ...] | None:
    """Return what one uses; None where it may not be read, or cannot be understood."""
    try:
        return read_head_uses(api(pulse), resource)
    except (LoginRefused, Gone) as error:
        if not is_hidden(error):
            raise
    except BadAnswer as error:
        if not is_about_one(error):
            raise
    return None
