"""The preview of a configuration, and what only a person can decide about its plan."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from syncconfigs import configurations as use_cases
from syncconfigs import visible
from syncconfigs.api.schema import SOURCE, operation
from syncconfigs.api.serializers import configurations as shapes
from syncconfigs.api.serializers import decisions
from syncconfigs.api.serializers.fields import Nothing
from syncconfigs.api.serializers.plans import Plan
from syncconfigs.api.views.configurations import OfConfiguration, started
from syncconfigs.models import SyncConfig
from tcsync.sync.render import to_document


class PlanNow(OfConfiguration):
    """What it would do now."""

    @operation(
        "configurations-plan",
        "Show what a synchronization would do now",
        detail="The source is asked, for some seconds at most; nothing is written. `holder` names"
        " what is in the way, where the account may see it.",
        answers={200: Plan},
        problems=[403, 404, 409, *SOURCE],
    )
    def get(self, _request: Request, pk: int) -> Response:
        """Plan it."""
        made = use_cases.plan_of(self.actor, self.config(pk))
        return Response(use_cases.with_holders(self.user, to_document(made)))


class _Decision(OfConfiguration):
    def _managed(self, pk: int) -> SyncConfig:
        """Return it for who may decide, before what was sent is read. Raises Http404."""
        config = self.config(pk)
        visible.require_synchronize(self.user, config)
        return config


class ConfirmChange(_Decision):
    """Much is meant to change."""

    @operation(
        "configurations-confirm-change",
        "Confirm that so much is to change at once",
        detail="Holds for exactly the change with this digest: 409 where it is another one by now."
        " Asks for a run.",
        body=decisions.ConfirmBody,
        answers={202: shapes.Started},
        problems=[403, 404, 409, *SOURCE],
    )
    def post(self, request: Request, pk: int) -> Response:
        """Confirm it."""
        config = self._managed(pk)
        asked = self.body(decisions.ConfirmBody)
        run = use_cases.confirm_change(self.actor, config, asked["digest"], asked["reason"])
        return started(request, run)


class HistoriesOf(OfConfiguration):
    """Two histories."""

    @operation(
        "configurations-histories",
        "Show the history of a copy beside that of its source",
        detail="Around the point where they part. The source is asked; nothing is written.",
        answers={200: decisions.Histories},
        problems=[403, 404, 409, *SOURCE],
    )
    def get(self, _request: Request, pk: int, resource: str) -> Response:
        """Show both."""
        found = use_cases.histories(self.actor, self.config(pk), resource)
        return Response(found.to_document())


class AcceptHistory(_Decision):
    """The source is right."""

    @operation(
        "configurations-accept-history",
        "Let the source's history take the place of ours",
        detail="The copy is deleted and fetched anew by the run that is asked for, once the source"
        " has shown the same history again.",
        body=decisions.AcceptBody,
        answers={202: shapes.Started},
        problems=[403, 404, 409, *SOURCE],
    )
    def post(self, request: Request, pk: int, resource: str) -> Response:
        """Decide it."""
        config = self._managed(pk)
        asked = self.body(decisions.AcceptBody)
        typed = use_cases.Typed(asked["name"], asked["reason"])
        run = use_cases.accept_history(self.actor, config, resource, asked["history"], typed)
        return started(request, run)


class KeepCopy(_Decision):
    """Ours is right."""

    @operation(
        "configurations-keep-copy",
        "Keep a copy as it is and follow it no longer",
        detail="It stays read-only; an exclusion says why it is not synchronized. Refused while a"
        " run is under way.",
        body=decisions.KeepBody,
        answers={204: None},
        problems=[403, 404, 409],
    )
    def post(self, _request: Request, pk: int, resource: str) -> Response:
        """Decide it."""
        config = self._managed(pk)
        asked = self.body(decisions.KeepBody)
        typed = use_cases.Typed(asked["name"], asked["reason"])
        use_cases.keep_copy(self.actor, config, resource, typed)
        return Response(status=204)


class TakeOver(OfConfiguration):
    """With another role."""

    @operation(
        "configurations-take-over",
        "Let a configuration work with the role of this account",
        detail="For one whose maker may no longer synchronize into its target category.",
        body=Nothing,
        answers={200: shapes.Configuration},
        problems=[403, 404],
    )
    def post(self, _request: Request, pk: int) -> Response:
        """Take it over."""
        self.body()
        use_cases.take_over(self.actor, self.config(pk))
        return Response(shapes.Configuration(self.config(pk)).data)
