"""Used projects of what is here: who uses what, as far as one may see, and raising a version."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from syncconfigs import visible
from syncconfigs.rights import readable_categories, require
from tcsync.access.permissions import Action, Person
from tcsync.audit.recording import Actor
from tcsync.errors import Missing, ReadOnly
from tcsync.repository import editing, using
from tcsync.repository.models import Resource, Revision
from tcsync.repository.reading import Tree
from tcsync.repository.using import Used, Using
from tcsync.uses import Use, uses_in


@dataclass(frozen=True, slots=True)
class Users:
    """Who uses something here. `hidden` counts those that the person may not see."""

    seen: tuple[Using, ...] = ()
    hidden: int = 0

    def __bool__(self) -> bool:
        """Whether there is anybody at all."""
        return bool(self.seen or self.hidden)


def stand(user: Person, uses: Sequence[Use]) -> list[Used]:
    """Return how used projects stand here, as far as somebody may see."""
    return using.used_by(uses, visible.resources(user))


def at_trunk(row: Resource) -> Revision | None:
    """Return the newest revision of the trunk, else of all; None where there is none yet."""
    head = row.branches.filter(uid=row.trunk).values_list("head", flat=True).first()
    return row.revisions.filter(number=head or row.head_number).first()


def users_of(user: Person, row: Resource) -> list[Using]:
    """Return who uses a resource here, by name; what may not be seen is not told at all."""
    allowed = visible.categories(user)
    found = using.users_of([row])
    return [one for one in found if allowed is None or one.user.category_id in allowed]


def local_users(user: Person, rows: Collection[Resource]) -> Users:
    """Return the local resources that use one of these: they would lose it. Others are counted."""
    allowed = visible.categories(user)
    gone = {row.pk for row in rows}
    found = [one for one in using.users_of(rows, is_local=True) if one.user.pk not in gone]
    seen = [one for one in found if allowed is None or one.user.category_id in allowed]
    hidden = {one.user.pk for one in found} - {one.user.pk for one in seen}
    return Users(tuple(seen), len(hidden))


def raise_version(
    actor: Actor, row: Resource, key: str, number: int | None = None, branch: str = ""
) -> int:
    """Make one revision of a local resource that uses a project at a newer revision; return it.

    `key` is that of the `Use`, or an id in it; `number` the revision (None: the newest here);
    `branch` the id of the branch of `row` (empty: its trunk). Raises NotAllowed, ReadOnly for a
    copy, Missing, Clash where it uses that revision or a newer one already.
    """
    require(actor, Action.EDIT, Tree.load().path(row.category_id))
    if row.read_only:
        raise ReadOnly(
            f"{row.name} is a read-only copy: which versions it uses is decided at its source.",
            next_step="Raise the version at the source; the next synchronization brings it.",
        )
    branch = branch or row.trunk
    use = _use(row, branch, key)
    used = _used(actor, row, use)
    number = number or using.newest_of(used, use)
    if number is None or not used.revisions.filter(number=number).exists():
        raise Missing(
            f"{used.name} has no revision {number} here.", next_step="Choose one that is here."
        )
    wanted = editing.Raise(use.key, used.name, number)
    done = editing.raise_use(actor, row.pk, branch, wanted)
    return done.number or 0


def _use(row: Resource, branch: str, key: str) -> Use:
    head = row.branches.filter(uid=branch).values_list("head", flat=True).first()
    told = Revision.objects.filter(resource=row, number=head or 0).values_list("used_projects")
    for (projects,) in told:
        for use in uses_in(projects):
            if key and key in {use.key, use.resource, use.project}:
                return use
    raise Missing(
        f"{row.name} uses no such project at the newest revision of this branch.",
        next_step="Look at its used projects again.",
    )


def _used(actor: Actor, row: Resource, use: Use) -> Resource:
    """Return what is used, where it is here and may be seen. Raises Missing."""
    allowed = readable_categories(actor)
    rows = Resource.objects.all()
    seen = rows if allowed is None else rows.filter(category__in=allowed)
    (found,) = using.used_by([use], seen)
    if found.row is None:
        raise Missing(
            f"{use.label}, which {row.name} uses, is not here.",
            next_step="Synchronize it first; then its versions can be chosen.",
        )
    return found.row
