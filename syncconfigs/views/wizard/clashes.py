"""What stands in the way of what is offered: seen while picking, not in the first run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from syncconfigs.connect import Catalogue
from syncconfigs.forms.wizard import around, place_of
from syncconfigs.models import Claim, Exclusion, RemoteServer, SyncConfig
from syncconfigs.views.wizard.branch import Entry, Reason
from tcsync.domain import Resource
from tcsync.repository import models

ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Clashes:
    """What this node has already, as far as it can meet what is offered."""

    catalogue: Catalogue
    chosen: set[str]
    followed: Mapping[str, int]
    """The number of the configuration by `category:ID` or `resource:ID` of this server."""
    owners: Mapping[str, int]
    """The number of the configuration by the Resource ID that it owns."""
    owned_below: Mapping[str, int]
    """How many resources in a category and below it have an owner."""
    node: str
    seen: Container[int]
    """The configurations that may be named."""

    @classmethod
    def of(
        cls,
        server: RemoteServer,
        tree: Catalogue,
        chosen: Iterable[str],
        node: str,
        seen: Container[int],
    ) -> Clashes:
        """Read what is here."""
        followed = {}
        if server.pk:
            rows = SyncConfig.objects.filter(server=server).values_list("kind", "source_id", "pk")
            followed = {f"{kind}:{id_}": pk for kind, id_, pk in rows}
        claims = Claim.objects.values_list("resource", "config")
        owners = {id_: config for id_, config in claims if id_ in tree.resources}
        below: dict[str, int] = defaultdict(int)
        for id_ in owners:
            for category in tree.path(tree.resources[id_].category):
                below[category] += 1
        return cls(tree, set(chosen), followed, owners, below, node, seen)

    def mark(self, entries: Sequence[Entry]) -> None:
        """Say of each entry whether it is picked, and what stands in its way."""
        shown = [entry.item for entry in entries if isinstance(entry.item, Resource)]
        here = _Here.of(shown)
        for entry in entries:
            entry.is_picked = entry.key in self.chosen
            entry.blocked = self._blocked(entry)
            entry.warnings = self._warnings(entry, here) if entry.blocked is None else []

    def _blocked(self, entry: Entry) -> Reason | None:
        """Return why no configuration can be made of it."""
        if number := self.followed.get(entry.key):
            return self._with(number, _("followed already"))
        if number := self.owners.get(entry.item.id) if not entry.is_category else None:
            return self._with(number, _("synchronized already"))
        places = place_of(self.catalogue, entry.key)
        for id_ in places:
            if number := self.followed.get(f"category:{id_}"):
                name = self.catalogue.categories[id_].name
                return self._with(number, _("comes with %s, which is followed already") % name)
        if entry.is_picked:
            return None
        if id_ := around(self.catalogue, entry.key, self.chosen):
            return Reason(_("comes with %s") % self.catalogue.categories[id_].name)
        return None

    def _with(self, number: int, text: str) -> Reason:
        return Reason(text, number if number in self.seen else None)

    def _warnings(self, entry: Entry, here: _Here) -> list[Reason]:
        """Return what a run would refuse of it, or why it cannot stay picked."""
        found = []
        if entry.is_picked and (id_ := around(self.catalogue, entry.key, self.chosen)):
            found.append(Reason(_("comes with %s already") % self.catalogue.categories[id_].name))
        if isinstance(entry.item, Resource):
            return found + list(here.met(entry.item, self.node))
        if number := self.owned_below.get(entry.item.id):
            text = ngettext(
                "%d resource in it belongs to another configuration, and is left to that",
                "%d resources in it belong to other configurations, and are left to these",
                number,
            )
            found.append(Reason(text % number))
        return found


@dataclass(frozen=True, slots=True)
class _Here:
    """Resources of this node with the ids, Project IDs or names of those that are shown."""

    by_id: Mapping[str, models.Resource]
    by_project: Mapping[str, models.Resource]
    by_name: Mapping[str, list[models.Resource]]
    excluded: set[str]

    @classmethod
    def of(cls, shown: Sequence[Resource]) -> _Here:
        found: dict[str, models.Resource] = {}
        excluded: set[str] = set()
        for start in range(0, len(shown), ROWS_AT_ONCE):
            some = shown[start : start + ROWS_AT_ONCE]
            ids = [resource.id for resource in some]
            rows = models.Resource.objects
            found |= rows.in_bulk(ids)
            for row in rows.filter(project_id__in=[r.project_id for r in some]):
                found[row.pk] = row
            for row in rows.filter(name__in=[r.name for r in some], removed_at=None):
                found[row.pk] = row
            gone = Exclusion.objects.filter(resource__in=ids)
            excluded.update(gone.values_list("resource", flat=True))
        by_name: dict[str, list[models.Resource]] = defaultdict(list)
        for row in found.values():
            by_name[row.name].append(row)
        by_project = {row.project_id: row for row in found.values()}
        return cls(found, by_project, by_name, excluded)

    def met(self, resource: Resource, node: str) -> Iterable[Reason]:
        """Yield what a run would say of a resource."""
        mine = self.by_id.get(resource.id)
        if mine is not None and not mine.read_only:
            yield Reason(_("a local resource has this Resource ID here"))
        if resource.id in self.excluded:
            yield Reason(_("its copy was deleted or detached here"))
        if node in (resource.origin, *(hop.node for hop in resource.hops)):
            yield Reason(_("it comes from this node"))
        holder = self.by_project.get(resource.project_id)
        if holder is not None and holder.pk != resource.id:
            yield Reason(_("its Project ID is taken here"))
        if any(row.pk != resource.id for row in self.by_name.get(resource.name, ())):
            yield Reason(_("its name is taken here"))
