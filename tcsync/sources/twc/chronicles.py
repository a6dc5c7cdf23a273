"""A resource as its listings show it, for whoever compares two servers."""

from __future__ import annotations

from dataclasses import replace

from tcsync.domain import Chronicle, Known
from tcsync.errors import BadAnswer, Gone, LoginRefused
from tcsync.sources.base import Absent
from tcsync.sources.twc.api import Api
from tcsync.sources.twc.catalogue import Row, is_about_one, is_hidden, project_id_of, read_picked
from tcsync.sources.twc.comparing import compared
from tcsync.sources.twc.listings import read_branches, read_listing, read_tags
from tcsync.sources.twc.uses import read_uses

NOT_SEEN = "It does not exist, or this account may not see it."


def read_chronicle(api: Api, resource: str) -> Chronicle | Absent:
    """Read row, revisions, branches and tags of a resource, and the used projects of its heads.

    What cannot be understood is a fault of this resource alone.
    """
    row = read_picked(api, (resource,)).rows.get(resource)
    if row is None or row.removed:
        return Absent(resource, "gone", NOT_SEEN)
    if row.fault:
        return Chronicle(row.plain())
    try:
        return _told(api, row)
    except (LoginRefused, Gone) as error:
        if not is_hidden(error):
            raise
        return Absent(resource, "gone", error.message)
    except BadAnswer as error:
        if not is_about_one(error):
            raise
        return Chronicle(replace(row.plain(), fault=error.message))


def _told(api: Api, row: Row) -> Chronicle:
    listing = read_listing(api, row.id)
    branches = read_branches(api, row.id, listing)
    plain = replace(row.plain(), project_id=project_id_of(api, row))
    resource = compared(plain, listing, Known(), branches, read_tags(api, row.id))
    records = dict(listing.records)
    for head in sorted({branch.head for branch in branches if branch.head in records} - {None}):
        uses = read_uses(api, row.id, head or 0)
        records[head or 0] = replace(records[head or 0], used_projects=uses)
    return Chronicle(replace(resource, revisions=()), tuple(records.values()))
