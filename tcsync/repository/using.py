"""Which resources here use which other ones, read from the heads of their branches.

Writes nothing and keeps nothing: the used projects of a revision are part of its row.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import F, FilteredRelation, Q, QuerySet, TextField
from django.db.models.functions import Cast

from tcsync.domain import HeadUses
from tcsync.repository.among import among
from tcsync.repository.models import Branch, Resource, Revision
from tcsync.uses import PROJECT, RESOURCE, Use, uses_in

Place = tuple[str, str]
"""Resource ID and branch id."""
ROWS_AT_ONCE = 500
SEARCHED_AT_MOST = 3
"""So many ids are looked for by the database; for more, all heads that use anything are read."""
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.:")
"""Characters that stand in stored JSON as they are, in both databases."""


@dataclass(frozen=True, slots=True)
class Using:
    """That a resource here uses another one of here. `branches` are those whose heads do."""

    user: Resource
    used: Resource
    use: Use
    branches: tuple[str, ...]

    @property
    def has_newer(self) -> bool:
        """Whether there are newer revisions here than the one that is used."""
        return self.use.number is not None and self.use.number < self.used.head_number


@dataclass(frozen=True, slots=True)
class Used:
    """A used project, and how it stands here.

    `row` is None where it is not here, or not to be seen; then `newest` is None. `is_version_here`
    is None for a version that is no revision. `newest` is the head of the branch that is used.
    """

    use: Use
    row: Resource | None = None
    newest: int | None = None
    is_version_here: bool | None = None

    @property
    def has_newer(self) -> bool:
        """Whether there are newer revisions here than the one that is used."""
        if self.newest is None:
            return False
        return self.use.number is None or self.use.number < self.newest


@dataclass(frozen=True, slots=True)
class Lacking:
    """A project that resources use and that is not here. `users` are these, by name."""

    use: Use
    users: tuple[Resource, ...]


def users_of(used: Collection[Resource], *, is_local: bool = False) -> list[Using]:
    """Return who uses one of these at the head of a branch, by name; `is_local`: no copies.

    A resource does not use itself. Whoever calls leaves out what the person may not see.
    """
    by_key = {f"{RESOURCE}:{row.pk}": row for row in used}
    by_key |= {f"{PROJECT}:{row.project_id}": row for row in used}
    ids = [text for row in used for text in (row.pk, row.project_id)]
    found: dict[tuple[str, str, Use], set[str]] = defaultdict(set)
    for user, branch, use in _head_uses(_narrowed(_heads(), ids)):
        row = by_key.get(use.key)
        if row is not None and row.pk != user:
            found[user, row.pk, use].add(branch)
    rows = _by_id({user for user, _used, _use in found})
    own = {row.pk: row for row in used}
    usings = [
        Using(rows[user], own[target], use, tuple(sorted(branches)))
        for (user, target, use), branches in found.items()
        if user in rows and not (is_local and rows[user].read_only)
    ]
    return sorted(usings, key=lambda one: (one.user.name, one.user.pk, one.use.version))


def used_by(uses: Iterable[Use], rows: QuerySet[Resource, Resource]) -> list[Used]:
    """Return how used projects stand here, as far as `rows` (those to be seen) tell."""
    uses = list(uses)
    found = _here(uses, rows)
    heads, held = _heads_of(found.values()), _held(uses, found)
    return [_used(use, found.get(use.key), heads, held) for use in uses]


def at_heads(resources: Collection[str]) -> dict[str, tuple[Use, ...]]:
    """Return what these resources use at the heads of their branches, each once."""
    found: dict[str, dict[Use, None]] = defaultdict(dict)
    heads = _heads()
    if len(resources) <= ROWS_AT_ONCE:
        heads = heads.filter(among("resource", resources))
    # Of more, all heads are read once: that is faster than to look for them in several turns.
    wanted = set(resources)
    for resource, _branch, use in _head_uses(heads):
        if resource in wanted:
            found[resource].setdefault(use)
    return {id_: tuple(uses) for id_, uses in found.items()}


def told_at_heads(
    resources: Collection[str], readable: Callable[[str], bool]
) -> dict[str, tuple[HeadUses, ...]]:
    """Return what these use at the heads of their branches, as told, the trunk first.

    What does not exist, or lies in a category that is not `readable`, is left out.
    """
    found: dict[str, list[HeadUses]] = {}
    for some in _some(set(resources)):
        living = Resource.objects.filter(among("id", some), removed_at=None)
        trunks = {row.pk: row.trunk for row in living if readable(row.category_id)}
        found |= {id_: [] for id_ in trunks}
        for branch in _heads(empty=True).filter(among("resource", list(trunks))).order_by("uid"):
            told = tuple(json.loads(branch.told or "[]"))  # type: ignore[attr-defined]
            one = HeadUses(branch.uid, branch.head or 0, told)
            at = 0 if branch.uid == trunks[branch.resource_id] else len(found[branch.resource_id])
            found[branch.resource_id].insert(at, one)
    return {id_: tuple(told) for id_, told in found.items()}


def lacking(resources: Collection[str], rows: QuerySet[Resource, Resource]) -> list[Lacking]:
    """Return what these resources use at their heads and `rows` (those to be seen) do not hold.

    Files that no server holds are left out: nothing could bring them.
    """
    users: dict[str, dict[str, None]] = defaultdict(dict)
    uses: dict[str, Use] = {}
    for id_, told in at_heads(resources).items():
        for use in told:
            if use.key:
                uses.setdefault(use.key, use)
                users[use.key].setdefault(id_)
    here = _keys_here(uses.values(), rows)
    missing = {key: use for key, use in uses.items() if key not in here}
    names = _by_id({id_ for key in missing for id_ in users[key]})
    found = [
        Lacking(use, tuple(names[id_] for id_ in users[key] if id_ in names))
        for key, use in missing.items()
    ]
    return sorted(found, key=lambda one: (one.use.label.casefold(), one.use.key))


def newest_of(row: Resource, use: Use) -> int | None:
    """Return the newest revision here of what is used: on the branch used, else on the trunk."""
    return _newest(row, use, _heads_of([row]))


def _newest(row: Resource, use: Use, heads: Mapping[Place, int]) -> int | None:
    on_branch = heads.get((row.pk, use.branch), heads.get((row.pk, row.trunk)))
    return on_branch or row.head_number or None


def _used(
    use: Use, row: Resource | None, heads: Mapping[Place, int], held: Collection[tuple[str, int]]
) -> Used:
    if row is None:
        return Used(use)
    is_here = None if use.number is None else (row.pk, use.number) in held
    return Used(use, row, _newest(row, use, heads), is_here)


def _heads_of(rows: Iterable[Resource]) -> dict[Place, int]:
    """Return the number of the head by resource and branch."""
    found: dict[Place, int] = {}
    for some in _some({row.pk for row in rows}):
        branches = Branch.objects.filter(among("resource", some), head__isnull=False)
        for resource, uid, head in branches.values_list("resource", "uid", "head"):
            found[resource, uid] = head or 0
    return found


def _held(uses: Iterable[Use], found: Mapping[str, Resource]) -> set[tuple[str, int]]:
    """Return the used revisions that are here, by resource and number."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for use in uses:
        if use.key in found and use.number is not None:
            wanted[found[use.key].pk].add(use.number)
    held: set[tuple[str, int]] = set()
    for some in _some(wanted):
        numbers = {number for id_ in some for number in wanted[id_]}
        rows = Revision.objects.filter(among("resource", some), number__in=numbers)
        held.update(rows.values_list("resource", "number"))
    return held


