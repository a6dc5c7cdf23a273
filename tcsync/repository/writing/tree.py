"""Categories and what may change of local resources without a revision."""

from __future__ import annotations

from django.utils import timezone

from tcsync import domain
from tcsync.audit.recording import Actor
from tcsync.errors import Clash, Missing, ReadOnly
from tcsync.repository.models import Category, Resource, Revision, Tag
from tcsync.repository.writing.unit import unit


def make_category(actor: Actor, name: str, parent: str | None = None) -> Category:
    """Make a category of our own. Raises Clash when its parent holds one of that name."""
    with unit(actor, "category.create") as work:
        if Category.objects.filter(parent=parent, name=name).exists():
            raise Clash(
                f"There is a category called {name!r} in that place already.",
                next_step="Choose another name or another place.",
            )
        category = Category.objects.create(name=name, parent_id=parent)
        work.tree_changed = True
        work.target("category", category.id, name, f"category {name} made")
    return category


def ensure_category_path(actor: Actor, path: str) -> Category:
    """Return the category at `A/B/C`, making what is missing; Uncategorized for an empty path."""
    category = Category.objects.get(id=domain.UNCATEGORIZED_ID)
    parent: str | None = None
    for name in filter(None, (part.strip() for part in path.split("/"))):
        found = Category.objects.filter(parent=parent, name=name, origin_owner=None).first()
        category = found or make_category(actor, name, parent)
        parent = category.id
    return category


def local_resource(resource: str) -> Resource:
    """Return the locked row of a local resource, within a unit. Raises Missing, ReadOnly."""
    row = Resource.objects.select_for_update().filter(id=resource, removed_at=None).first()
    if row is None:
        raise Missing(f"There is no resource {resource} here.")
    if row.read_only:
        raise ReadOnly(f"{row.name} ({row.id}) is a read-only copy.")
    return row


def rename_resource(actor: Actor, resource: str, name: str) -> None:
    """Rename a local resource. Raises ReadOnly for a copy: its source decides its name."""
    with unit(actor, "resource.rename") as work:
        row = local_resource(resource)
        work.target("resource", row.id, name, f"{row.name} renamed to {name}")
        work.resources.add(row.id)
        row.name = name
        row.save(update_fields=["name", "modified"])


def move_resource(actor: Actor, resource: str, category: str) -> None:
    """Move a local resource into a category. Raises ReadOnly for a copy, Missing."""
    with unit(actor, "resource.move") as work:
        row = local_resource(resource)
        place = Category.objects.filter(id=category).first()
        if place is None:
            raise Missing(f"There is no category {category} here.")
        work.target("resource", row.id, row.name, f"{row.name} moved to {place.name}")
        work.resources.add(row.id)
        row.category = place
        row.save(update_fields=["category", "modified"])


def remove_resource(actor: Actor, resource: str) -> None:
    """Mark a local resource as deleted; its history stays. Raises ReadOnly for a copy, Missing."""
    with unit(actor, "resource.remove") as work:
        row = local_resource(resource)
        work.target("resource", row.id, row.name, f"{row.name} marked as deleted")
        work.resources.add(row.id)
        row.removed_at = timezone.now()
        row.save(update_fields=["removed_at", "modified"])


def put_tag(actor: Actor, resource: str, tag: domain.Tag) -> None:
    """Put a tag on a revision of a local resource, or move it there."""
    with unit(actor, "tag.put") as work:
        row = local_resource(resource)
        if not Revision.objects.filter(resource=row, number=tag.revision).exists():
            raise Missing(f"{row.name} has no revision {tag.revision} to put a tag on.")
        Tag.objects.update_or_create(
            resource=row,
            uid=tag.id,
            defaults={
                "name": tag.name,
                "number": tag.revision,
                "description": tag.description,
            },
        )
        row.save(update_fields=["modified"])
        work.target("resource", row.id, row.name, f"tag {tag.name} put on {tag.revision}")
        work.resources.add(row.id)


def remove_tag(actor: Actor, resource: str, tag: str) -> None:
    """Remove a tag of a local resource; the history stays as it is."""
    with unit(actor, "tag.remove") as work:
        row = local_resource(resource)
        if not Tag.objects.filter(resource=row, uid=tag).delete()[0]:
            raise Missing(f"{row.name} has no tag {tag}.")
        row.save(update_fields=["modified"])
        work.target("resource", row.id, row.name, f"tag {tag} removed")
        work.resources.add(row.id)
