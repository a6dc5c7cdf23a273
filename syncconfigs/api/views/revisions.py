"""Revisions of a resource: list and read. What they hold is in `elements` and `artifacts`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from rest_framework.request import Request
from rest_framework.response import Response

from syncconfigs import visible
from syncconfigs.api.endpoint import Endpoint, find
from syncconfigs.api.schema import operation, page_of
from syncconfigs.api.serializers import revisions as shapes
from tcsync.repository.models import Resource, Revision

MOST_CHILDREN = 100
BOUNDS = {"since": "number__gte", "until": "number__lte"}
PARTS = {"author": "author__icontains", "message": "message__icontains"}


class OfResource(Endpoint):
    """What belongs to one resource."""

    def resource(self, id_: str) -> Resource:
        """Return the resource. Raises Http404."""
        return find(visible.resources(self.user), id=id_)

    def revision(self, id_: str, number: int) -> Revision:
        """Return one of its revisions. Raises Http404."""
        return find(self.resource(id_).revisions.all(), number=number)


def names_around(rows: Sequence[Revision]) -> dict[str, Any]:
    """Return what the shape of these revisions, of one resource, looks up."""
    if not rows:
        return {}
    row = rows[0].resource
    tags = defaultdict(list)
    numbers = [revision.number for revision in rows]
    for tag in row.tags.filter(number__in=numbers).order_by("name"):
        tags[tag.number].append(tag.name)
    return {"branches": dict(row.branches.values_list("uid", "name")), "tags": tags}


class Revisions(OfResource):
    """All of a resource."""

    @operation(
        "revisions-list",
        "List the revisions of a resource, the newest first",
        query=shapes.RevisionsQuery,
        answers={200: page_of(shapes.Revision)},
        problems=[404],
    )
    def get(self, _request: Request, id: str) -> Response:
        """List them."""
        row = self.resource(id)
        asked = self.query(shapes.RevisionsQuery)
        found = row.revisions.order_by("-number")
        for name, column in {**BOUNDS, **PARTS}.items():
            if name in asked:
                found = found.filter(**{column: asked[name]})
        if "branch" in asked:
            named = row.branches.filter(Q(uid=asked["branch"]) | Q(name=asked["branch"]))
            found = found.filter(branch__in=named.values("uid"))
        return self.page(found, asked, shapes.Revision)

    def context(self, rows: Sequence[Any]) -> dict[str, Any]:
        """Return what their shape looks up."""
        return names_around(rows)


class OneRevision(OfResource):
    """One of them."""

    @operation(
        "revisions-read", "Read a revision", answers={200: shapes.OneRevision}, problems=[404]
    )
    def get(self, _request: Request, id: str, number: int) -> Response:
        """Show it."""
        row = self.revision(id, number)
        above = Revision.objects.filter(resource=row.resource_id, parent=number)
        children = above.order_by("number").values_list("number", flat=True)[:MOST_CHILDREN]
        context = {**names_around([row]), "children": children}
        return Response(shapes.OneRevision(row, context=context).data)
