"""What is asked ahead of a revision's turn, in the threads: its facts, and small differences."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tcsync.domain import RevisionRecord
from tcsync.sources.twc.api import Api, resource_path
from tcsync.sources.twc.artifacts import read_ids
from tcsync.sources.twc.assumptions import IDS_AT_ONCE
from tcsync.sources.twc.elements import Element, reference
from tcsync.sources.twc.listings import Listing, root_ids
from tcsync.sources.twc.reading import read_elements
from tcsync.sources.twc.uses import read_uses


@dataclass(frozen=True, slots=True)
class Difference:
    """What `revisiondiff` says, overlaps taken out; `put` was added or changed."""

    put: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """What changed, as far as it was worth reading ahead: None is read when its turn comes.

    `owners` are those of the elements, as they own them now.
    """

    difference: Difference | None
    artifacts: tuple[str, ...]
    elements: list[Element] | None = None
    owners: tuple[Element, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A revision's record but for its digests, and its content where that was asked for too."""

    record: RevisionRecord
    content: Content | None


def prepare(
    api: Api, listing: Listing, record: RevisionRecord, since: int | None, *, is_eager: bool
) -> Prepared:
    """Ask for the facts of a revision; `since` is the revision to compare with, None for all."""
    whole = replace(
        record,
        root_ids=root_ids(api, listing, record.number),
        used_projects=read_uses(api, record.resource, record.number),
    )
    content = read_content(api, whole, since) if is_eager else None
    return Prepared(whole, content)


def read_content(api: Api, record: RevisionRecord, since: int | None) -> Content:
    """Ask what a revision changes, and read that where it is one batch."""
    resource, number = record.resource, record.number
    artifacts = read_ids(api, resource, number)
    if since is None:
        return Content(None, artifacts)
    difference = read_difference(api, resource, since, number)
    if len(difference.put) > IDS_AT_ONCE:
        return Content(difference, artifacts)
    elements = read_elements(api, resource, number, difference.put) if difference.put else []
    known = {*difference.put, *difference.removed}
    owners = sorted({e.owner for e in elements if e.owner and e.owner not in known})
    read = read_elements(api, resource, number, owners) if owners else []
    return Content(difference, artifacts, elements, tuple(read))


def read_difference(api: Api, resource: str, old: int, new: int) -> Difference:
    """Return which elements differ between two revisions (8.1)."""
    path = resource_path(resource, "revisiondiff")
    told = api.json(f"{path}?source={old}&target={new}")
    if not isinstance(told, dict) or not all(
        isinstance(told.get(key), list) for key in ("added", "changed", "removed")
    ):
        raise api.strange(f"the difference of revisions {old} and {new} of {resource}")
    put = _ids([*told["added"], *told["changed"]])
    return Difference(put, tuple(id_ for id_ in _ids(told["removed"]) if id_ not in set(put)))


def _ids(values: list[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(reference, values))))
