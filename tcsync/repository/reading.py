"""Reading rows: the category tree, revisions as records, the feed, who this node is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings

from tcsync import domain
from tcsync.domain import (
    Changes,
    Identity,
    Known,
    KnownHead,
    Listed,
    PackPlace,
    RevisionRecord,
)
from tcsync.errors import Missing
from tcsync.repository.among import among
from tcsync.repository.models import (
    Blob,
    Branch,
    Category,
    Change,
    Node,
    Resource,
    Revision,
    Walk,
)

CHANGES_AT_ONCE = 10_000


def identity() -> Identity:
    """Return who this node is."""
    node = Node.objects.get(id=1)
    major = settings.TCSYNC_MAJOR_VERSION or node.major_version
    return Identity(node.uuid, node.epoch, settings.TCSYNC_NODE_NAME, major)


@dataclass(frozen=True, slots=True)
class Tree:
    """The whole category tree in memory (5,000 categories: some 10 ms)."""

    categories: dict[str, domain.Category]

    @classmethod
    def load(cls) -> Tree:
        rows = Category.objects.values_list("id", "name", "parent_id")
        return cls({row[0]: domain.Category(*row) for row in rows})

    def path(self, category: str) -> tuple[str, ...]:
        """Return the ids from the top down to this category; empty when there is none."""
        path: list[str] = []
        at: str | None = category
        while at is not None and at in self.categories and at not in path:
            path.append(at)
            at = self.categories[at].parent
        return tuple(reversed(path))

    def names(self, category: str) -> tuple[str, ...]:
        """Return the names from the top down to this category."""
        return tuple(self.categories[id_].name for id_ in self.path(category))

    def below(self, roots: Iterable[str]) -> set[str]:
        """Return these categories and all below them."""
        under: dict[str | None, list[str]] = defaultdict(list)
        for category in self.categories.values():
            under[category.parent].append(category.id)
        found = {id_ for id_ in roots if id_ in self.categories}
        todo = list(found)
        while todo:
            new = [id_ for id_ in under[todo.pop()] if id_ not in found]
            found.update(new)
            todo += new
        return found


def revision_record(row: Revision) -> RevisionRecord:
    """Return a row as the record that travels."""
    return RevisionRecord(
        resource=row.resource_id,
        number=row.number,
        branch=row.branch,
        parent=row.parent,
        time=row.time,
        author=row.author,
        message=row.message,
        content_digest=row.content_digest,
        artifact_digest=row.artifact_digest,
        merged=tuple(row.merged),
        picked=tuple(row.picked),
        offset=row.offset,
        commit_type=row.commit_type,
        root_ids=tuple(row.root_ids),
        used_projects=tuple(row.used_projects),
        hole_before=row.hole_before,
        digest=row.digest,
    )


def place_of(row: Revision) -> PackPlace:
    """Return where the pack of a revision lies."""
    return PackPlace(row.object, row.place, row.length, row.pack_digest)


def revisions(resource: str, numbers: Collection[int]) -> Iterator[Revision]:
    """Yield the rows with these numbers in rising order, a few hundred at a time."""
    wanted = sorted(numbers)
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        yield from Revision.objects.filter(resource=resource, number__in=some).order_by("number")


def heads_and_walks(resource: str) -> list[tuple[Branch, Walk | None]]:
    """Return the branches that have a head at the source, each with its last full walk.

    The longest ago comes first, those never walked before all others.
    """
    walks = {row.branch: row for row in Walk.objects.filter(resource=resource)}
    heads = Branch.objects.filter(resource=resource, head__isnull=False, gone_at_source=False)
    found = [(branch, walks.get(branch.uid)) for branch in heads.order_by("uid")]
    return sorted(found, key=lambda pair: pair[1].at.timestamp() if pair[1] else 0.0)


def is_walked(branch: Branch, walk: Walk | None) -> bool:
    """Tell whether a full walk has shown that the head of a branch equals the source's."""
    return walk is not None and not walk.differing and walk.number == branch.head


def blob(digest: str) -> Blob:
    """Return the row of an artifact's bytes. Raises Missing."""
    row = Blob.objects.filter(digest=digest).first()
    if row is None:
        raise Missing(f"The bytes of artifact {digest} are not here.")
    return row


