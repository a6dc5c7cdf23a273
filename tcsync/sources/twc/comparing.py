"""What a resource shows beside what the asking side holds of it."""

from __future__ import annotations

from dataclasses import replace

from tcsync.domain import (
    Branch,
    Divergence,
    Known,
    Resource,
    RevisionRecord,
    RevisionRef,
    Tag,
    listing_fingerprint,
)
from tcsync.sources.twc.api import Api
from tcsync.sources.twc.assumptions import TRUNK_TITLE
from tcsync.sources.twc.catalogue import Row, project_id_of
from tcsync.sources.twc.listings import Listing, read_branches, read_listing, read_tags


def read_resource(api: Api, row: Row, known: Known) -> tuple[Listing, Resource]:
    """Read branches, tags and revisions of a resource; of the revisions those that are lacking.

    The listing has all of them.
    """
    listing = read_listing(api, row.id)
    branches = read_branches(api, row.id, listing)
    tags = read_tags(api, row.id)
    resource = replace(row.plain(), project_id=project_id_of(api, row))
    return listing, compared(resource, listing, known, branches, tags)


def compared(
    resource: Resource,
    listing: Listing,
    known: Known,
    branches: tuple[Branch, ...],
    tags: tuple[Tag, ...],
) -> Resource:
    """Return a resource with its revisions told beside those that are known."""
    held = {one.number: one for one in known.listing}
    lacking = [_ref(record) for n, record in listing.records.items() if n not in held]
    diverged = []
    for number, one in held.items():
        record = listing.records.get(number)
        # With the author's name as it is held: who was renamed since made no other history.
        if record is not None and (
            listing_fingerprint(replace(record, author=one.author)) != one.fingerprint
        ):
            found = listing_fingerprint(record)
            diverged.append(Divergence(record.branch, number, one.fingerprint, found))
    gone = [n for n, one in held.items() if n not in listing.records and not one.gone]
    return replace(
        resource,
        trunk=trunk_of(resource.trunk, branches, listing),
        branches=branches,
        tags=tags,
        revisions=tuple(lacking),
        divergences=tuple(diverged),
        gone_revisions=tuple(sorted(gone)),
        revision_count=len(listing.records),
    )


def _ref(record: RevisionRecord) -> RevisionRef:
    return RevisionRef(
        record.number, record.branch, record.parent, listing_fingerprint(record), record.merged
    )


def trunk_of(named: str, branches: tuple[Branch, ...], listing: Listing) -> str:
    """Return the main branch: the one that is named, else by its title, else the oldest."""
    if named:
        return named
    titled = [branch.id for branch in branches if branch.name == TRUNK_TITLE]
    return titled[0] if titled else next(iter(listing.records.values())).branch
