"""What Data Manager lists: resources, categories, branches and revisions, a line each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from syncconfigs.models import Claim
from tcsync.amounts import counted
from tcsync.repository.models import Branch, Category, Resource, Revision
from tcsync.repository.reading import Tree

ROWS_AT_ONCE = 500


def resources(*, marked: bool = False) -> Iterator[str]:
    """Yield the resources by name; `marked`: those that are marked as deleted, and only they."""
    rows = Resource.objects.filter(removed_at__isnull=not marked).order_by("name", "id")
    owned = set(Claim.objects.values_list("resource", flat=True))
    tree = Tree.load()
    for row in rows.iterator(ROWS_AT_ONCE):
        place = " / ".join(tree.names(row.category_id))
        how = _how(row, is_owned=row.id in owned)
        when = f", marked {row.removed_at:%Y-%m-%d %H:%M} UTC" if row.removed_at else ""
        many = counted(row.revision_count, "revision")
        yield f"{row.id}  {row.name}  ({place}; {many}, {how}{when})"


def _how(row: Resource, *, is_owned: bool) -> str:
    if row.read_only:
        return "read-only, synchronized" if is_owned else "read-only, no longer synchronized"
    return "made editable" if row.released_at else "local"


def categories() -> Iterator[str]:
    """Yield the categories by their paths."""
    tree = Tree.load()
    ids = Category.objects.values_list("id", flat=True)
    for path, id_ in sorted((" / ".join(tree.names(id_)), id_) for id_ in ids):
        yield f"{id_}  {path}"


def branches(resource: Resource) -> Iterator[str]:
    """Yield the branches of a resource by name."""
    for row in Branch.objects.filter(resource=resource).order_by("name", "uid"):
        marks = [
            "trunk" if row.uid == resource.trunk else "",
            "archived" if row.archived else "",
            "gone at the source" if row.gone_at_source else "",
        ]
        said = "".join(f", {mark}" for mark in marks if mark)
        yield f"{row.uid}  {row.name}  (newest revision {row.head or row.start}{said})"


def revisions(resource: Resource, branch: str = "") -> Iterator[str]:
    """Yield the revisions of a resource, newest first; of all branches where none is named."""
    rows = Revision.objects.filter(resource=resource).order_by("-number")
    for row in rows.filter(branch=branch) if branch else rows:
        at = datetime.fromtimestamp(row.time, UTC)
        message = " ".join(row.message.split())
        yield f"{row.number}  {at:%Y-%m-%d %H:%M} UTC  {row.author}  {message}".rstrip()
