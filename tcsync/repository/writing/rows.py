"""The rows of a batch: made, compared with what is there, written. Called inside a unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass

from django.db.models import F
from django.utils import timezone

from tcsync import domain
from tcsync.domain import ArtifactRef, PackPlace, RevisionRecord
from tcsync.errors import Clash, Missing, ReadOnly
from tcsync.packs import PackSummary
from tcsync.repository.among import among
from tcsync.repository.bulk import insert
from tcsync.repository.models import Blob, Branch, Resource, Revision, Tag
from tcsync.repository.writing.chunks import ROWS_AT_ONCE, chunks
from tcsync.repository.writing.heads import advance


@dataclass(frozen=True, slots=True)
class Description:
    """A resource as it is to be, in a category of ours."""

    resource: domain.Resource
    category: str
    hops: tuple[domain.Hop, ...]


@dataclass(frozen=True, slots=True)
class ArtifactWanted:
    """Bytes of an artifact that some revision of a batch needs."""

    resource: str
    number: int
    ref: ArtifactRef


@dataclass(frozen=True, slots=True)
class Vanished:
    """Branches by id, and revisions by number, that the source's housekeeping deleted."""

    branches: tuple[str, ...] = ()
    revisions: tuple[int, ...] = ()


NOTHING = Vanished()


@dataclass(frozen=True, slots=True)
class Before:
    """What a new revision must know of its direct parent."""

    digest: str
    total: int


def before(resource: str, number: int) -> Before:
    """Return what a child of this revision must know. Raises Missing."""
    row = Revision.objects.filter(resource=resource, number=number).values("digest", "total")
    if not row:
        raise Missing(f"Revision {number} of {resource}, the parent of the next one, is not here.")
    return Before(**row[0])


def blobs_here(digests: Iterable[str]) -> set[str]:
    """Return those of the digests whose bytes the store has."""
    found: set[str] = set()
    for some in chunks(digests):
        found |= set(Blob.objects.filter(digest__in=some).values_list("digest", flat=True))
    return found


def revision_row(
    revision: RevisionRecord, summary: PackSummary, place: PackPlace, total_before: int
) -> Revision:
    """Return the row of a revision whose pack was verified."""
    return Revision(
        resource_id=revision.resource,
        number=revision.number,
        branch=revision.branch,
        parent=revision.parent,
        merged=list(revision.merged),
        picked=list(revision.picked),
        hole_before=revision.hole_before,
        time=revision.time,
        offset=revision.offset,
        author=revision.author,
        message=revision.message,
        commit_type=revision.commit_type,
        root_ids=list(revision.root_ids),
        used_projects=[dict(used) for used in revision.used_projects],
        digest=revision.digest,
        fingerprint=domain.listing_fingerprint(revision),
        content_digest=summary.content_digest,
        artifact_digest=summary.artifact_digest,
        object=place.object,
        place=place.offset,
        length=place.length,
        pack_digest=place.digest,
        raw_bytes=summary.raw_bytes,
        added=summary.added,
        edited=summary.edited,
        removed=summary.removed,
        artifacts_changed=summary.artifacts_put + summary.artifacts_removed,
        total=total_before + summary.added - summary.removed,
    )


def is_visible(row: Revision) -> bool:
    """Return whether exactly this row was committed."""
    return Revision.objects.filter(
        resource=row.resource_id, number=row.number, object=row.object, place=row.place
    ).exists()


def refuse_other_kind(resources: Collection[str], *, copies: bool) -> None:
    """Raise when a copy would be written as a local resource, or the reverse."""
    for some in chunks(resources):
        other = Resource.objects.filter(among("id", some), read_only=not copies).first()
        if other is None:
            continue
        if copies:
            raise Clash(
                f"{other.name} ({other.id}) exists here as a local resource.",
                next_step="Remove or rename one of the two, then synchronize again.",
            )
        raise ReadOnly(f"{other.name} ({other.id}) is a read-only copy.")


def write_resources(wanted: Mapping[str, Description], *, copies: bool) -> set[str]:
    """Create or update resources with their branches; return the ids of those that changed."""
    changed: set[str] = set()
    refuse_other_kind(wanted.keys(), copies=copies)
    for some in chunks(wanted):
        here = {row.id: row for row in Resource.objects.filter(among("id", some))}
        new = [_new_resource(wanted[i], copies=copies) for i in some if i not in here]
        insert(new)
        changed |= {row.id for row in new}
        for id_, row in here.items():
            if _update_resource(row, wanted[id_]):
                changed.add(id_)
        changed |= _write_branches(some, wanted)
    return changed


