"""Used projects: of a revision, of a resource, of a configuration; raising a version."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from syncconfigs import configurations as use_cases
from syncconfigs import usage
from syncconfigs.api.endpoint import find
from syncconfigs.api.schema import SOURCE, operation, page_of
from syncconfigs.api.serializers import configurations, uses
from syncconfigs.api.serializers.fields import Nothing, PageQuery
from syncconfigs.api.views.configurations import OfConfiguration, rows
from syncconfigs.api.views.revisions import OfResource
from syncconfigs.usage import at_trunk
from syncconfigs.visible import require_synchronize
from tcsync.uses import uses_in


class Uses(OfResource):
    """What a resource uses."""

    @operation(
        "resources-uses",
        "List the used projects of a resource at a revision",
        detail="With the version of each, whether that is here and whether newer ones are. What"
        " the account may not read counts as not here.",
        query=uses.UsesQuery,
        answers={200: uses.UsesAt},
        problems=[404],
    )
    def get(self, _request: Request, id: str) -> Response:
        """List them."""
        row = self.resource(id)
        asked = self.query(uses.UsesQuery)
        is_named = "revision" in asked
        at = find(row.revisions.all(), number=asked["revision"]) if is_named else at_trunk(row)
        told = uses_in(at.used_projects) if at is not None else ()
        said = {
            "revision": at.number if at is not None else None,
            "count": len(told),
            "results": usage.stand(self.user, told[: uses.MOST_USES]),
        }
        return Response(uses.UsesAt(said).data)


class RaiseVersion(OfResource):
    """Raising a version."""

    @operation(
        "resources-raise",
        "Raise the version of a used project",
        detail="One new revision of this resource, which changes nothing else. A copy is refused:"
        " its source decides.",
        body=uses.RaiseBody,
        answers={201: uses.Raised},
        problems=[403, 404, 409],
    )
    def post(self, _request: Request, id: str) -> Response:
        """Raise it."""
        row = self.resource(id)
        asked: dict[str, Any] = self.body(uses.RaiseBody)
        kind = "resource" if "resource" in asked else "project"
        key, branch = f"{kind}:{asked[kind]}", asked["branch"]
        made = usage.raise_version(self.actor, row, key, asked["version"], branch)
        return Response(uses.Raised({"revision": made}).data, 201)


class UsedBy(OfResource):
    """Who uses a resource."""

    @operation(
        "resources-used-by",
        "List the resources that use this one",
        detail="At the newest revisions of their branches; those that the account may read.",
        query=PageQuery,
        answers={200: page_of(uses.User)},
        problems=[404],
    )
    def get(self, _request: Request, id: str) -> Response:
        """List them by name."""
        row = self.resource(id)
        asked = self.query(PageQuery)
        return self.page(usage.users_of(self.user, row), asked, uses.User)


class OfOneConfiguration(OfConfiguration):
    """The used projects of what a configuration follows."""

    @operation(
        "configurations-used",
        "List the used projects of what a configuration follows",
        detail="The source is asked; nothing is written.",
        answers={200: uses.UsedProjects},
        problems=[403, 404, *SOURCE],
    )
    def get(self, _request: Request, pk: int) -> Response:
        """List them, the nearest first."""
        config = self.config(pk)
        require_synchronize(self.user, config)
        return Response(uses.UsedProjects(use_cases.used_of(self.actor, config)).data)

    @operation(
        "configurations-include-used",
        "Let the used projects of a configuration come along, now and from now on",
        detail="Each of those that can come gets a configuration of its own, with the same trigger"
        " and target category. The others are left out; a GET says why.",
        body=Nothing,
        answers={201: configurations.Configuration(many=True)},
        problems=[403, 404, *SOURCE],
    )
    def post(self, _request: Request, pk: int) -> Response:
        """Make the configurations."""
        self.body()
        made = use_cases.include(self.actor, self.config(pk))
        found = rows(self.user).filter(pk__in=[config.pk for config in made]).order_by("pk")
        return Response(configurations.Configuration(found, many=True).data, 201)
