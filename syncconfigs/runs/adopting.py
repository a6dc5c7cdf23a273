"""Copies that no configuration owns any more: which of them another one may take over.

Taking over moves a copy and lets the new owner delete it. So it takes the right to synchronize
where the copy lies: who made the configuration has it in the target category, elsewhere it is asked
for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from syncconfigs.models import Claim, SyncConfig
from syncconfigs.runs.maker import account_of
from tcsync.access.permissions import Action, granted_roots
from tcsync.repository.models import Resource
from tcsync.repository.reading import Tree

ROWS_AT_ONCE = 500


def free_copies(
    config: SyncConfig, ids: Iterable[str], own: set[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return which of these resources are copies without an owner: those to adopt, and the others.

    `own` are those that the configuration has claimed already; it may be unsaved.
    """
    found = dict(_without_owner(sorted(set(ids) - own)))
    if not found:
        return frozenset(), frozenset()
    tree = Tree.load()
    allowed = tree.below({config.target_category_id})
    who = account_of(config)
    roots = granted_roots(who, Action.SYNCHRONIZE) if who is not None else frozenset()
    if roots is None:
        return frozenset(found), frozenset()
    allowed |= tree.below(roots)
    mine = frozenset(id_ for id_, category in found.items() if category in allowed)
    return mine, frozenset(found) - mine


def _without_owner(ids: list[str]) -> Iterator[tuple[str, str]]:
    for start in range(0, len(ids), ROWS_AT_ONCE):
        some = ids[start : start + ROWS_AT_ONCE]
        owned = Claim.objects.filter(resource__in=some).values("resource")
        copies = Resource.objects.filter(id__in=some, read_only=True).exclude(id__in=owned)
        yield from copies.values_list("id", "category")