def _heads(*, empty: bool = False) -> QuerySet[Branch, Branch]:
    """Return the branches that live, with what their heads use as JSON text in `told`.

    `empty`: also those whose heads use nothing.
    """
    living = Branch.objects.filter(archived=False, head__isnull=False, resource__removed_at=None)
    at_head = Q(resource__revisions__number=F("head"))
    found = living.annotate(
        # An outer join: both databases then go from the branches to their heads, by the index.
        tip=FilteredRelation("resource__revisions", condition=at_head),
        told=Cast("tip__used_projects", TextField()),
    )
    return found if empty else found.exclude(told="[]")


def _narrowed(heads: QuerySet[Branch, Branch], ids: list[str]) -> QuerySet[Branch, Branch]:
    """Leave out, in the database, heads that name none of these ids; where that is no gain, none.

    What is left may still name them elsewhere.
    """
    if len(ids) > SEARCHED_AT_MOST or not all(_PLAIN.issuperset(id_.lower()) for id_ in ids):
        return heads
    names_one = Q(pk__in=[])
    for id_ in ids:
        names_one |= Q(told__contains=id_)
    return heads.filter(names_one)


def _head_uses(heads: QuerySet[Branch, Branch]) -> Iterator[tuple[str, str, Use]]:
    """Yield the resource, the branch's name, and one of the uses at its head."""
    rows = heads.values_list("resource", "name", "told")  # type: ignore[misc]
    for resource, name, told in rows.iterator(ROWS_AT_ONCE):
        for use in uses_in(json.loads(told)):
            yield resource, name, use


def _here(uses: Iterable[Use], rows: QuerySet[Resource, Resource]) -> dict[str, Resource]:
    """Return the resources among `rows` that are used, by the key of the use."""
    found: dict[str, Resource] = {}
    for kind, column, living in _asked(uses, rows):
        found |= {f"{kind}:{getattr(row, column)}": row for row in living}
    return found


def _keys_here(uses: Iterable[Use], rows: QuerySet[Resource, Resource]) -> set[str]:
    """Return the keys of those that are among `rows`."""
    return {
        f"{kind}:{value}"
        for kind, column, living in _asked(uses, rows)
        for value in living.values_list(column, flat=True)
    }


def _asked(
    uses: Iterable[Use], rows: QuerySet[Resource, Resource]
) -> Iterator[tuple[str, str, QuerySet[Resource, Resource]]]:
    """Yield the kind of key, its column, and the rows that have some of the used ids in it."""
    uses = list(uses)
    by_id = {use.resource for use in uses} - {""}
    by_project = {use.project for use in uses if not use.resource} - {""}
    for kind, column, ids in ((RESOURCE, "id", by_id), (PROJECT, "project_id", by_project)):
        for some in _some(ids):
            yield kind, column, rows.filter(among(column, some), removed_at=None)


def _by_id(ids: Iterable[str]) -> dict[str, Resource]:
    return {
        row.pk: row for some in _some(ids) for row in Resource.objects.filter(among("id", some))
    }


def _some(items: Iterable[str]) -> Iterator[list[str]]:
    rest = sorted(items)
    for start in range(0, len(rest), ROWS_AT_ONCE):
        yield rest[start : start + ROWS_AT_ONCE]
