"""What a synchronization does to copies beside their history."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from tcsync import domain
from tcsync.amounts import counted
from tcsync.audit.recording import Actor
from tcsync.errors import Missing
from tcsync.repository import reading
from tcsync.repository.models import Category, Resource, Walk
from tcsync.repository.ways import shelf_of
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


def adopt_category_copies(
    actor: Actor, owner: int, picked: str, parent: str, node: str, living: Collection[int]
) -> None:
    """Hand the tree that a deleted configuration left below `parent` over to a new one.

    Nothing happens where there is none (`reading.left_tree`, which also says what is meant by the
    arguments).
    """
    row = reading.left_tree(picked, parent, node, living)
    if row is None:
        return
    with unit(actor, "category.adopt") as work:
        Category.objects.filter(origin_owner=row.origin_owner).update(origin_owner=owner)
        work.target("category", row.id, row.name, f"taken over with all below {row.name}")


def delete_empty_category_copies(actor: Actor, owner: int) -> None:
    """Delete the categories that a configuration made, as far as nothing lies in them."""
    gone: list[str] = []
    while True:
        tree = Category.objects.filter(origin_owner=owner, resources=None, children=None)
        # Other tables may point at a category too (a configuration into it): it stays then.
        empty = [row for row in tree if not is_protected(row)]
        if not empty:
            break
        gone += [row.name for row in empty]
        Category.objects.filter(id__in=[row.id for row in empty]).delete()
    if gone:
        with unit(actor, "category.delete") as work:
            work.tree_changed = True
            work.target("category", "", "", f"{len(gone)} empty categories deleted")
            work.details["names"] = gone


def is_protected(row: Category) -> bool:
    """Tell whether some row of another table points at a category."""
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: row}).exists()
        for relation in Category._meta.related_objects
    )


def record_verification(actor: Actor, resource: str, level: str) -> None:
    """Record that a resource was verified up to its newest revision, just now."""
    with unit(actor, "resource.verified") as work:
        rows.write_verified({resource: level})
        work.target("resource", resource, "", f"verified: {level}")


@dataclass(frozen=True, slots=True)
class WalkedBranch:
    """What a full walk of a branch's head showed, and as whom the source was read."""

    resource: str
    branch: str
    number: int
    account: str
    rights: str
    elements: int
    artifacts: int
    differing: int
    found: tuple[str, ...]


def record_walk(actor: Actor, walked: WalkedBranch, guard: Guard | None = None) -> None:
    """Record the last full walk of a branch's head.

    When those of all branches are of their present heads and equal, the copy is verified by head
    walk up to its newest revision; a walk that is not equal takes that back.
    """
    with unit(actor, "resource.walked", guard) as work:
        Walk.objects.update_or_create(
            resource_id=walked.resource,
            branch=walked.branch,
            defaults={
                "number": walked.number,
                "account": walked.account[:200],
                "rights": walked.rights,
                "elements": walked.elements,
                "artifacts": walked.artifacts,
                "differing": walked.differing,
                "found": "\n".join(walked.found),
            },
        )
        if walked.differing:
            rows.write_verified({walked.resource: "received"})
        elif all(reading.is_walked(*pair) for pair in reading.heads_and_walks(walked.resource)):
            rows.write_verified({walked.resource: "head_walk"})
        said = f"{walked.differing} differ" if walked.differing else "equal"
        summary = f"head {walked.number}: {counted(walked.elements, 'element')} walked, {said}"
        work.target("resource", walked.resource, "", summary)


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
        for id_ in resources:
            transaction.on_commit(shelf_of(id_).clear)