def changes_after(after: int | None) -> Changes:
    """Return which resources changed after a cursor of this epoch; None gives the newest cursor."""
    node = Node.objects.get(id=1)
    newest = node.last_change
    if after is None or after >= newest:
        return Changes(node.epoch, newest, (), tree_changed=False, complete=True)
    found = Change.objects.filter(number__gt=after).order_by("number")
    rows = list(found.values_list("number", "resource")[:CHANGES_AT_ONCE])
    names = {name for _number, name in rows}
    last = rows[-1][0] if rows else newest
    return Changes(
        node.epoch,
        last,
        tuple(sorted(names - {""})),
        tree_changed="" in names,
        complete=last >= newest,
    )


def _ends_at_holes(resources: list[str]) -> Iterator[tuple[str, KnownHead]]:
    """Yield, by resource, the revisions that no head leads to: there is a hole above them."""
    holed = Revision.objects.filter(among("resource", resources), hole_before=True, parent__gt=0)
    for resource in set(holed.values_list("resource", flat=True)):
        rows = list(Revision.objects.filter(resource=resource).order_by("number"))
        below = {n for row in rows for n in (row.parent, *row.merged)}
        for row in rows:
            if row.number not in below:
                yield resource, KnownHead(row.branch, row.number, row.digest)


def category_copies(owner: int) -> dict[str, str]:
    """Return, by the source's category id, the copies of categories that a configuration made."""
    rows = Category.objects.filter(origin_owner=owner)
    return dict(rows.values_list("origin_id", "id"))


def left_tree(picked: str, parent: str, node: str, living: Collection[int]) -> Category | None:
    """Return the top of the tree that a deleted configuration of `picked` left below `parent`.

    `picked` is the source's category, `node` the source itself: some categories have the same id
    on every server, so that only a tree with copies from there counts. `living` are the
    configurations that there are.
    """
    left = Category.objects.filter(origin_id=picked, parent=parent, origin_owner__isnull=False)
    for row in left.exclude(origin_owner__in=living):
        tree = Category.objects.filter(origin_owner=row.origin_owner)
        copies = Resource.objects.filter(category__in=tree, read_only=True)
        if any(hops and hops[-1]["node"] == node for hops in copies.values_list("hops", flat=True)):
            return row
    return None


def known(resources: Collection[str], *, listing: bool = False) -> dict[str, Known]:
    """Return what we hold of these resources, to tell a source that is asked for the rest.

    `listing`: with all revisions, for a source that has no digests.
    """
    counts: dict[str, int] = {}
    heads: dict[str, list[KnownHead]] = defaultdict(list)
    wanted = sorted(resources)
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        rows = Resource.objects.filter(among("id", some), revision_count__gt=0)
        counts.update(rows.values_list("id", "revision_count"))
        branches = Branch.objects.filter(among("resource", some), head__isnull=False)
        for owner, uid, head, digest in branches.values_list(
            "resource", "uid", "head", "head_digest"
        ):
            heads[owner].append(KnownHead(uid, head or 0, digest))
        for owner, end in _ends_at_holes(some):
            heads[owner].append(end)
    listed = _listings(sorted(counts)) if listing else {}
    return {
        id_: Known(tuple(heads[id_]), count, tuple(listed.get(id_, ())))
        for id_, count in counts.items()
    }


def _listings(resources: list[str]) -> dict[str, list[Listed]]:
    """Return the revisions of each resource by rising number."""
    found: dict[str, list[Listed]] = defaultdict(list)
    for start in range(0, len(resources), 500):
        rows = Revision.objects.filter(resource__in=resources[start : start + 500])
        facts = rows.order_by("resource", "number").values_list(
            "resource", "number", "fingerprint", "author", "gone_at_source"
        )
        for resource, number, fingerprint, author, gone in facts.iterator(2000):
            found[resource].append(Listed(number, fingerprint, author, gone))
    return found


def categories_of(resources: Collection[str], *, removed: bool = True) -> dict[str, str]:
    """Return the category of each of these resources that exists; `removed`: also of those."""
    found: dict[str, str] = {}
    wanted = list(resources)
    for start in range(0, len(wanted), 500):
        some = Resource.objects.filter(among("id", wanted[start : start + 500]))
        some = some if removed else some.filter(removed_at=None)
        found.update(some.values_list("id", "category_id"))
    return found
