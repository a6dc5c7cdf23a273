"""Where things go: the tree of the followed categories, made again below the target category."""

from __future__ import annotations

from tcsync.domain import Category, Scope, Snapshot
from tcsync.sync.steps import CategoryStep, Mark


def place(scope: Scope, category: str) -> str | None:
    """Return the source category whose copy holds a resource; None is the target category.

    A resource that was picked by itself lies in the target category wherever it is at the source.
    """
    return category if scope.selection.categories and not scope.flatten else None


def copy_of(scope: Scope, category: str | None) -> str | None:
    """Return our id of a source category; None when its copy does not exist yet."""
    return scope.target_category if category is None else scope.category_copies.get(category)


def steps(scope: Scope, source: Snapshot, target: Snapshot) -> tuple[CategoryStep, ...]:
    """Return the steps that make the tree, parents before their children."""
    if not scope.selection.categories or scope.flatten:
        return ()
    shown = {category.id: category for category in source.categories}
    here = {category.id: category for category in target.categories}
    found = []
    for category in sorted(shown.values(), key=lambda c: (len(_path(c, shown)), c.name, c.id)):
        parent = category.parent if category.parent in shown else None
        marks = _marks(scope, category, parent, here)
        if marks:
            found.append(CategoryStep(category, parent, marks))
    return tuple(found)


def _path(category: Category, shown: dict[str, Category]) -> list[str]:
    path: list[str] = []
    at: Category | None = category
    while at is not None and at.id not in path:
        path.append(at.id)
        at = shown.get(at.parent or "")
    return path


def _marks(
    scope: Scope, category: Category, parent: str | None, here: dict[str, Category]
) -> tuple[Mark, ...]:
    copy = here.get(scope.category_copies.get(category.id, ""))
    if copy is None:
        return (Mark.NEW,)
    renamed = (Mark.RENAMED,) if copy.name != category.name else ()
    moved = (Mark.MOVED,) if copy.parent != copy_of(scope, parent) else ()
    return renamed + moved
