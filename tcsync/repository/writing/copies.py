"""What a synchronization does to copies beside their history."""

from __future__ import annotations

from collections.abc import Collection

from tcsync import domain
from tcsync.audit.recording import Actor
from tcsync.errors import Missing
from tcsync.repository.models import Category, Resource
from tcsync.repository.writing import rows
from tcsync.repository.writing.unit import Guard, unit


def ensure_category_copy(
    actor: Actor, owner: int, source: domain.Category, parent: str, guard: Guard | None = None
) -> str:
    """Make or correct the copy of a source's category below `parent`; return its id here."""
    row = Category.objects.filter(origin_owner=owner, origin_id=source.id).first()
    if row is not None and (row.name, row.parent_id) == (source.name, parent):
        return row.id
    with unit(actor, "category.copy", guard) as work:
        row = row or Category(origin_owner=owner, origin_id=source.id)
        row.name, row.parent_id = source.name, parent
        row.save()
        work.tree_changed = True
        work.target("category", row.id, row.name, f"category {row.name} as at the source")
    return row.id


def category_copy(owner: int, source: str) -> str:
    """Return our id of the copy of a source's category. Raises Missing."""
    row = Category.objects.filter(origin_owner=owner, origin_id=source).first()
    if row is None:
        raise Missing(
            f"The copy of the source's category {source} is not here.",
            next_step="Synchronize again: it is made then.",
        )
    return row.id


def record_verification(actor: Actor, resource: str, level: str) -> None:
    """Record that a resource was verified up to its newest revision, just now."""
    with unit(actor, "resource.verified") as work:
        rows.write_verified({resource: level})
        work.target("resource", resource, "", f"verified: {level}")


def delete_copies(actor: Actor, resources: Collection[str], guard: Guard | None = None) -> None:
    """Delete read-only copies for good; their bytes are left to the collector."""
    with unit(actor, "copy.delete", guard) as work:
        copies = Resource.objects.filter(id__in=resources, read_only=True)
        names = sorted(copies.values_list("name", flat=True))
        if len(names) != len(set(resources)):
            raise Missing("Not all of these are copies on this node; nothing was deleted.")
        work.resources |= set(resources)
        work.target("resource", ",".join(sorted(resources))[:200], "", f"{len(names)} deleted")
        work.details["names"] = names
        copies.delete()


def detach_copies(actor: Actor, resources: Collection[str]) -> None:
    """Take the read-only flag off copies that no configuration owns; the caller checked that."""
    with unit(actor, "copy.remove-read-only", None) as work:
        copies = Resource.objects.filter(id__in=resources, read_only=True)
        work.resources |= set(copies.values_list("id", flat=True))
        work.target("resource", ",".join(sorted(resources))[:200], "", "made editable")
        copies.update(read_only=False)