def _new_resource(wanted: Description, *, copies: bool) -> Resource:
    described = wanted.resource
    return Resource(
        id=described.id,
        project_id=described.project_id,
        name=described.name,
        description=described.description,
        category_id=wanted.category,
        trunk=described.trunk,
        read_only=copies,
        origin=described.origin,
        hops=[asdict(hop) for hop in wanted.hops],
    )


def _update_resource(row: Resource, wanted: Description) -> bool:
    described = wanted.resource
    values = {
        "name": described.name,
        "description": described.description,
        "category_id": wanted.category,
        "trunk": described.trunk,
        "origin": described.origin,
        "hops": [asdict(hop) for hop in wanted.hops],
        "removed_at": None,
    }
    stale = [name for name, value in values.items() if getattr(row, name) != value]
    for name in stale:
        setattr(row, name, values[name])
    if stale:
        row.save(update_fields=[name.removesuffix("_id") for name in stale] + ["modified"])
    return bool(stale)


def _write_branches(resources: list[str], wanted: Mapping[str, Description]) -> set[str]:
    here = {
        (row.resource_id, row.uid): row
        for row in Branch.objects.filter(among("resource", resources))
    }
    new, stale = [], []
    for id_ in resources:
        for branch in wanted[id_].resource.branches:
            row = here.get((id_, branch.id))
            if row is None:
                row = Branch(resource_id=id_, uid=branch.id)
                new.append(row)
            elif (row.name, row.start, row.archived, row.gone_at_source) == (
                branch.name,
                branch.start,
                branch.archived,
                False,
            ):
                continue
            else:
                stale.append(row)
            row.name, row.start, row.archived = branch.name, branch.start, branch.archived
    for row in (row for row in stale if row.gone_at_source):
        # It is there again, and so are its revisions.
        Revision.objects.filter(resource=row.resource_id, branch=row.uid).update(
            gone_at_source=False
        )
        row.gone_at_source = False
    insert(new)
    Branch.objects.bulk_update(stale, ["name", "start", "archived", "gone_at_source"])
    return {row.resource_id for row in [*new, *stale]}


def write_blobs(blobs: Mapping[str, Blob]) -> None:
    """Write rows of artifact bytes; a row whose bytes another writer brought first stays."""
    insert(blobs.values(), ignore_conflicts=True)


def write_revisions(revisions: list[Revision]) -> set[str]:
    """Write revisions, move the heads of their branches and count; return the resources' ids."""
    insert(revisions)
    return advance(revisions)


def write_gone(gone: Mapping[str, Vanished]) -> set[str]:
    """Mark branches with the revisions on them, and other revisions, as gone at the source."""
    for resource, those in gone.items():
        branches = Branch.objects.filter(resource=resource, uid__in=those.branches)
        branches.update(gone_at_source=True)
        revisions = Revision.objects.filter(resource=resource)
        revisions.filter(branch__in=those.branches).update(gone_at_source=True)
        for some in chunks(those.revisions):
            revisions.filter(number__in=some).update(gone_at_source=True)
    return set(gone)


def write_verified(verified: Mapping[str, str]) -> None:
    """Record how these resources were verified, up to their newest revision, just now."""
    by_level: dict[str, list[str]] = defaultdict(list)
    for resource, level in verified.items():
        by_level[level].append(resource)
    for level, resources in by_level.items():
        for some in chunks(resources):
            Resource.objects.filter(among("id", some)).update(
                verified_level=level,
                verified_revision=F("head_number"),
                verified_at=timezone.now(),
            )


def write_tags(wanted: Mapping[str, tuple[domain.Tag, ...]]) -> set[str]:
    """Make the tags of each resource exactly these; return the resources that changed."""
    changed: set[str] = set()
    for some in chunks(wanted):
        here: dict[str, dict[str, Tag]] = defaultdict(dict)
        for row in Tag.objects.filter(among("resource", some)):
            here[row.resource_id][row.uid] = row
        new: list[Tag] = []
        stale: list[Tag] = []
        gone: list[Tag] = []
        for id_ in some:
            tags = {tag.id: tag for tag in wanted[id_]}
            gone += [row for uid, row in here[id_].items() if uid not in tags]
            for uid, tag in tags.items():
                row = here[id_].get(uid) or Tag(resource_id=id_, uid=uid)
                values = (tag.name, tag.revision, tag.description)
                if (row.name, row.number, row.description) != values:
                    row.name, row.number, row.description = values
                    (stale if row.pk else new).append(row)
        changed |= {row.resource_id for row in [*new, *stale, *gone]}
        Tag.objects.filter(pk__in=[row.pk for row in gone]).delete()
        insert(new)
        Tag.objects.bulk_update(stale, ["name", "number", "description"], batch_size=ROWS_AT_ONCE)
    for some in chunks(changed):
        Resource.objects.filter(id__in=some).update(modified=timezone.now())
    return changed
