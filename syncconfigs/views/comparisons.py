"""Comparisons: list, make, edit, run, prune, delete; their reports and notices."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from syncconfigs import comparisons as use_cases
from syncconfigs import visible
from syncconfigs.forms.comparisons import ComparisonForm, PruneForm, RowsFilter
from syncconfigs.models import Comparison, ComparisonReport
from syncconfigs.runs import reporting
from syncconfigs.schedules import Schedule
from syncconfigs.views.page import Told, back, forbidden, page_of, show
from syncconfigs.views.tables import RunRow
from syncconfigs.views.timing import next_dates
from tcsync.access.actors import web_actor
from tcsync.access.permissions import Action, may, require

RUNS_SHOWN = 10


def _one(request: HttpRequest, pk: int) -> Comparison:
    """Return a comparison that this person may see. Raises Http404."""
    return get_object_or_404(visible.comparisons(request.user), pk=pk)


def _managed(request: HttpRequest, pk: int) -> Comparison:
    """Return a comparison that this person may change. Raises Http404, PermissionDenied."""
    row = _one(request, pk)
    with forbidden():
        require(request.user, Action.SERVERS)
    return row


@require_safe
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """List the comparisons, each with its newest report."""
    with forbidden():
        if not visible.may_see_comparisons(request.user):
            require(request.user, Action.SERVERS)
    page = page_of(request, visible.comparisons(request.user))
    reports = visible.reports(request.user)
    context = {
        "page": page,
        "rows": [(one, reports.filter(run__comparison=one).first()) for one in page],
        "may_manage": may(request.user, Action.SERVERS),
    }
    return show(request, "comparisons/list.html", context)


@require_safe
@login_required
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a comparison: what it compares, its runs and its reports."""
    row = _one(request, pk)
    schedule = Schedule(row.every_minutes, row.cron, row.time_zone)
    runs = row.runs.order_by("-pk")[:RUNS_SHOWN]
    context = {
        "comparison": row,
        "schedule": schedule,
        "dates": next_dates(schedule),
        "runs": [RunRow.of(run) for run in runs],
        "page": page_of(request, visible.reports(request.user).filter(run__comparison=row)),
        "prune": PruneForm(),
        "may_manage": may(request.user, Action.SERVERS),
    }
    return show(request, "comparisons/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def add(request: HttpRequest) -> HttpResponse:
    """Make a comparison; nothing is compared before somebody asks, or its date has come."""
    with forbidden():
        require(request.user, Action.SERVERS)
    form = ComparisonForm(request.POST or None, servers=visible.servers(request.user))
    if form.is_valid():
        with Told(request):
            made = use_cases.create(web_actor(request), form.wish())
            messages.success(request, _("%s is made. Compare now, or wait for its date.") % made)
            return redirect("comparison-detail", made.pk)
    return show(request, "comparisons/form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a comparison; a run that is under way goes on as it was begun."""
    row = _managed(request, pk)
    form = ComparisonForm(request.POST or None, servers=visible.servers(request.user), row=row)
    if form.is_valid():
        with Told(request):
            use_cases.update(web_actor(request), row, form.wish())
            messages.success(request, _("%s is changed.") % form.wish().title)
            return redirect("comparison-detail", pk)
    return show(request, "comparisons/form.html", {"form": form, "comparison": row})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then delete a comparison with its reports."""
    row = _managed(request, pk)
    if request.method == "POST":
        with Told(request):
            use_cases.delete(web_actor(request), row)
            messages.success(request, _("%s is deleted, with its reports.") % row.name)
            return redirect("comparison-list")
    count = visible.reports(request.user).filter(run__comparison=row).count()
    return show(request, "comparisons/delete.html", {"comparison": row, "count": count})


@require_POST
@login_required
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare now."""
    row = _one(request, pk)
    with Told(request):
        return redirect("run-detail", use_cases.run(web_actor(request), row).pk)
    return redirect("comparison-detail", pk)


@require_POST
@login_required
def prune(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete the older reports."""
    row, form = _managed(request, pk), PruneForm(request.POST)
    if form.is_valid():
        with Told(request):
            gone = use_cases.prune(web_actor(request), row, form.cleaned_data["keep"])
            messages.success(request, _("%d older reports are deleted.") % gone)
    else:
        messages.error(request, _("Say how many reports stay: a number from 1 on."))
    return redirect("comparison-detail", pk)


@require_POST
@login_required
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that somebody has seen that something is no longer equal."""
    notice = get_object_or_404(visible.notices(request.user), pk=pk)
    with Told(request):
        use_cases.acknowledge(web_actor(request), notice)
    return back(request, "dashboard")


def _report(request: HttpRequest, pk: int) -> ComparisonReport:
    """Return the report of a run that this person may see. Raises Http404."""
    return get_object_or_404(visible.reports(request.user), run__id=pk)


@require_safe
@login_required
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a report: what it adds up to first, then what is not equal."""
    found, form = _report(request, pk), RowsFilter(request.GET)
    page = page_of(request, form.rows(found.run.compared.all()))
    return show(request, "comparisons/report.html", _shown(found) | {"form": form, "page": page})


@require_safe
@login_required
def printed(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the whole report on one page, to print."""
    found = _report(request, pk)
    rows = found.run.compared.order_by("pk").iterator()
    return show(request, "comparisons/printed.html", _shown(found) | {"page": rows})


def _shown(found: ComparisonReport) -> dict[str, Any]:
    return {"report": found, "run": found.run, "limits": reporting.HIDDEN}


@require_safe
@login_required
def download(request: HttpRequest, pk: int, form: str) -> HttpResponse | StreamingHttpResponse:
    """Send a report as signed JSON or as CSV."""
    found = _report(request, pk)
    answer: HttpResponse | StreamingHttpResponse
    if form == "json":
        answer = HttpResponse(reporting.signed(found), content_type="application/json")
    elif form == "csv":
        pieces = reporting.table(found)
        answer = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    else:
        raise Http404
    answer["Content-Disposition"] = f'attachment; filename="comparison-{found.pk}.{form}"'
    return answer
