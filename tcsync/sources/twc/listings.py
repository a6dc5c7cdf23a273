"""What a resource's listings say: revisions, branches, tags (REST reference, sections 7 and 8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import orjson

from tcsync.domain import Branch, RevisionRecord, Tag
from tcsync.errors import BadAnswer, SourceError
from tcsync.sources.twc.api import Api, or_none, resource_path
from tcsync.sources.twc.assumptions import NO_NUMBER, REFUSES_DIALECT
from tcsync.sources.twc.dates import epoch_seconds
from tcsync.sources.twc.elements import reference
from tcsync.sources.twc.foreign import NOT_READ, whole_number

HIGHEST_NUMBER = 1 << 53
LISTED_SECONDS = 10.0
KEPT_REVISIONS = 2000
"""So many revisions that were listed are kept for the stream that follows; of some kilobytes each
where they have many roots."""
NO_ROOTS = msgspec.Raw(b"null")

Number = int | str | None


class _Author(msgspec.Struct):
    name: str | None = None


class Commit(msgspec.Struct):
    """An entry of the list of revisions, or a single revision."""

    id: Number = msgspec.field(name="ID", default=None)
    branch: str = msgspec.field(name="branchID", default="")
    author: str | None = None
    author_info: _Author | None = msgspec.field(name="authorInfo", default=None)
    date: int | float | str | None = msgspec.field(name="createdDate", default=None)
    old_date: int | float | str | None = msgspec.field(name="commitDate", default=None)
    message: str | None = msgspec.field(name="description", default=None)
    kind: str | None = msgspec.field(name="commitType", default=None)
    parent: Number = msgspec.field(name="directParent", default=None)
    merged: Number | list[int] = msgspec.field(name="mergedParent", default=None)
    picked: Number | list[int] = msgspec.field(name="pickedRevision", default=None)
    roots: msgspec.Raw = msgspec.field(name="rootObjectIDs", default=NO_ROOTS)


@dataclass(frozen=True, slots=True)
class Listing:
    """All revisions that a resource shows, by number, in rising order."""

    resource: str
    records: Mapping[int, RevisionRecord]
    roots: Mapping[int, msgspec.Raw]

    def newest_on(self, branch: str) -> int | None:
        """Return the newest revision that lies on a branch."""
        numbers = (n for n, record in self.records.items() if record.branch == branch)
        return max(numbers, default=None)


class Listings:
    """What a snapshot listed, for the stream that follows at once: revisions never change.

    One that is older is read anew: a history may have been rewritten since. Filled by several
    threads, each with resources of its own.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[float, Listing]] = {}
        self._room = KEPT_REVISIONS

    def keep(self, listing: Listing) -> None:
        """Keep a listing where there is room for it."""
        if len(listing.records) <= self._room:
            self._room -= len(listing.records)
            self._kept[listing.resource] = self._clock(), listing

    def take(self, resource: str) -> Listing | None:
        """Return the listing of a resource, once; None where there is none of moments ago."""
        listed_at, listing = self._kept.pop(resource, (0.0, None))
        return listing if self._clock() - listed_at < LISTED_SECONDS else None


def read_listing(api: Api, resource: str) -> Listing:
    """Read all revisions of a resource. Raises BadAnswer for a list that contradicts itself."""
    path = resource_path(resource, "revisions")
    entries = api.shaped(f"{path}?includeBody=true", list[Commit | int])
    records: dict[int, RevisionRecord] = {}
    roots: dict[int, msgspec.Raw] = {}
    for entry in entries:
        commit = entry if isinstance(entry, Commit) else read_revision(api, resource, entry)
        record = record_of(api, resource, commit)
        if record.number in records:
            raise api.strange(f"revision {record.number} of {resource} is listed twice")
        records[record.number] = record
        roots[record.number] = commit.roots
    if not records:
        raise api.strange(f"{resource} has no revision at all")
    return Listing(resource, {number: records[number] for number in sorted(records)}, roots)


def read_revision(api: Api, resource: str, number: int) -> Commit:
    """Read one revision: an array whose first entry it is, or an object (8)."""
    path = resource_path(resource, "revisions", number)
    found = api.shaped(path, Commit | list[msgspec.Raw])  # type: ignore[arg-type]
    if isinstance(found, list):
        try:
            found = msgspec.json.decode(found[0], type=Commit)
        except (IndexError, *NOT_READ):
            raise api.strange(f"revision {number} of {resource} is no revision") from None
    found.id = number
    return found


def root_ids(api: Api, listing: Listing, number: int) -> tuple[str, ...]:
    """Return the root elements of a revision in order; asked for where the list has none (16)."""
    try:
        roots = _roots(listing.roots[number])
        if roots is None:
            roots = _roots(read_revision(api, listing.resource, number).roots)
    except NOT_READ as error:
        raise api.strange(f"the roots of revision {number} of {listing.resource}") from error
    if roots is None:
        raise api.strange(f"revision {number} of {listing.resource} names no root elements")
    return roots


def _roots(raw: msgspec.Raw) -> tuple[str, ...] | None:
    value = orjson.loads(bytes(raw))
    if not isinstance(value, list):
        return None
    return tuple(dict.fromkeys(filter(None, map(reference, value))))


