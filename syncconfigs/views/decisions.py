"""The preview of a configuration, and what only a person can decide about its plan."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from syncconfigs import configurations as use_cases
from syncconfigs import visible
from syncconfigs.configurations.histories import Pair
from syncconfigs.forms.decisions import ConfirmForm, HistoryForm
from syncconfigs.models import SyncConfig
from syncconfigs.views.history import moment
from syncconfigs.views.page import Told, back, forbidden, show
from syncconfigs.views.previews import Shown
from tcsync.access.actors import web_actor
from tcsync.errors import Missing, TcsyncError
from tcsync.sync.render import to_document

MOST_LINES = 500


def _config(request: HttpRequest, pk: int) -> SyncConfig:
    """Return a configuration that this person may synchronize. Raises Http404, PermissionDenied."""
    config = get_object_or_404(visible.configs(request.user), pk=pk)
    with forbidden():
        visible.require_synchronize(request.user, config)
    return config


@require_safe
@login_required
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a synchronization would do now; the source is asked, nothing is written."""
    config = _config(request, pk)
    picked = use_cases.Picked(config.kind, config.source_id, config.source_name)
    context: dict[str, Any] = {"config": config, "policy": config}
    try:
        document = to_document(use_cases.plan_of(web_actor(request), config))
    except TcsyncError as error:
        context["error"] = error
    else:
        shown = Shown.of(request, use_cases.Preview(picked, document), MOST_LINES)
        context |= {"one": shown, "totals": shown.totals}
        context["too_much"] = document["too_much_change"]
    return show(request, "configs/preview.html", context)


@require_POST
@login_required
def confirm_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the next run make exactly the change that was shown."""
    config = _config(request, pk)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why this change is meant: nothing was confirmed."))
        return redirect("config-preview", pk)
    said = form.cleaned_data
    with Told(request):
        actor = web_actor(request)
        run = use_cases.confirm_change(actor, config, said["digest"], said["reason"])
        return redirect("run-detail", run.pk)
    return redirect("config-preview", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def histories(request: HttpRequest, pk: int, resource: str) -> HttpResponse:
    """Show both histories of a resource side by side, and take the decision between them."""
    config = _config(request, pk)
    form = HistoryForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with Told(request):
            return _decide(request, config, resource, form.cleaned_data)
    context: dict[str, Any] = {"config": config, "form": form}
    try:
        found = use_cases.histories(web_actor(request), config, resource)
        context |= {"found": found, "pairs": [_dated(pair) for pair in found.pairs]}
    except Missing as error:
        raise Http404 from error
    except TcsyncError as error:
        context["error"] = error
    return show(request, "configs/histories.html", context)


def _dated(pair: Pair) -> tuple[Pair, datetime | None, datetime | None]:
    ours, theirs = (
        moment(told.time) if told is not None and told.time is not None else None
        for told in (pair.ours, pair.theirs)
    )
    return pair, ours, theirs


def _decide(
    request: HttpRequest, config: SyncConfig, resource: str, said: dict[str, str]
) -> HttpResponse:
    actor, typed = web_actor(request), use_cases.Typed(said["name"], said["reason"])
    if said["decision"] == "accept":
        run = use_cases.accept_history(actor, config, resource, said["history"], typed)
        return redirect("run-detail", run.pk)
    use_cases.keep_copy(actor, config, resource, typed)
    text = _("%s is kept as it is, read-only, and no longer synchronized.")
    messages.success(request, text % said["name"])
    return redirect("config-detail", config.pk)


@require_POST
@login_required
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a configuration work with the role of this person."""
    config = _config(request, pk)
    with Told(request):
        use_cases.take_over(web_actor(request), config)
        messages.success(request, _("%s works with your role now.") % config.source_name)
    return back(request, "config-detail", pk)
