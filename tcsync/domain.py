"""The values that travel between layers: what a repository holds, seen from outside.

A Snapshot describes a source and our repository alike, so that the planner compares like with
like. Everything here is frozen; times are UTC epoch seconds; digests are lower-case hex SHA-256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import orjson

UNCATEGORIZED_ID = "4d6ce495-1273-452c-a548-36fcd922184e"
"""The built-in category; Teamwork Cloud servers share this id (rest-api, section 5)."""


@dataclass(frozen=True, slots=True)
class Category:
    """A node of the category tree; `parent` is None at the top."""

    id: str
    name: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """A name for its newest revision. `start` is the revision it was made from, None for a root."""

    id: str
    name: str
    start: int | None
    head: int | None
    head_digest: str = ""
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Tag:
    """A label on a revision; it can be put, moved and removed later."""

    id: str
    name: str
    revision: int
    description: str = ""


@dataclass(frozen=True, slots=True)
class Hop:
    """A node that a copy passed through: its UUID and the name it gives itself."""

    node: str
    name: str


@dataclass(frozen=True, slots=True)
class RevisionRef:
    """What a plan needs to know of a revision.

    `digest` is its listing fingerprint where the source has no digests.
    """

    number: int
    branch: str
    parent: int | None
    digest: str
    merged: tuple[int, ...] = ()
    raw_bytes: int = 0
    changes: int = 0
    """How many elements it changes; both are 0 where the source cannot tell."""


@dataclass(frozen=True, slots=True)
class KnownHead:
    """A branch head as the asking side holds it."""

    branch: str
    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A revision as the asking side holds it, for a source that has no digests.

    The author stands beside the fingerprint: an author that was renamed since is no other history.
    `gone`: that the source's housekeeping deleted it is known already.
    """

    number: int
    fingerprint: str
    author: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What the asking side holds of a resource: its branch heads and how many revisions in all.

    `listing` holds all of them, only for a source that has no digests.
    """

    heads: tuple[KnownHead, ...] = ()
    revisions: int = 0
    listing: tuple[Listed, ...] = ()


@dataclass(frozen=True, slots=True)
class Divergence:
    """A known head that this side does not hold: `found` is its digest here, None when absent."""

    branch: str
    number: int
    expected: str
    found: str | None


@dataclass(frozen=True, slots=True)
class Resource:
    """A project with its branches and tags; `revisions` lists those not below a known head."""

    id: str
    project_id: str
    name: str
    category: str
    trunk: str
    branches: tuple[Branch, ...] = ()
    tags: tuple[Tag, ...] = ()
    revisions: tuple[RevisionRef, ...] = ()
    divergences: tuple[Divergence, ...] = ()
    description: str = ""
    origin: str = ""
    hops: tuple[Hop, ...] = ()
    read_only: bool = False
    removed: bool = False
    gone_branches: tuple[str, ...] = ()
    gone_revisions: tuple[int, ...] = ()
    """Known revisions that the source's housekeeping deleted, found by a source without digests."""
    revision_count: int = 0
    fault: str = ""
    """Why the source could not tell what it holds of this resource; it is left alone."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a source, or our repository, holds within a scope at one moment."""

    node: str
    epoch: str
    name: str
    major_version: str
    categories: tuple[Category, ...] = ()
    resources: tuple[Resource, ...] = ()
    missing: tuple[str, ...] = ()
    """Picked ids that do not exist there, or that this account may not see."""
    tells_sizes: bool = True
    """Whether revisions come with their bytes and the number of elements that they change."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a repository says it is. Another epoch means that cursors of its feed no longer count.

    `rights` is what the account may do there, in the server's words, where it tells.
    """

    uuid: str
    epoch: str
    name: str
    major_version: str
    account: str = ""
    rights: str = ""
    """What the account may read there, in words, as far as the source tells."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a feed says after a cursor. `complete` is False when there is more at once."""

    epoch: str
    cursor: int
    resources: tuple[str, ...]
    tree_changed: bool
    complete: bool


