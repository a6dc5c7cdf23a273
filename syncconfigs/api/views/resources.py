"""Resources: list, read, and what may be changed of local ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from syncconfigs import places, visible
from syncconfigs.api.endpoint import Endpoint, find
from syncconfigs.api.schema import operation, page_of
from syncconfigs.api.serializers import resources as shapes
from syncconfigs.api.views.categories import require_category
from syncconfigs.models import Claim, Exclusion
from tcsync.access.permissions import Person
from tcsync.repository.models import Resource
from tcsync.repository.reading import Tree


def rows(user: Person) -> QuerySet[Resource]:
    """Return the resources that somebody may see, as the shape wants them."""
    return visible.resources(user).prefetch_related("branches", "tags", "walks")


def context_of(user: Person, found: Sequence[Resource]) -> dict[str, Any]:
    """Return what the shape of these resources looks up."""
    ids = [row.pk for row in found]
    claims = Claim.objects.in_bulk(ids)
    owners = {claim.config_id for claim in claims.values()}
    configs = visible.configs(user).filter(pk__in=owners).values_list("pk", flat=True)
    excluded = Exclusion.objects.filter(pk__in=ids).values_list("pk", flat=True)
    return {
        "claims": claims,
        "configs": set(configs),
        "excluded": set(excluded),
        "tree": Tree.load(),
        "seen": visible.categories(user),
    }


class Resources(Endpoint):
    """All of them."""

    @operation(
        "resources-list",
        "List the resources of this node",
        query=shapes.ResourcesQuery,
        answers={200: page_of(shapes.Resource)},
    )
    def get(self, _request: Request) -> Response:
        """List them by name."""
        asked = self.query(shapes.ResourcesQuery)
        found = rows(self.user).filter(removed_at__isnull=not asked["removed"])
        if "name" in asked:
            found = found.filter(name__icontains=asked["name"])
        if "configuration" in asked:
            owner = visible.configs(self.user).filter(pk=asked["configuration"])
            claimed = Claim.objects.filter(config__in=owner.values("pk")).values("resource")
            found = found.filter(id__in=claimed)
        for name in ("category", "project_id", "read_only"):
            if name in asked:
                found = found.filter(**{name: asked[name]})
        return self.page(found.order_by("name", "id"), asked, shapes.Resource)

    def context(self, rows: Sequence[Any]) -> dict[str, Any]:
        """Return what their shape looks up."""
        return context_of(self.user, rows)


class OneResource(Endpoint):
    """One of them."""

    @operation("resources-read", "Read a resource", answers={200: shapes.Resource}, problems=[404])
    def get(self, _request: Request, id: str) -> Response:
        """Show it."""
        return self._shown(id)

    @operation(
        "resources-update",
        "Rename or move a local resource",
        detail="A copy is read-only: its source decides.",
        body=shapes.ResourceChange,
        answers={200: shapes.Resource},
        problems=[403, 404, 409],
    )
    def patch(self, _request: Request, id: str) -> Response:
        """Change what is given, all of it or nothing."""
        row = find(rows(self.user), id=id)
        asked = self.body(shapes.ResourceChange)
        if "category" in asked:
            require_category(self.user, "category", asked["category"])
        with transaction.atomic():
            if "name" in asked:
                places.rename_resource(self.actor, row, asked["name"])
            if "category" in asked:
                places.move_resource(self.actor, row, asked["category"])
        return self._shown(id)

    def _shown(self, id_: str) -> Response:
        row = find(rows(self.user), id=id_)
        return Response(shapes.Resource(row, context=context_of(self.user, [row])).data)
