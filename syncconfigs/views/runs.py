"""Runs: the list, one of them while it goes on and afterwards, cancelling, asking again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from syncconfigs import runs as use_cases
from syncconfigs.models import RunStep, SyncRun
from syncconfigs.views import visible
from syncconfigs.views.page import Told, back, forbidden, page_of, show
from syncconfigs.views.tables import RunRow
from tcsync.access.actors import web_actor
from tcsync.access.permissions import Action, may, require

LINES_SHOWN = 200
STOP_POLLING = 286
"""The status at which htmx takes the answer and asks no more."""

_URGENCY = {
    RunStep.State.FAILED: 0,
    RunStep.State.REFUSED: 1,
    RunStep.State.PENDING: 2,
    RunStep.State.DONE: 3,
}


@require_safe
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """List the runs, newest first; `?state=` shows those in one state only."""
    rows = visible.runs(request.user)
    state = request.GET.get("state", "")
    if state in SyncRun.State.values:
        rows = rows.filter(state=state)
    page = page_of(request, rows)
    context = {
        "page": page,
        "rows": [RunRow.of(run) for run in page],
        "states": SyncRun.State.choices,
        "state": state,
    }
    return show(request, "runs/list.html", context)


def _run(request: HttpRequest, pk: int) -> SyncRun:
    """Return a run that this person may see. Raises Http404."""
    return get_object_or_404(visible.runs(request.user), pk=pk)


@require_safe
@login_required
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a run; the page asks for `progress` again and again while the run goes on."""
    return show(request, "runs/detail.html", _context(request, _run(request, pk)))


@require_safe
@login_required
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the part of a run's page that changes, with the status that ends the asking."""
    run = _run(request, pk)
    status = 200 if run.is_active else STOP_POLLING
    return show(request, "runs/_progress.html", _context(request, run), status=status)


def _context(request: HttpRequest, run: SyncRun) -> dict[str, Any]:
    urgency = Case(
        *(When(state=state, then=Value(rank)) for state, rank in _URGENCY.items()),
        output_field=IntegerField(),
    )
    lines = list(run.lines.order_by("-id")[: LINES_SHOWN + 1])
    return {
        "row": RunRow.of(run),
        "run": run,
        "page": page_of(request, run.steps.order_by(urgency, "position")),
        "lines": lines[:LINES_SHOWN][::-1],
        "lines_cut": len(lines) > LINES_SHOWN,
        "may_act": _may_act(request, run),
        "plan": getattr(run, "plan", None),
    }


def _managed(request: HttpRequest, pk: int) -> SyncRun:
    """Return a run that this person may stop or repeat. Raises Http404 and PermissionDenied."""
    run = _run(request, pk)
    with forbidden():
        if run.config is None:
            require(request.user, Action.ADMINISTER)
        else:
            visible.require_synchronize(request.user, run.config)
    return run


def _may_act(request: HttpRequest, run: SyncRun) -> bool:
    if run.config is None:
        return may(request.user, Action.ADMINISTER)
    return visible.may_synchronize(request.user, run.config)


@require_POST
@login_required
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a run to stop at its next batch."""
    run = _managed(request, pk)
    with Told(request):
        use_cases.cancel(run, web_actor(request))
        messages.success(request, _("The run stops as soon as its current batch is finished."))
    return back(request, "run-detail", pk)


@require_POST
@login_required
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for another run of the same configuration."""
    run = _managed(request, pk)
    with Told(request):
        again = use_cases.retry(run, web_actor(request))
        if again is not None:
            return redirect("run-detail", again.pk)
        messages.error(request, _("The configuration of this run was deleted: make it again."))
    return redirect("run-detail", pk)
