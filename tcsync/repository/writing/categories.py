"""What may change of categories of our own: name, place, and whether there is one."""

from __future__ import annotations

from tcsync.audit.recording import Actor
from tcsync.errors import Clash, Missing, ReadOnly
from tcsync.repository.models import Category, Resource
from tcsync.repository.reading import Tree
from tcsync.repository.writing.copies import is_protected
from tcsync.repository.writing.unit import unit


def change_category(actor: Actor, category: str, name: str, parent: str | None) -> None:
    """Rename and move a category. Raises Missing, ReadOnly for a copy, Clash."""
    with unit(actor, "category.change") as work:
        row = _own(category)
        if parent is not None and category in Tree.load().path(parent):
            raise Clash(f"{row.name} would lie in itself.", next_step="Choose another place.")
        taken = Category.objects.filter(parent=parent, name=name).exclude(id=category)
        if taken.exists():
            raise Clash(
                f"There is a category called {name!r} in that place already.",
                next_step="Choose another name or another place.",
            )
        work.details = {"name": [row.name, name], "parent": [row.parent_id, parent]}
        row.name, row.parent_id = name, parent
        row.save(update_fields=["name", "parent"])
        work.tree_changed = True
        work.target("category", row.id, name, f"category {name} renamed or moved")


def holds_copies(category: str) -> bool:
    """Tell whether copies lie in or below a category, or a configuration leads there."""
    below = Tree.load().below([category])
    rows = Category.objects.filter(id__in=below)
    if rows.exclude(origin_owner=None).exists():
        return True
    if Resource.objects.filter(category__in=below, read_only=True).exists():
        return True
    return any(
        relation.related_model._base_manager.filter(
            **{f"{relation.field.name}__in": below}
        ).exists()
        for relation in Category._meta.related_objects
        if relation.related_model not in (Category, Resource)
    )


def delete_category(actor: Actor, category: str) -> None:
    """Delete a category in which nothing lies. Raises Missing, ReadOnly for a copy, Clash."""
    with unit(actor, "category.delete") as work:
        row = _own(category)
        if row.children.exists() or row.resources.exists() or is_protected(row):
            raise Clash(
                f"{row.name} is not empty, or is the target of a configuration.",
                next_step="Move or remove what is in it first.",
            )
        work.tree_changed = True
        work.target("category", row.id, row.name, f"category {row.name} deleted")
        row.delete()


def _own(category: str) -> Category:
    row = Category.objects.select_for_update().filter(id=category).first()
    if row is None:
        raise Missing(f"There is no category {category} here.")
    if row.origin_owner is not None:
        raise ReadOnly(f"{row.name} ({row.id}) is a read-only copy.")
    if row.is_uncategorized:
        raise ReadOnly(f"{row.name} always exists and stays where it is.")
    return row
