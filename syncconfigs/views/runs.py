"""Runs: the list, one of them while it goes on and afterwards, cancelling, asking again."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from syncconfigs import runs as use_cases
from syncconfigs import visible
from syncconfigs.forms.runs import RunFilter, SelectedRuns
from syncconfigs.models import FullReport, SyncRun
from syncconfigs.runs import log
from syncconfigs.views import plans
from syncconfigs.views.live import RunPage
from syncconfigs.views.page import Told, back, forbidden, page_of, show
from syncconfigs.views.tables import RunRow
from tcsync.access.actors import web_actor
from tcsync.access.permissions import Action, require

STOP_POLLING = 286
"""The status at which htmx takes the answer and asks no more."""
PLAIN_TEXT = "text/plain; charset=utf-8"


@require_safe
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """List the runs, newest first, with a box to select each that this person may stop."""
    form = RunFilter(request.GET)
    page = page_of(request, form.rows(visible.runs(request.user)))
    allowed = visible.categories(request.user, Action.SYNCHRONIZE)
    rows = [RunRow.of(run, run.is_active and _is_in(allowed, run)) for run in page]
    context = {"form": form, "page": page, "rows": rows, "select": any(r.may_act for r in rows)}
    return show(request, "runs/list.html", context)


def _is_in(allowed: set[str] | None, run: SyncRun) -> bool:
    """Tell whether a run goes into one of these categories; None means all of them.

    Who may synchronize everywhere may compare, too.
    """
    return allowed is None or (run.config is not None and run.config.target_category_id in allowed)


def _run(request: HttpRequest, pk: int) -> SyncRun:
    """Return a run that this person may see. Raises Http404."""
    return get_object_or_404(visible.runs(request.user), pk=pk)


@require_safe
@login_required
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a run; the page asks for `progress` again and again while the run goes on."""
    run = _run(request, pk)
    seen = RunPage(request, run)
    family = visible.runs(request.user)
    context = {
        **seen.context,
        "parts": seen.parts,
        "address": seen.address,
        "retry_of": family.filter(pk=run.retry_of_id or 0).first(),
        "retries": family.filter(retry_of=run).order_by("pk"),
    }
    return show(request, "runs/detail.html", context)


@require_safe
@login_required
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is new of a run's page, with the status that ends the asking."""
    run = _run(request, pk)
    seen = RunPage(request, run)
    status = 200 if run.is_active else STOP_POLLING
    context = {**seen.context, **seen.news(), "address": seen.address}
    return show(request, "runs/_refresh.html", context, status=status)


@require_safe
@login_required
def download_log(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send all lines of a run, and its facts, as a text file."""
    run = _run(request, pk)
    answer = StreamingHttpResponse(log.lines(run), content_type=PLAIN_TEXT)
    return _as_file(answer, log.file_name(run))


@require_safe
@login_required
def download_plan(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the whole plan of a run as text, or with `?format=json` as it was stored."""
    run = _run(request, pk)
    document = plans.document_of(run)
    if not document:
        raise Http404
    if request.GET.get("format") == "json":
        return _as_file(JsonResponse(document), f"run-{run.pk}-plan.json")
    answer = StreamingHttpResponse(plans.text(document), content_type=PLAIN_TEXT)
    return _as_file(answer, f"run-{run.pk}-plan.txt")


@require_safe
@login_required
def download_report(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the signed report of a full comparison as it was signed."""
    run = _run(request, pk)
    report = get_object_or_404(FullReport, run=run)
    answer = HttpResponse(report.signed, content_type="application/json")
    return _as_file(answer, f"full-comparison-{run.pk}.json")


def _as_file(answer: HttpResponseBase, name: str) -> HttpResponseBase:
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _managed(request: HttpRequest, run: SyncRun) -> SyncRun:
    """Return a run that this person may stop or repeat. Raises PermissionDenied."""
    with forbidden():
        if run.kind == SyncRun.Kind.COMPARE:
            require(request.user, Action.SERVERS)
        elif run.config is None:
            require(request.user, Action.ADMINISTER)
        else:
            visible.require_synchronize(request.user, run.config)
    return run


@require_POST
@login_required
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a run."""
    run = _managed(request, _run(request, pk))
    with Told(request):
        use_cases.cancel(run, web_actor(request))
        messages.success(request, _("The run stops within a few seconds; what had arrived stays."))
    return back(request, "run-detail", pk)


@require_POST
@login_required
def cancel_selected(request: HttpRequest) -> HttpResponse:
    """Stop the selected runs: all of them, or none if one of them may not be stopped."""
    form = SelectedRuns(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Select at least one run that is active."))
        return back(request, "run-list")
    found = list(visible.runs(request.user).filter(pk__in=form.ids))
    if len(found) < len(form.ids):
        raise Http404
    chosen = [run for run in found if _managed(request, run).is_active]
    with Told(request):
        for run in chosen:
            use_cases.cancel(run, web_actor(request))
        count = len(chosen)
        messages.success(request, ngettext("%d run stops.", "%d runs stop.", count) % count)
    return back(request, "run-list")


@require_POST
@login_required
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for another run of the same configuration."""
    run = _managed(request, _run(request, pk))
    with Told(request):
        again = use_cases.retry(run, web_actor(request))
        if again is not None:
            return redirect("run-detail", again.pk)
        messages.error(request, _("What this run is of was deleted: make it again."))
    return redirect("run-detail", pk)
