"""Categories, and where local resources lie in them: permission first, then the one writer."""

from __future__ import annotations

from syncconfigs.rights import require, require_synchronize
from tcsync.access.permissions import Action
from tcsync.audit.recording import Actor
from tcsync.errors import Missing
from tcsync.repository import writing
from tcsync.repository.models import Category, Resource
from tcsync.repository.reading import Tree


def make_category(actor: Actor, name: str, parent: str = "") -> Category:
    """Make a category inside `parent`; empty: in no other. Raises NotAllowed, Missing, Clash."""
    if not parent:
        require(actor, Action.SYNCHRONIZE, ())
    else:
        _check_category(parent)
        require_synchronize(actor, parent)
    return writing.make_category(actor, name, parent or None)


def rename_resource(actor: Actor, resource: Resource, name: str) -> None:
    """Rename a local resource. Raises NotAllowed, ReadOnly, Missing."""
    require(actor, Action.EDIT, Tree.load().path(resource.category_id))
    writing.rename_resource(actor, resource.id, name)


def move_resource(actor: Actor, resource: Resource, category: str) -> None:
    """Move a local resource; it takes the right to edit at both ends.

    Raises NotAllowed, ReadOnly, Missing.
    """
    _check_category(category)
    tree = Tree.load()
    require(actor, Action.EDIT, tree.path(resource.category_id))
    require(actor, Action.EDIT, tree.path(category))
    writing.move_resource(actor, resource.id, category)


def _check_category(category: str) -> None:
    if not Category.objects.filter(id=category).exists():
        raise Missing(f"There is no category {category} here.", next_step="Choose another one.")
