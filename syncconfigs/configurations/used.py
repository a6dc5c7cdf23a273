"""The projects that picked ones use: here already, able to come along, or missing at the source."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from syncconfigs.configurations.policy import Picked
from syncconfigs.connect import Catalogue, cached_catalogue, open_source
from syncconfigs.models import Claim, Exclusion, RemoteServer, SyncConfig
from syncconfigs.rights import readable_categories
from tcsync.audit.recording import Actor
from tcsync.domain import Resource
from tcsync.repository import models
from tcsync.repository.among import among
from tcsync.sync.closure import Closure, Needed, closure

LOOK_SECONDS = 20.0
"""After so long nothing more is asked: what is left is counted."""
ROWS_AT_ONCE = 500
MOST_ALONG = 500
"""Configurations that come along at once."""


class Mark(StrEnum):
    """How a used project stands."""

    PICKED = "picked"
    HERE = "here"
    FOLLOWED = "followed"
    CAN_COME = "can_come"
    BLOCKED = "blocked"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class UsedProject:
    """A used project, as far as the person may see. `resource` is the Resource ID, where known.

    `versions` are those that are used, as told; `users` the names of who uses it. `row` is what
    is here of it, `config` the number of the configuration that follows it. `absent` are used
    revisions that are not here though the project is. `reason` says what blocks it.
    """

    name: str
    resource: str
    project: str
    mark: Mark
    depth: int
    versions: tuple[str, ...]
    users: tuple[str, ...]
    row: models.Resource | None = None
    config: int | None = None
    absent: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class UsedProjects:
    """The closure of what is picked, the nearest first.

    `unread` are names of what could not be asked, `left` how many were not asked any more;
    `can_tell` is False for a source of a version that does not know the question. `error` says why
    it could not be asked.
    """

    projects: tuple[UsedProject, ...] = ()
    unread: tuple[str, ...] = ()
    left: int = 0
    can_tell: bool = True
    error: str = ""

    @property
    def along(self) -> list[Picked]:
        """What could come along, to be picked too."""
        kind = SyncConfig.Kind.RESOURCE.value
        return [Picked(kind, one.resource, one.name) for one in self._can_come[:MOST_ALONG]]

    @property
    def later(self) -> int:
        """How many of those that could come along are too many for one time."""
        return max(0, len(self._can_come) - MOST_ALONG)

    @property
    def _can_come(self) -> list[UsedProject]:
        return [one for one in self.projects if one.mark == Mark.CAN_COME]

    def blocked(self, reasons: Mapping[str, str]) -> UsedProjects:
        """Return the same with projects blocked, by Resource ID, that could come but for these."""
        projects = tuple(
            replace(one, mark=Mark.BLOCKED, reason=reasons[one.resource])
            if one.mark == Mark.CAN_COME and one.resource in reasons
            else one
            for one in self.projects
        )
        return replace(self, projects=projects)


def used_projects(
    actor: Actor, server: RemoteServer, picked: Sequence[Picked], seconds: float = LOOK_SECONDS
) -> UsedProjects:
    """Return what picked resources, and all in picked categories, use at the heads of the source.

    The server may be unsaved. Raises SourceError.
    """
    offered = cached_catalogue(server)
    roots = list(_roots(offered, picked))
    until = time.monotonic() + seconds
    with open_source(server) as source:
        found = closure(
            roots, offered.resources.values(), source.uses, lambda: time.monotonic() < until
        )
    marks = _Marks.of(actor, server, offered, roots, found)
    unread = (offered.resources[id_].name for id_ in found.unread)
    projects = tuple(marks.project(one) for one in found.needed)
    return UsedProjects(projects, tuple(unread), found.left, found.can_tell)


def _roots(offered: Catalogue, picked: Iterable[Picked]) -> Iterator[str]:
    for one in picked:
        if one.kind == SyncConfig.Kind.RESOURCE:
            yield one.id
        else:
            for category in offered.below(one.id):
                yield from (resource.id for resource in offered.leaves(category))


@dataclass(slots=True)
class _Marks:
    """What this node has of the used projects, and who follows them."""

    offered: Catalogue
    roots: Collection[str]
    rows: Mapping[str, models.Resource]
    """By Resource ID and by `project:` and Project ID."""
    readable: Collection[str] | None
    owners: Mapping[str, SyncConfig]
    """The configuration by Resource ID."""
    around: Mapping[str, SyncConfig]
    """The configuration by the category of this server that it follows."""
    excluded: Collection[str]

    @classmethod
    def of(
        cls,
        actor: Actor,
        server: RemoteServer,
        offered: Catalogue,
        roots: Collection[str],
        found: Closure,
    ) -> _Marks:
        """Read it."""
        ids = {one.resource.id if one.resource else one.use.resource for one in found.needed}
        projects = {_project_of(one) for one in found.needed} - {""}
        rows = {row.pk: row for row in _rows("id", ids - {""})}
        rows |= {f"project:{row.project_id}": row for row in _rows("project_id", projects)}
        owners = {claim.resource: claim.config for claim in _claims(ids)}
        around: dict[str, SyncConfig] = {}
        for config in SyncConfig.objects.filter(server=server) if server.pk else ():
            of = around if config.kind == SyncConfig.Kind.CATEGORY else owners
            of.setdefault(config.source_id, config)
        excluded = Exclusion.objects.filter(resource__in=ids).values_list("resource", flat=True)
        readable = readable_categories(actor)
        return cls(offered, set(roots), rows, readable, owners, around, set(excluded))

    def project(self, one: Needed) -> UsedProject:
        """Return a used project with its mark."""
        row = self.rows.get(one.resource.id if one.resource else one.use.resource)
        row = row or self.rows.get(f"project:{_project_of(one)}")
        seen = row if row is not None and self._may_see(row.category_id) else None
        names = {user.resource: self.offered.resources[user.resource].name for user in one.users}
        versions = tuple(dict.fromkeys(user.version for user in one.users if user.version))
        made = UsedProject(
            name=_name_of(one, seen),
            resource=one.resource.id if one.resource else one.use.resource,
            project=_project_of(one),
            mark=Mark.MISSING,
            depth=one.depth,
            versions=versions,
            users=tuple(names.values()),
            row=seen,
        )
        return self._marked(made, one.resource, row)

    def _marked(
        self, made: UsedProject, there: Resource | None, row: models.Resource | None
    ) -> UsedProject:
        owner = self._owner(made.resource, there)
        if owner is not None and self._may_see(owner.target_category_id):
            made = replace(made, config=owner.pk)
        if made.resource in self.roots:
            return replace(made, mark=Mark.PICKED)
        if made.row is not None:
            return replace(made, mark=Mark.HERE, absent=_absent(made.row, made.versions))
        if owner is not None:
            return replace(made, mark=Mark.FOLLOWED)
        reason = "Its Resource ID or Project ID is taken here." if row is not None else ""
        if made.resource in self.excluded:
            reason = "Its copy was deleted or detached here."
        mark = Mark.MISSING if there is None else Mark.BLOCKED if reason else Mark.CAN_COME
        return replace(made, mark=mark, reason=reason if there is not None else "")

    def _owner(self, resource: str, there: Resource | None) -> SyncConfig | None:
        path = self.offered.path(there.category) if there is not None else ()
        followed = [self.around[id_] for id_ in path if id_ in self.around]
        return self.owners.get(resource) or next(iter(followed), None)

    def _may_see(self, category: str) -> bool:
        return self.readable is None or category in self.readable


def _project_of(one: Needed) -> str:
    return one.resource.project_id if one.resource is not None else one.use.project


def _name_of(one: Needed, seen: models.Resource | None) -> str:
    if one.resource is not None:
        return one.resource.name
    return seen.name if seen is not None else one.use.label


def _absent(row: models.Resource, versions: Iterable[str]) -> tuple[str, ...]:
    """Return the versions that are revision numbers and not here."""
    numbers = {int(text): text for text in versions if text.isascii() and text.isdecimal()}
    held = row.revisions.filter(number__in=[n for n in numbers if n < 1 << 63])
    return tuple(numbers[n] for n in sorted(numbers.keys() - held.values_list("number", flat=True)))


def _rows(column: str, values: Collection[str]) -> Iterator[models.Resource]:
    living = models.Resource.objects.filter(removed_at=None)
    for some in _some(values):
        yield from living.filter(among(column, some))


def _claims(ids: Collection[str]) -> Iterator[Claim]:
    for some in _some(ids):
        yield from Claim.objects.filter(among("resource", some)).select_related("config")


def _some(values: Collection[str]) -> Iterator[list[str]]:
    rest = sorted(values)
    for start in range(0, len(rest), ROWS_AT_ONCE):
        yield rest[start : start + ROWS_AT_ONCE]
