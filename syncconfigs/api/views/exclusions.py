"""Exclusions: list them, take one back."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from syncconfigs import configurations as use_cases
from syncconfigs import visible
from syncconfigs.api.endpoint import Endpoint, find
from syncconfigs.api.schema import operation, page_of
from syncconfigs.api.serializers import exclusions as shapes
from syncconfigs.api.serializers.fields import PageQuery


class Exclusions(Endpoint):
    """All that may be seen."""

    @operation(
        "exclusions-list",
        "List the copies that no configuration brings back by itself",
        query=PageQuery,
        answers={200: page_of(shapes.Exclusion)},
    )
    def get(self, _request: Request) -> Response:
        """List them, the newest first."""
        return self.page(visible.exclusions(self.user), self.query(PageQuery), shapes.Exclusion)


class OneExclusion(Endpoint):
    """One of them."""

    @operation(
        "exclusions-take-back",
        "Let a copy come again with the next run that selects it",
        answers={204: None},
        problems=[403, 404],
    )
    def delete(self, _request: Request, resource: str) -> Response:
        """Take it back."""
        use_cases.take_back(self.actor, find(visible.exclusions(self.user), pk=resource))
        return Response(status=204)
