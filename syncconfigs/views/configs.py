"""Configurations: list, one of them, acting on several at once, deleting. `picking` makes them."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from syncconfigs import configurations as use_cases
from syncconfigs import runs
from syncconfigs.forms.configs import ActionForm, DeleteForm
from syncconfigs.models import Claim, SyncConfig
from syncconfigs.views import visible
from syncconfigs.views.page import Told, back, forbidden, page_of, show
from syncconfigs.views.tables import ConfigRow, RunRow
from tcsync.access.actors import web_actor
from tcsync.access.permissions import Action, may
from tcsync.audit.recording import Actor
from tcsync.repository.models import Resource
from tcsync.repository.reading import Tree

RECENT_RUNS = 10


@require_safe
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """List the configurations, with a box to select each that this person may synchronize."""
    rows = visible.configs(request.user).order_by("source_name", "pk")
    allowed = visible.categories(request.user, Action.SYNCHRONIZE)
    page, now = page_of(request, rows), timezone.now()
    context = {
        "page": page,
        "rows": [ConfigRow.of(c, now, _is_in(allowed, c.target_category_id)) for c in page],
        "may_act": allowed is None or bool(allowed),
        "may_add": may(request.user, Action.SYNCHRONIZE),
    }
    return show(request, "configs/list.html", context)


def _is_in(allowed: set[str] | None, category: str) -> bool:
    return allowed is None or category in allowed


def _config(request: HttpRequest, pk: int) -> SyncConfig:
    """Return a configuration that this person may see. Raises Http404."""
    return get_object_or_404(visible.configs(request.user), pk=pk)


@require_safe
@login_required
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a configuration: its policy, how it stands, what it owns, its last runs."""
    config = _config(request, pk)
    page = page_of(request, config.claims.order_by("state", "resource"))
    recent = config.runs.all()[:RECENT_RUNS]
    context = {
        "row": ConfigRow.of(config, timezone.now()),
        "target_path": Tree.load().names(config.target_category_id),
        "page": page,
        "claims": list(zip(page, _resources_of(request, list(page)), strict=True)),
        "runs": [RunRow.of(run) for run in recent],
        "active_run": next((run for run in recent if run.is_active), None),
        "may_act": visible.may_synchronize(request.user, config),
        "sees_server": visible.may_see_servers(request.user),
    }
    return show(request, "configs/detail.html", context)


def _resources_of(request: HttpRequest, claims: list[Claim]) -> list[Resource | None]:
    """Return the resource of each claim, None where it is not here (yet) or not to be seen."""
    found = visible.resources(request.user).in_bulk([claim.resource for claim in claims])
    return [found.get(claim.resource) for claim in claims]


def _synchronize(actor: Actor, config: SyncConfig) -> None:
    runs.request(config, actor, "manual")


_DEEDS: dict[str, Callable[[Actor, SyncConfig], None]] = {
    "synchronize": _synchronize,
    "pause": use_cases.pause,
    "resume": use_cases.resume,
}


@require_POST
@login_required
def act(request: HttpRequest) -> HttpResponse:
    """Synchronize, pause or resume the selected configurations."""
    form = ActionForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Select at least one configuration and what to do with it."))
        return back(request, "config-list")
    wanted = form.cleaned_data["config"]
    configs = list(visible.configs(request.user).filter(pk__in=wanted))
    if len(configs) != len(wanted):
        raise Http404
    deed, done = form.cleaned_data["action"], 0
    for config in configs:
        with Told(request):
            visible.require_synchronize(request.user, config)
            _DEEDS[deed](web_actor(request), config)
            done += 1
    if done:
        messages.success(request, _said(deed, done))
    return back(request, "config-list")


def _said(deed: str, count: int) -> str:
    if deed == "synchronize":
        text = ngettext("%d run is queued.", "%d runs are queued.", count)
    elif deed == "pause":
        text = ngettext("%d configuration is paused.", "%d configurations are paused.", count)
    else:
        text = ngettext("%d configuration is resumed.", "%d configurations are resumed.", count)
    return text % count


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether the copies stay or go too, list what goes, then delete."""
    config = _config(request, pk)
    with forbidden():
        visible.require_synchronize(request.user, config)
    form = DeleteForm(request.POST or None)
    if form.is_valid():
        with Told(request):
            use_cases.delete(web_actor(request), config, copies=form.cleaned_data["copies"])
            messages.success(request, _("%s is deleted.") % config)
            return redirect("config-list")
    copies = Resource.objects.filter(id__in=config.claims.values("resource"), read_only=True)
    page = page_of(request, copies.order_by("name", "id"))
    context = {"config": config, "form": form, "page": page}
    return show(request, "configs/delete.html", context)
