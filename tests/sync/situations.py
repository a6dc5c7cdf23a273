"""Small snapshots for the planner's tests."""

from __future__ import annotations

from dataclasses import replace

from tcsync.domain import (
    Branch,
    Category,
    Resource,
    RevisionRef,
    Scope,
    Selection,
    Snapshot,
    Tag,
)

TARGET_CATEGORY = "target-category"
SPACE = Category("c-space", "Space")
ENGINES = Category("c-engines", "Engines", "c-space")


def ref(number: int, parent: int | None = None, branch: str = "trunk", *merged: int) -> RevisionRef:
    return RevisionRef(number, branch, parent, f"digest-{number}", tuple(merged), 100, 3)


def resource(id_: str = "r1", **changes: object) -> Resource:
    """A resource with three revisions on its trunk, in category Space."""
    whole = Resource(
        id=id_,
        project_id=f"PROJECT-{id_}",
        name=f"Name {id_}",
        category=SPACE.id,
        trunk="trunk",
        branches=(Branch("trunk", "trunk", None, 3, "digest-3"),),
        revisions=(ref(1), ref(2, 1), ref(3, 2)),
        revision_count=3,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def source(*resources: Resource, **changes: object) -> Snapshot:
    whole = Snapshot(
        "node-a", "epoch-a", "A", "2024x", categories=(SPACE, ENGINES), resources=resources
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def target(*resources: Resource, **changes: object) -> Snapshot:
    whole = Snapshot("node-b", "epoch-b", "B", "2024x", resources=resources)
    return replace(whole, **changes)  # type: ignore[arg-type]


def copy(id_: str = "r1", **changes: object) -> Resource:
    """The finished copy of `resource(id_)`, lying in the target category."""
    values: dict[str, object] = {"category": TARGET_CATEGORY, "read_only": True, "revisions": ()}
    return resource(id_, **{**values, **changes})


def scope(**changes: object) -> Scope:
    picked = Scope(Selection(resources=("r1",)), TARGET_CATEGORY, owner=1)
    return replace(picked, **changes)  # type: ignore[arg-type]


def tag(name: str, revision: int) -> Tag:
    return Tag(f"tag-{name}", name, revision)
