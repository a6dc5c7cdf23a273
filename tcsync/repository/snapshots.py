"""Our repository as a Snapshot: for whoever reads from us, and as the target side of a plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tcsync import domain
from tcsync.domain import Divergence, Known, RevisionRef, Selection, Snapshot
from tcsync.repository.among import among
from tcsync.repository.models import Branch, Resource, Revision, Tag
from tcsync.repository.reading import Tree, identity

ROWS_AT_ONCE = 500


def everything(_category: str) -> bool:
    """Say yes to every category: for what this node does on its own behalf."""
    return True


def snapshot(
    selection: Selection | None,
    known: Mapping[str, Known] | None = None,
    readable: Callable[[str], bool] = everything,
) -> Snapshot:
    """Return what we hold within a selection (None: everything), as far as `readable` allows.

    With `known`, each resource lists the revisions that the asking side lacks, and says which of
    its heads we do not hold; without, no revisions are listed.
    """
    tree = Tree.load()
    visible = {id_ for id_ in tree.categories if readable(id_)}
    chosen = visible if selection is None else visible & tree.below(selection.categories)
    rows = _in_categories(chosen)
    if selection is None:
        # Only who follows something is told that it was deleted.
        rows = [row for row in rows if row.removed_at is None]
    else:
        picked = set(selection.resources) - {row.id for row in rows}
        rows += [row for row in _by_id(picked) if row.category_id in visible]
    return replace(
        _of(rows, known),
        categories=tuple(tree.categories[id_] for id_ in sorted(chosen)),
        missing=_missing(selection, chosen, {row.id for row in rows}),
    )


def without_digests(shown: Snapshot) -> Snapshot:
    """Return what is shown as a source without digests would show it, but for revisions."""
    resources = tuple(
        replace(r, branches=tuple(replace(branch, head_digest="") for branch in r.branches))
        for r in shown.resources
    )
    return replace(shown, resources=resources)


def _missing(
    selection: Selection | None, categories: set[str], resources: set[str]
) -> tuple[str, ...]:
    if selection is None:
        return ()
    wanted = set(selection.categories) - categories | set(selection.resources) - resources
    return tuple(sorted(wanted))


def around(source: Snapshot, owned: Collection[str], owner: int) -> Snapshot:
    """Return the target side for a plan: our resources that could be met by those of `source`.

    That is: the same Resource IDs, the holders of its Project IDs and names, and what the
    configuration owns; and the copies of categories that it has made.
    """
    ids = {resource.id for resource in source.resources} | set(owned)
    projects = {resource.project_id for resource in source.resources}
    names = {resource.name for resource in source.resources}
    for field, values in (("project_id", projects), ("name", names)):
        for some in _some(values):
            ids |= set(Resource.objects.filter(among(field, some)).values_list("id", flat=True))
    return replace(_of(_by_id(ids), None), categories=tuple(Tree.load().categories.values()))


def _by_id(ids: Iterable[str]) -> list[Resource]:
    return [row for some in _some(ids) for row in Resource.objects.filter(among("id", some))]


def _in_categories(categories: Iterable[str]) -> list[Resource]:
    return [
        row
        for some in _some(categories)
        for row in Resource.objects.filter(category__in=some).order_by("id")
    ]


def _some(items: Iterable[str]) -> Iterator[list[str]]:
    rest = sorted(items)
    for start in range(0, len(rest), ROWS_AT_ONCE):
        yield rest[start : start + ROWS_AT_ONCE]


def _of(rows: list[Resource], known: Mapping[str, Known] | None) -> Snapshot:
    node = identity()
    ids = [row.id for row in rows]
    branches, tags = _branches(ids), _tags(ids)
    whole = _whole_histories(rows, known)
    resources = []
    for row in rows:
        resource = _resource(row, branches[row.id], tags[row.id])
        if known is not None and not resource.removed:
            if row.id in whole:
                resources.append(replace(resource, revisions=tuple(whole[row.id])))
                continue
            lacking = lack(row, resource.branches, known.get(row.id, Known()))
            resource = replace(
                resource, revisions=lacking.revisions, divergences=lacking.divergences
            )
        resources.append(resource)
    return Snapshot(
        node.uuid, node.epoch, node.name, node.major_version, resources=tuple(resources)
    )


def _whole_histories(
    rows: list[Resource], known: Mapping[str, Known] | None
) -> dict[str, list[RevisionRef]]:
    """Return all revisions, in rising order, of the resources of which nothing is known."""
    if known is None:
        return {}
    ids = [
        row.id for row in rows if row.removed_at is None and not known.get(row.id, Known()).heads
    ]
    found: dict[str, list[RevisionRef]] = {id_: [] for id_ in ids}
    for some in _some(ids):
        listed = Revision.objects.filter(among("resource", some)).order_by("resource", "number")
        for resource, *facts in listed.values_list("resource", *_REF).iterator(ROWS_AT_ONCE):
            found[resource].append(_ref(facts))
    return found


def _branches(ids: list[str]) -> dict[str, list[Branch]]:
    found: dict[str, list[Branch]] = defaultdict(list)
    for some in _some(ids):
        for row in Branch.objects.filter(among("resource", some)).order_by("uid"):
            found[row.resource_id].append(row)
    return found


def _tags(ids: list[str]) -> dict[str, list[Tag]]:
    found: dict[str, list[Tag]] = defaultdict(list)
    for some in _some(ids):
        for row in Tag.objects.filter(among("resource", some)).order_by("uid"):
            found[row.resource_id].append(row)
    return found


def _resource(row: Resource, branches: list[Branch], tags: list[Tag]) -> domain.Resource:
    return domain.Resource(
        id=row.id,
        project_id=row.project_id,
        name=row.name,
        category=row.category_id,
        trunk=row.trunk,
        branches=tuple(
            domain.Branch(b.uid, b.name, b.start, b.head, b.head_digest, b.archived)
            for b in branches
        ),
        tags=tuple(domain.Tag(t.uid, t.name, t.number, t.description) for t in tags),
        description=row.description,
        origin=row.origin,
        hops=tuple(domain.Hop(**hop) for hop in row.hops),
        read_only=row.read_only,
        removed=row.removed_at is not None,
        gone_branches=tuple(b.uid for b in branches if b.gone_at_source),
        revision_count=row.revision_count,
    )


@dataclass(frozen=True, slots=True)
class Lack:
    """What somebody lacks of a resource, and which of their heads we do not hold."""

    revisions: tuple[RevisionRef, ...]
    divergences: tuple[Divergence, ...]


def lack(row: Resource, branches: tuple[domain.Branch, ...], known: Known) -> Lack:
    """Return the revisions not below the known heads, in rising order.

    Costs a walk down to where the known history is accounted for: for one new revision of ten
    thousand, one row more than that.
    """
    divergences = _divergences(row.id, branches, known)
    covered = {head.number for head in known.heads} - {d.number for d in divergences}
    expected = row.revision_count - (known.revisions if not divergences else 0)
    lacking: list[RevisionRef] = []
    if expected <= 0 and not divergences:
        return Lack((), ())
    for ref in _refs(row.id):
        if ref.number in covered:
            covered.update(n for n in (ref.parent, *ref.merged) if n is not None)
            continue
        lacking.append(ref)
        if len(lacking) == expected:
            break
    return Lack(tuple(reversed(lacking)), divergences)


def _divergences(
    resource: str, branches: tuple[domain.Branch, ...], known: Known
) -> tuple[Divergence, ...]:
    heads = {branch.head: branch.head_digest for branch in branches}
    unsure = [head for head in known.heads if heads.get(head.number) != head.digest]
    if not unsure:
        return ()
    numbers = [head.number for head in unsure]
    rows = Revision.objects.filter(resource=resource, number__in=numbers)
    found = dict(rows.values_list("number", "digest"))
    return tuple(
        Divergence(head.branch, head.number, head.digest, found.get(head.number))
        for head in unsure
        if found.get(head.number) != head.digest
    )


def _refs(resource: str) -> Iterator[RevisionRef]:
    """Yield all revisions of a resource, newest first."""
    rows = Revision.objects.filter(resource=resource).order_by("-number")
    for facts in rows.values_list(*_REF).iterator(chunk_size=ROWS_AT_ONCE):
        yield _ref(facts)


_REF = (
    *("number", "branch", "parent", "digest", "merged", "raw_bytes"),
    *("added", "edited", "removed"),
)


def _ref(facts: Sequence[Any]) -> RevisionRef:
    number, branch, parent, digest, merged, raw_bytes, *changes = facts
    return RevisionRef(number, branch, parent, digest, tuple(merged), raw_bytes, sum(changes))
