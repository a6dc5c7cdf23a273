"""Runs: list, read, steps, plan, log, cancel, retry."""

from __future__ import annotations

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When
from django.http import Http404, HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from syncconfigs import runs as use_cases
from syncconfigs import visible
from syncconfigs.api.endpoint import Endpoint, find
from syncconfigs.api.schema import operation, page_of
from syncconfigs.api.serializers import runs as shapes
from syncconfigs.api.serializers.configurations import Started
from syncconfigs.api.serializers.fields import Nothing
from syncconfigs.api.serializers.plans import Plan
from syncconfigs.api.views.configurations import started
from syncconfigs.configurations import with_holders
from syncconfigs.models import FullReport, RunStep, StoredPlan, SyncRun
from syncconfigs.runs import log
from tcsync.errors import Clash

STEPS_SHOWN = 1000
_URGENCY = Case(
    When(state=RunStep.State.FAILED, then=Value(0)),
    When(state=RunStep.State.REFUSED, then=Value(1)),
    When(state=RunStep.State.PENDING, then=Value(2)),
    default=Value(3),
    output_field=IntegerField(),
)


def steps_of(run: SyncRun) -> QuerySet[RunStep]:
    """Return the steps of a run, the most urgent first."""
    return run.steps.order_by(_URGENCY, "position")


class OfRun(Endpoint):
    """What belongs to one run."""

    def run(self, pk: int) -> SyncRun:
        """Return it. Raises Http404."""
        return find(visible.runs(self.user), pk=pk)


class Runs(Endpoint):
    """All of them."""

    @operation(
        "runs-list",
        "List the runs, the newest first",
        query=shapes.RunsQuery,
        answers={200: page_of(shapes.Run)},
    )
    def get(self, _request: Request) -> Response:
        """List them."""
        asked = self.query(shapes.RunsQuery)
        filters = {"state": "state__in", "configuration": "config", "kind": "kind"}
        wanted = {filters[name]: value for name, value in asked.items() if name in filters}
        return self.page(visible.runs(self.user).filter(**wanted), asked, shapes.Run)


class OneRun(OfRun):
    """One of them."""

    @operation(
        "runs-read",
        "Read a run and how far it is",
        detail=f"`steps` holds the first {STEPS_SHOWN}, those that failed before the others;"
        " `steps_url` leads to all of them.",
        answers={200: shapes.OneRun},
        problems=[404],
    )
    def get(self, request: Request, pk: int) -> Response:
        """Show it."""
        run = self.run(pk)
        counts = run.steps.order_by().values_list("state").annotate(n=Count("pk"))
        context = {
            "steps": steps_of(run)[:STEPS_SHOWN],
            "step_counts": dict(counts.values_list("state", "n")),
            "steps_url": reverse("api-run-steps", [pk], request=request),
        }
        return Response(shapes.OneRun(run, context=context).data)


class Steps(OfRun):
    """Its steps."""

    @operation(
        "runs-steps",
        "List the steps of a run, those that failed first",
        query=shapes.StepsQuery,
        answers={200: page_of(shapes.Step)},
        problems=[404],
    )
    def get(self, _request: Request, pk: int) -> Response:
        """List them."""
        found = steps_of(self.run(pk))
        asked = self.query(shapes.StepsQuery)
        if "state" in asked:
            found = found.filter(state__in=asked["state"])
        return self.page(found, asked, shapes.Step)


class PlanOf(OfRun):
    """Its plan."""

    @operation(
        "runs-plan",
        "Read the plan that a run carries out",
        answers={200: Plan},
        problems=[404],
    )
    def get(self, _request: Request, pk: int) -> Response:
        """Show it."""
        plan = StoredPlan.objects.filter(run=self.run(pk)).first()
        if plan is None:
            raise Http404
        return Response(with_holders(self.user, plan.document))


class Log(OfRun):
    """Its log."""

    @operation(
        "runs-log",
        "Download the log of a run",
        answers={(200, "text/plain"): OpenApiTypes.STR},
        problems=[404],
    )
    def get(self, _request: Request, pk: int) -> StreamingHttpResponse:
        """Send it: the facts of the run, then a line for each entry."""
        run = self.run(pk)
        answer = StreamingHttpResponse(log.lines(run), content_type="text/plain; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{log.file_name(run)}"'
        return answer


class Report(OfRun):
    """The signed report of a full comparison."""

    @operation(
        "runs-report",
        "Download the signed report of a full comparison",
        detail="The bytes are those that were signed: `manage.py verify_report` checks them.",
        answers={(200, "application/json"): OpenApiTypes.OBJECT},
        problems=[404],
    )
    def get(self, _request: Request, pk: int) -> HttpResponse:
        """Send it."""
        report = find(FullReport.objects.all(), run=self.run(pk))
        answer = HttpResponse(report.signed, content_type="application/json")
        name = f"full-comparison-{report.run_id}.json"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer


class Cancel(OfRun):
    """Stopping it."""

    @operation(
        "runs-cancel",
        "Ask a run to stop",
        detail="At once while it waits, at its next whole batch while it runs. What is finished"
        " stays. Nothing happens to a run that has ended.",
        body=Nothing,
        answers={202: shapes.Run},
        problems=[403, 404],
    )
    def post(self, _request: Request, pk: int) -> Response:
        """Ask for it."""
        self.body()
        use_cases.cancel(self.run(pk), self.actor)
        return Response(shapes.Run(self.run(pk)).data, 202)


class Retry(OfRun):
    """Doing it again."""

    @operation(
        "runs-retry",
        "Ask for another run of the same configuration",
        body=Nothing,
        answers={202: Started},
        problems=[403, 404, 409],
    )
    def post(self, request: Request, pk: int) -> Response:
        """Ask for it."""
        self.body()
        again = use_cases.retry(self.run(pk), self.actor)
        if again is None:
            raise Clash("The configuration of this run was deleted.", next_step="Make it again.")
        return started(request, again)