def record_of(api: Api, resource: str, commit: Commit) -> RevisionRecord:
    """Return a revision as the record that travels; roots, used projects and digests are empty."""
    number = _number(commit.id)
    branch = commit.branch.rstrip("/").rpartition("/")[2]
    time = epoch_seconds(commit.date)
    if time is None:
        time = epoch_seconds(commit.old_date)
    if number is None or not branch.strip(".") or time is None:
        raise api.strange(f"a revision of {resource} has no number, branch or date")
    parents = [_number(commit.parent), *_numbers(commit.merged)]
    if any(parent is not None and parent >= number for parent in parents):
        raise api.strange(f"revision {number} of {resource} comes before its parent")
    author = commit.author
    if author is None:
        author = (commit.author_info.name if commit.author_info else None) or ""
    return RevisionRecord(
        resource=resource,
        number=number,
        branch=branch,
        parent=parents[0],
        time=time,
        author=author,
        message=commit.message or "",
        content_digest="",
        artifact_digest="",
        merged=_numbers(commit.merged),
        picked=_numbers(commit.picked),
        commit_type=commit.kind or "NORMAL",
    )


def _number(value: object) -> int | None:
    number = whole_number(value)
    if number is None or number in NO_NUMBER:
        return None
    return number if 0 < number < HIGHEST_NUMBER else None


def _numbers(value: object) -> tuple[int, ...]:
    found = value if isinstance(value, list) else [value]
    return tuple(number for one in found if (number := _number(one)) is not None)


def read_branches(api: Api, resource: str, listing: Listing) -> tuple[Branch, ...]:
    """Read the branches; those that the list does not describe are asked for one by one."""
    path = resource_path(resource, "branches")
    found = []
    for entry in contained(api.json(f"{path}?includeBody=true")):
        value = described(entry)
        if value is None:
            id_ = reference(entry)
            value = described(_one(api, resource_path(resource, "branches", id_)))
        if value is not None:
            found.append(_branch(api, value, entry, listing))
    if len({branch.id for branch in found}) != len(found):
        raise api.strange(f"a branch of {resource} is listed twice")
    return tuple(sorted(found, key=lambda branch: branch.id))


def _branch(api: Api, value: dict[str, Any], entry: Any, listing: Listing) -> Branch:
    id_ = reference(value.get("ID")) or reference(entry[0] if isinstance(entry, list) else entry)
    if not id_:
        raise api.strange("a branch has no id")
    start = _number(value.get("startRevision"))
    record = listing.records.get(start) if start is not None else None
    if record is not None and record.branch == id_:
        start = None
    return Branch(
        id_,
        text_of(value, "dcterms:title"),
        start,
        listing.newest_on(id_),
        archived=value.get("removed") is True or value.get("archived") is True,
    )


def tag_entries(api: Api, resource: str) -> list[Any]:
    """Return what the list of tags has of each: its id, or all of it."""
    return contained(api.json(resource_path(resource, "tags")))


def read_tags(api: Api, resource: str) -> tuple[Tag, ...]:
    """Read the tags: their ids, then all of them in one batch."""
    entries = tag_entries(api, resource)
    told = {id_: value for entry in entries if (value := described(entry)) and (id_ := _id(entry))}
    ids = [id_ for entry in entries if (id_ := _id(entry)) and id_ not in told]
    told.update(_tag_bodies(api, resource, ids) if ids else {})
    tags = []
    for id_, value in told.items():
        number = _number(value.get("commitID"))
        if number is None:
            raise api.strange(f"tag {id_} of {resource} lies on no revision")
        title, description = text_of(value, "dcterms:title"), text_of(value, "dcterms:description")
        tags.append(Tag(id_, title, number, description))
    return tuple(sorted(tags, key=lambda tag: tag.id))


def _tag_bodies(api: Api, resource: str, ids: list[str]) -> dict[str, dict[str, Any]]:
    """Return tags by id; where a batch does not give them they are asked for one by one."""
    path = resource_path(resource, "tags")
    try:
        answered = api.batch(path, ids, _by_id, tries_both=False)
    except SourceError as error:
        if error.status not in REFUSES_DIALECT and not isinstance(error, BadAnswer):
            raise
        answered = {}
    found = {}
    for id_ in ids:
        value = described(answered.get(id_))
        if value is None or "commitID" not in value:
            value = described(_one(api, resource_path(resource, "tags", id_)))
        if value is not None:
            found[id_] = value
    return found


def _by_id(text: bytes) -> Mapping[str, Any]:
    return msgspec.json.decode(text, type=dict[str, Any])


def _one(api: Api, path: str) -> Any:
    return or_none(lambda: api.json(path))


def _id(entry: Any) -> str:
    return reference(entry[0] if isinstance(entry, list) and entry else entry)


def contained(value: Any) -> list[Any]:
    """Return what a container holds; it may come in a pair, or be an array itself."""
    if isinstance(value, list):
        holder = next((v for v in value if isinstance(v, dict) and "ldp:contains" in v), None)
        if holder is None:
            return value
        value = holder
    found = value.get("ldp:contains") if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def described(value: Any) -> dict[str, Any] | None:
    """Return the description in a pair, in an item of a batch, or a bare one; None for an id."""
    if isinstance(value, dict) and "data" in value and "status" in value:
        value = value["data"] if str(value["status"]) == "200" else None
    if isinstance(value, list):
        shown = [
            one for one in value if isinstance(one, dict) and "ldp:membershipResource" not in one
        ]
        value = shown[0] if shown else None
    return value if isinstance(value, dict) and len(value) > 1 else None


def text_of(value: Mapping[str, Any], key: str) -> str:
    """Return a text of an object, "" where it has none."""
    found = value.get(key)
    return found if isinstance(found, str) else ""