@dataclass(frozen=True, slots=True)
class HeadUses:
    """What a resource uses at the head of a branch, as its revision tells (`tcsync.uses`)."""

    branch: str
    number: int
    used_projects: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """What one configuration follows: single resources, or categories with all below them."""

    resources: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RevisionRecord:
    """Everything that a revision is, but for its changeset; the digest covers all that is fixed.

    `offset` is the author's UTC offset in minutes: kept for display, not part of the digest.
    """

    resource: str
    number: int
    branch: str
    parent: int | None
    time: int
    author: str
    message: str
    content_digest: str
    artifact_digest: str
    merged: tuple[int, ...] = ()
    picked: tuple[int, ...] = ()
    offset: int = 0
    commit_type: str = "NORMAL"
    root_ids: tuple[str, ...] = ()
    used_projects: tuple[Mapping[str, object], ...] = ()
    hole_before: bool = False
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Chronicle:
    """A resource with all that listings show of its history, to be compared.

    `records` rise by number and are to be read once, before the next resource is asked for. Those
    of branch heads name their used projects; digests are empty where the source promises none. A
    resource with a fault has no records.
    """

    resource: Resource
    records: Iterable[RevisionRecord] = ()


@dataclass(frozen=True, slots=True)
class PackPlace:
    """Where a pack lies, how long it is, and the digest that its bytes must have."""

    object: str
    offset: int
    length: int
    digest: str


@dataclass(frozen=True, slots=True)
class ArtifactRef:
    """An entry of a revision's artifact manifest."""

    id: str
    name: str
    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class Scope:
    """What a plan is about: the selection, where it goes, and what this node has promised others.

    `owner` is the configuration's number; `owned` are the Resource IDs that it has claimed so far,
    `released` those of them that are no longer synchronized. `category_copies` leads from the
    source's categories to the copies it has made of them. `claimed` maps Resource IDs that other
    configurations own to a description of the owner; `excluded` holds copies that were deleted or
    detached here, `elsewhere` copies without an owner that may not be taken over; `differing` leads
    from copies whose content is known to differ from the source's to what was found.
    """

    selection: Selection
    target_category: str
    owner: int
    tags: tuple[str, ...] = ()
    late_tags: bool = True
    """Whether a tag also counts on a revision that is older than the newest one here."""
    claimed: Mapping[str, str] = field(default_factory=dict)
    excluded: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    differing: Mapping[str, str] = field(default_factory=dict)
    owned: frozenset[str] = frozenset()
    released: frozenset[str] = frozenset()
    category_copies: Mapping[str, str] = field(default_factory=dict)
    allow_equal_names: bool = False
    flatten: bool = False
    version_policy: str = "refuse"


def _sha256(*parts: object) -> str:
    return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()


def revision_digest(record: RevisionRecord, parent_digest: str) -> str:
    """Return the digest of a revision; `parent_digest` is empty for a root or after a hole.

    Same digest, same history: it covers the digest of the direct parent, and so all before it.
    """
    return _sha256(
        "tcsync-revision-1",
        record.resource,
        record.number,
        record.branch,
        parent_digest,
        record.parent,
        record.merged,
        record.picked,
        record.time,
        record.author,
        record.message,
        record.commit_type,
        record.content_digest,
        record.artifact_digest,
        record.root_ids,
        record.used_projects,
    )


def listing_fingerprint(record: RevisionRecord) -> str:
    """Return the digest of what a poll of a listing shows of a revision."""
    return _sha256(
        "tcsync-listing-1",
        record.number,
        record.branch,
        record.parent,
        record.author,
        record.time,
        record.message,
    )


def metadata_digest(resource: Resource, category_path: tuple[str, ...] = ()) -> str:
    """Return the digest of what may change without a new revision: names, branches, heads, tags."""
    return _sha256(
        "tcsync-metadata-1",
        resource.name,
        resource.project_id,
        resource.description,
        resource.trunk,
        category_path,
        sorted(
            (b.id, b.name, b.start, b.head, b.head_digest, b.archived) for b in resource.branches
        ),
        sorted((t.id, t.name, t.revision, t.description) for t in resource.tags),
    )
