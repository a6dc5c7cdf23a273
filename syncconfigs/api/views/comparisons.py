"""Comparisons: make, change, run, prune, delete; their reports in every form; their notices."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from syncconfigs import comparisons as use_cases
from syncconfigs import visible
from syncconfigs.api.endpoint import Endpoint, find
from syncconfigs.api.problems import invalid
from syncconfigs.api.schema import operation, page_of
from syncconfigs.api.serializers import comparisons as shapes
from syncconfigs.api.serializers.configurations import Started
from syncconfigs.api.serializers.fields import Nothing, PageQuery
from syncconfigs.api.views.configurations import started
from syncconfigs.models import Comparison, ComparisonReport, RemoteServer
from syncconfigs.runs import reporting
from syncconfigs.schedules import BadSchedule
from tcsync.access.permissions import Action, require

_KEPT = ("name", "resources", "categories", "depth", "patience_hours")


class OfComparison(Endpoint):
    """What belongs to one comparison."""

    def comparison(self, pk: int) -> Comparison:
        """Return it. Raises Http404."""
        return find(visible.comparisons(self.user), pk=pk)

    def wish(self, given: dict[str, Any], row: Comparison | None = None) -> use_cases.Wish:
        """Return what is asked for; what is not given stays as it is. Raises ValidationError."""
        asked = {name: given[name] for name in _KEPT if name in given}
        if row is not None:
            asked = {**{name: getattr(row, name) for name in _KEPT}, **asked}
        for name in ("resources", "categories"):
            asked[name] = tuple(asked[name])
        sides: dict[str, Any] = {n: self._side(given, n, row) for n in ("one", "other")}
        plan = given["schedule"] or {} if "schedule" in given else _schedule(row)
        return use_cases.Wish(**sides, **asked, **plan)

    def _side(
        self, given: dict[str, Any], name: str, row: Comparison | None
    ) -> RemoteServer | None:
        if name not in given:
            return getattr(row, name)
        if given[name] is None:
            return None
        found = visible.servers(self.user).filter(pk=given[name]).first()
        if found is None:
            raise invalid(name, "There is no such server.", "does_not_exist")
        return found


def _schedule(row: Comparison | None) -> dict[str, Any]:
    if row is None:
        return {}
    return {name: getattr(row, name) for name in ("every_minutes", "cron", "time_zone")}


class Comparisons(OfComparison):
    """All of them."""

    @operation(
        "comparisons-list",
        "List the comparisons",
        query=PageQuery,
        answers={200: page_of(shapes.OneComparison)},
        problems=[403],
    )
    def get(self, _request: Request) -> Response:
        """List them by name."""
        if not visible.may_see_comparisons(self.user):
            require(self.user, Action.SERVERS)
        asked = self.query(PageQuery)
        return self.page(visible.comparisons(self.user), asked, shapes.OneComparison)

    @operation(
        "comparisons-create",
        "Make a comparison",
        detail="Nothing is compared before a run is asked for, or its time has come.",
        body=shapes.ComparisonBody,
        answers={201: shapes.OneComparison},
        problems=[403, 409],
        examples={"A server and this node": {"one": 1, "other": None, "depth": "heads"}},
    )
    def post(self, request: Request) -> Response:
        """Make one."""
        require(self.user, Action.SERVERS)
        wish = self.wish(self.body(shapes.ComparisonBody))
        try:
            made = use_cases.create(self.actor, wish)
        except BadSchedule as error:
            raise invalid("schedule", str(error)) from error
        where = reverse("api-comparison", [made.pk], request=request)
        said = shapes.OneComparison(self.comparison(made.pk)).data
        return Response(said, 201, headers={"Location": where})


class TheComparison(OfComparison):
    """One of them."""

    @operation(
        "comparisons-read",
        "Read a comparison",
        answers={200: shapes.OneComparison},
        problems=[404],
    )
    def get(self, _request: Request, pk: int) -> Response:
        """Show it."""
        return Response(shapes.OneComparison(self.comparison(pk)).data)

    @operation(
        "comparisons-change",
        "Change a comparison",
        body=shapes.ComparisonChange,
        answers={200: shapes.OneComparison},
        problems=[403, 404, 409],
    )
    def patch(self, _request: Request, pk: int) -> Response:
        """Change it."""
        row = self.comparison(pk)
        require(self.user, Action.SERVERS)
        given = self.body(shapes.ComparisonChange)
        try:
            use_cases.update(self.actor, row, self.wish(given, row))
        except BadSchedule as error:
            raise invalid("schedule", str(error)) from error
        return Response(shapes.OneComparison(self.comparison(pk)).data)

    @operation(
        "comparisons-delete",
        "Delete a comparison with its reports",
        answers={204: None},
        problems=[403, 404, 409],
    )
    def delete(self, _request: Request, pk: int) -> Response:
        """Delete it."""
        use_cases.delete(self.actor, self.comparison(pk))
        return Response(status=204)


class RunNow(OfComparison):
    """Comparing."""

    @operation(
        "comparisons-run",
        "Compare now",
        detail="Answers with the run that is under way, where there is one.",
        body=Nothing,
        answers={202: Started},
        problems=[403, 404],
    )
    def post(self, request: Request, pk: int) -> Response:
        """Ask for a run."""
        self.body()
        return started(request, use_cases.run(self.actor, self.comparison(pk), "api"))


class Reports(OfComparison):
    """Its reports."""

    @operation(
        "comparisons-reports",
        "List the finished reports of a comparison, the newest first",
        query=PageQuery,
        answers={200: page_of(shapes.Report)},
        problems=[404],
    )
    def get(self, _request: Request, pk: int) -> Response:
        """List them."""
        found = visible.reports(self.user).filter(run__comparison=self.comparison(pk))
        return self.page(found, self.query(PageQuery), shapes.Report)


class Prune(OfComparison):
    """Deleting its older reports."""

    @operation(
        "comparisons-prune",
        "Delete the older reports of a comparison",
        body=shapes.PruneBody,
        answers={200: shapes.Pruned},
        problems=[403, 404],
    )
    def post(self, _request: Request, pk: int) -> Response:
        """Delete them."""
        keep = self.body(shapes.PruneBody)["keep"]
        deleted = use_cases.prune(self.actor, self.comparison(pk), keep)
        return Response(shapes.Pruned({"deleted": deleted}).data)


class OfReport(Endpoint):
    """What belongs to one report."""

    def report(self, pk: int) -> ComparisonReport:
        """Return the report of a run. Raises Http404."""
        return find(visible.reports(self.user), run__id=pk)


class OneReport(OfReport):
    """What it adds up to."""

    @operation(
        "reports-read", "Read the report of a run", answers={200: shapes.Report}, problems=[404]
    )
    def get(self, _request: Request, pk: int) -> Response:
        """Show it."""
        return Response(shapes.Report(self.report(pk)).data)


class ReportRows(OfReport):
    """Its resources."""

    @operation(
        "reports-resources",
        "List the resources of a report",
        query=shapes.ComparedQuery,
        answers={200: page_of(shapes.Compared)},
        problems=[404],
    )
    def get(self, _request: Request, pk: int) -> Response:
        """List them as they were compared."""
        found = self.report(pk).run.compared.order_by("pk")
        asked = self.query(shapes.ComparedQuery)
        if "verdict" in asked:
            found = found.filter(verdict__in=asked["verdict"])
        if "kind" in asked:
            found = found.filter(kinds__contains=f"|{asked['kind']}|")
        return self.page(found, asked, shapes.Compared)


class ReportSigned(OfReport):
    """The whole of it, signed."""

    @operation(
        "reports-signed",
        "Download a report, signed with the node's key",
        detail="`manage.py verify_report` checks the signature.",
        answers={(200, "application/json"): OpenApiTypes.OBJECT},
        problems=[404],
    )
    def get(self, _request: Request, pk: int) -> HttpResponse:
        """Send it."""
        answer = HttpResponse(reporting.signed(self.report(pk)), content_type="application/json")
        answer["Content-Disposition"] = f'attachment; filename="comparison-{pk}-signed.json"'
        return answer


class ReportTable(OfReport):
    """The whole of it as a table."""

    @operation(
        "reports-csv",
        "Download a report as CSV",
        detail="Cells that a spreadsheet could take for a formula begin with an apostrophe.",
        answers={(200, "text/csv"): OpenApiTypes.STR},
        problems=[404],
    )
    def get(self, _request: Request, pk: int) -> StreamingHttpResponse:
        """Send it."""
        pieces = reporting.table(self.report(pk))
        answer = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="comparison-{pk}.csv"'
        return answer


class Notices(Endpoint):
    """What waits for a person."""

    @operation(
        "notices-list",
        "List the notices that nobody acknowledged yet",
        query=PageQuery,
        answers={200: page_of(shapes.Notice)},
    )
    def get(self, _request: Request) -> Response:
        """List them, the newest first."""
        return self.page(visible.notices(self.user), self.query(PageQuery), shapes.Notice)


class Acknowledge(Endpoint):
    """Saying that somebody has seen it."""

    @operation(
        "notices-acknowledge",
        "Acknowledge a notice",
        body=Nothing,
        answers={204: None},
        problems=[403, 404],
    )
    def post(self, _request: Request, pk: int) -> Response:
        """Acknowledge it."""
        self.body()
        use_cases.acknowledge(self.actor, find(visible.notices(self.user), pk=pk))
        return Response(status=204)
