"""Configurations: list, read, synchronize, verify, pause, resume, delete. `making` makes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from syncconfigs import configurations as use_cases
from syncconfigs import usage, visible
from syncconfigs.api.endpoint import Endpoint, find
from syncconfigs.api.schema import SOURCE, operation, page_of
from syncconfigs.api.serializers import configurations as shapes
from syncconfigs.api.serializers.fields import Nothing, PageQuery
from syncconfigs.api.views import making
from syncconfigs.configurations import finding
from syncconfigs.models import RemoteServer, SyncConfig, SyncRun
from tcsync.access.permissions import Action, Person, require
from tcsync.audit.recording import Actor

FILTERS = {
    "server": "server",
    "target_category": "target_category",
    "trigger": "trigger",
    "paused": "paused",
    "name": "source_name__icontains",
}


def rows(user: Person) -> QuerySet[SyncConfig]:
    """Return the configurations that somebody may see, as the shape wants them."""
    runs = SyncRun.objects.filter(config=OuterRef("pk")).order_by("-pk").values("pk")
    secrets = [f"server__{name}" for name in RemoteServer.SECRETS]
    return (
        visible.configs(user)
        .defer(*secrets)
        .annotate(
            run=Subquery(runs.filter(state__in=SyncRun.ACTIVE)[:1]), last_run=Subquery(runs[:1])
        )
    )


def started(request: Request, run: SyncRun) -> Response:
    """Answer that a run was asked for."""
    where = reverse("api-run", [run.pk], request=request)
    return Response(shapes.Started({"run": run.pk}).data, 202, headers={"Location": where})


class OfConfiguration(Endpoint):
    """What belongs to one configuration."""

    def config(self, pk: int) -> SyncConfig:
        """Return it. Raises Http404."""
        return find(rows(self.user), pk=pk)


class Configurations(Endpoint):
    """All of them."""

    @operation(
        "configurations-list",
        "List the configurations and how they stand",
        query=shapes.ConfigurationsQuery,
        answers={200: page_of(shapes.Configuration)},
    )
    def get(self, _request: Request) -> Response:
        """List them by name."""
        asked = self.query(shapes.ConfigurationsQuery)
        wanted = {FILTERS[name]: value for name, value in asked.items() if name in FILTERS}
        found = rows(self.user).filter(**wanted)
        now = timezone.now()
        if "status" in asked:
            found = found.filter(
                reduce(or_, (finding.with_status(s, now) for s in asked["status"]))
            )
        if "attention" in asked:
            urgent = finding.needs_person(now)
            found = found.filter(urgent) if asked["attention"] else found.exclude(urgent)
        return self.page(finding.ordered(found, asked["order"]), asked, shapes.Configuration)

    @operation(
        "configurations-create",
        "Make a configuration for each selection",
        detail="All of them or none. A selection of which nothing can be followed is a refusal;"
        " `preview/` shows the same beforehand. The first run is asked for unless the trigger is"
        " manual. With `include_used_projects` those of the used projects come along that can,"
        " each with a configuration of its own.",
        body=shapes.ConfigurationBody,
        answers={201: shapes.Configuration(many=True)},
        problems=[403, 409, *SOURCE],
        examples=making.EXAMPLES,
    )
    def post(self, _request: Request) -> Response:
        """Make them."""
        require(self.user, Action.SYNCHRONIZE)
        asked = making.read(self.user, self.body(shapes.ConfigurationBody))
        previews, along = making.planned(self.actor, asked)
        refusals = making.refusals(previews)
        if refusals:
            raise making.refused(refusals)
        made = use_cases.create(
            self.actor, asked.server, asked.picked, asked.target, asked.policy, along
        )
        found = rows(self.user).filter(pk__in=[config.pk for config in made]).order_by("pk")
        return Response(shapes.Configuration(found, many=True).data, 201)


class Preview(Endpoint):
    """What making some would lead to."""

    @operation(
        "configurations-preview",
        "Show what making configurations would lead to",
        detail="The plan of each selection, or why there is none. Nothing is written.",
        body=shapes.ConfigurationBody,
        answers={200: shapes.Previews},
        problems=[403, *SOURCE],
        examples=making.EXAMPLES,
    )
    def post(self, _request: Request) -> Response:
        """Plan them."""
        require(self.user, Action.SYNCHRONIZE)
        asked = making.read(self.user, self.body(shapes.ConfigurationBody))
        found = making.look(self.actor, asked)
        refusals = making.refusals(found.previews)
        said = {
            "would_create": not refusals,
            "refusals": refusals,
            "previews": [making.shown(self.user, one) for one in found.previews],
            "used": found.used,
        }
        return Response(shapes.Previews(said).data)


class OneConfiguration(OfConfiguration):
    """One of them."""

    @operation(
        "configurations-read",
        "Read a configuration and how it stands",
        answers={200: shapes.Configuration},
        problems=[404],
    )
    def get(self, _request: Request, pk: int) -> Response:
        """Show it."""
        return Response(shapes.Configuration(self.config(pk)).data)

    @operation(
        "configurations-update",
        "Change how a configuration follows",
        detail="A run is asked for at once, unless the trigger is manual, there is a schedule, or"
        " it is paused. A run that is under way ends as it began.",
        body=shapes.ConfigurationChange,
        answers={200: shapes.Configuration},
        problems=[403, 404],
    )
    def patch(self, _request: Request, pk: int) -> Response:
        """Change what is given."""
        config = self.config(pk)
        asked = self.body(shapes.ConfigurationChange)
        use_cases.change(self.actor, config, making.changed(config, asked))
        return Response(shapes.Configuration(self.config(pk)).data)

    @operation(
        "configurations-delete",
        "Delete a configuration, with its copies or without",
        detail="With `copies=keep` the copies stay, read-only. `copies/` lists what goes with"
        " `copies=delete`. Refused while a run is under way.",
        query=shapes.DeleteQuery,
        answers={204: None},
        problems=[403, 404, 409],
    )
    def delete(self, _request: Request, pk: int) -> Response:
        """Delete it."""
        config = self.config(pk)
        use_cases.delete(self.actor, config, copies=self.query(shapes.DeleteQuery)["copies"])
        return Response(status=204)


class Copies(OfConfiguration):
    """What would go."""

    @operation(
        "configurations-copies",
        "List the copies that go with a configuration",
        query=PageQuery,
        detail="Those that the account may read, with the local resources that use them.",
        answers={200: page_of(shapes.Copy)},
        problems=[404],
    )
    def get(self, _request: Request, pk: int) -> Response:
        """List them by name."""
        asked = self.query(PageQuery)
        going = use_cases.copies_of(self.config(pk))
        found = going.filter(pk__in=visible.resources(self.user).values("pk"))
        found = found.order_by("name", "id")
        return self.page(found, asked, shapes.Copy)

    def context(self, rows: Sequence[Any]) -> dict[str, Any]:
        """Return the local resources that use these."""
        users: dict[str, dict[str, None]] = defaultdict(dict)
        for one in usage.local_users(self.user, rows).seen:
            users[one.used.pk][one.user.pk] = None
        return {"users": users}


class Claims(OfConfiguration):
    """What it owns."""

    @operation(
        "configurations-claims",
        "List the resources that a configuration owns",
        query=PageQuery,
        answers={200: page_of(shapes.ClaimRow)},
        problems=[404],
    )
    def get(self, _request: Request, pk: int) -> Response:
        """List them."""
        asked = self.query(PageQuery)
        found = self.config(pk).claims.order_by("state", "resource")
        return self.page(found, asked, shapes.ClaimRow)

    def context(self, rows: Sequence[Any]) -> dict[str, Any]:
        """Return the names of the resources that may be seen."""
        ids = [claim.resource for claim in rows]
        found = visible.resources(self.user).filter(pk__in=ids)
        return {"names": dict(found.values_list("pk", "name"))}


class Sync(OfConfiguration):
    """Synchronizing it."""

    @operation(
        "configurations-sync",
        "Synchronize now",
        detail="Answers with the run that is under way, where there is one.",
        body=Nothing,
        answers={202: shapes.Started},
        problems=[403, 404],
    )
    def post(self, request: Request, pk: int) -> Response:
        """Ask for a run."""
        self.body()
        return started(request, use_cases.synchronize(self.actor, self.config(pk)))


class Verify(OfConfiguration):
    """Verifying its copies."""

    @operation(
        "configurations-verify",
        "Verify the copies",
        detail="Recomputes every digest here and compares with the source. Answers with the run"
        " that is under way, whatever it does, where there is one. With `every_revision` the run"
        " ends with a signed report: `runs/{id}/report/`.",
        body=shapes.VerifyBody,
        answers={202: shapes.Started},
        problems=[403, 404],
    )
    def post(self, request: Request, pk: int) -> Response:
        """Ask for a run."""
        is_full = self.body(shapes.VerifyBody)["every_revision"]
        verify = use_cases.prove if is_full else use_cases.verify
        return started(request, verify(self.actor, self.config(pk)))


class _Change(OfConfiguration):
    deed: Callable[[Actor, SyncConfig], None]

    def _do(self, pk: int) -> Response:
        self.body()
        type(self).deed(self.actor, self.config(pk))
        return Response(shapes.Configuration(self.config(pk)).data)


class Pause(_Change):
    """Pausing it."""

    deed = staticmethod(use_cases.pause)

    @operation(
        "configurations-pause",
        "Stop following the source",
        detail="What is here stays. A run that is under way goes on.",
        body=Nothing,
        answers={200: shapes.Configuration},
        problems=[403, 404],
    )
    def post(self, _request: Request, pk: int) -> Response:
        """Pause it."""
        return self._do(pk)


class Resume(_Change):
    """Following again."""

    deed = staticmethod(use_cases.resume)

    @operation(
        "configurations-resume",
        "Follow the source again",
        detail="A run is asked for at once, unless the trigger is manual.",
        body=Nothing,
        answers={200: shapes.Configuration},
        problems=[403, 404],
    )
    def post(self, _request: Request, pk: int) -> Response:
        """Resume it."""
        return self._do(pk)
