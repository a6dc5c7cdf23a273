"""A category tree with its resources as nested values, for the pages that show it as lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tcsync.domain import Category

DEEPEST = 30
"""What lies deeper is shown at this depth: templates and eyes have their limits."""


@dataclass(slots=True)
class Node:
    """A category with what is in it. `leaves` are resources, or how many there are."""

    category: Category
    leaves: Any = ()
    children: list[Node] = field(default_factory=list)
    total: int = 0
    """Resources in it and below."""


def outline(
    categories: Iterable[Category], leaves: Mapping[str, Any], size: Any = len
) -> list[Node]:
    """Return the roots of the tree, all sorted by name.

    A category whose parent is not among them is a root. `size` counts the leaves of a category.
    """
    nodes = {c.id: Node(c, leaves.get(c.id, ())) for c in categories}
    under: dict[str | None, list[Node]] = {}
    for node in sorted(nodes.values(), key=lambda n: (n.category.name.casefold(), n.category.id)):
        parent = node.category.parent if node.category.parent in nodes else None
        under.setdefault(parent, []).append(node)
    roots = under.get(None, [])
    order = _hang(roots, under)
    for node in reversed(order):
        node.total = (size(node.leaves) if node.leaves else 0) + sum(c.total for c in node.children)
    return roots


def _hang(roots: list[Node], under: Mapping[str | None, list[Node]]) -> list[Node]:
    """Give each node its children; return the nodes, parents before children."""
    order: list[Node] = []
    todo = [(root, 0) for root in roots]
    while todo:
        node, depth = todo.pop()
        order.append(node)
        children = under.get(node.category.id, [])
        if depth < DEEPEST:
            node.children = children
            todo += [(child, depth + 1) for child in children]
        else:
            node.children = _flat(children, under)
            order += node.children
    return order


def _flat(children: list[Node], under: Mapping[str | None, list[Node]]) -> list[Node]:
    """Return these nodes and all below them as one list."""
    found = list(children)
    for node in found:  # grows while it is read
        found += under.get(node.category.id, [])
    return found
