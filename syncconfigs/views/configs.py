"""Configurations: the list and one of them. `acting` changes and deletes, the wizard makes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from syncconfigs import configurations as use_cases
from syncconfigs import visible
from syncconfigs.forms.configs import PolicyForm
from syncconfigs.forms.filters import ClaimFilter, ConfigFilter
from syncconfigs.models import Claim, SyncConfig
from syncconfigs.views.acting import act, delete
from syncconfigs.views.page import Told, forbidden, page_of, show
from syncconfigs.views.tables import ConfigRow, RunRow
from syncconfigs.views.timing import next_dates
from tcsync.access.actors import web_actor
from tcsync.access.permissions import Action, may
from tcsync.repository.models import Resource

__all__ = ["act", "delete", "detail", "edit", "overview"]

RECENT_RUNS = 10
_SORTED = ("name", "status", "behind", "success")


@require_safe
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """List the configurations, with a box to select each that this person may synchronize."""
    visible_ones, now = visible.configs(request.user), timezone.now()
    form = ConfigFilter(request.GET, servers=_servers_of(visible_ones))
    page = page_of(request, form.rows(visible_ones, now))
    allowed = visible.categories(request.user, Action.SYNCHRONIZE)
    runs, left = use_cases.last_runs(page), use_cases.left(page)
    context = {
        "form": form,
        "page": page,
        "rows": [
            ConfigRow.of(
                c, now, _is_in(allowed, c.target_category_id), runs.get(c.pk), left.get(c.pk, 0)
            )
            for c in page
        ],
        "sorts": sorts(request.GET),
        "may_act": allowed is None or bool(allowed),
        "may_add": may(request.user, Action.SYNCHRONIZE),
    }
    return show(request, "configs/list.html", context)


def _servers_of(configs: QuerySet[SyncConfig]) -> list[tuple[int, str]]:
    found = configs.select_related(None).defer(None).order_by("server__name", "server")
    return list(found.values_list("server", "server__name").distinct())


def _is_in(allowed: set[str] | None, category: str) -> bool:
    return allowed is None or category in allowed


def sorts(query: QueryDict) -> dict[str, dict[str, str]]:
    """Return for each column by which can be sorted where its head leads, and how it stands."""
    now = query.get("sort") or "name"
    found = {}
    for name in _SORTED:
        there = query.copy()
        there.pop("page", None)
        there["sort"] = f"-{name}" if now == name else name
        order = {name: "ascending", f"-{name}": "descending"}.get(now, "none")
        found[name] = {"query": f"?{there.urlencode()}", "order": order}
    return found


def _config(request: HttpRequest, pk: int) -> SyncConfig:
    """Return a configuration that this person may see. Raises Http404."""
    return get_object_or_404(visible.configs(request.user), pk=pk)


@require_safe
@login_required
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a configuration, its last runs and what it owns."""
    config = _config(request, pk)
    form = ClaimFilter(request.GET)
    claims = form.rows(config.claims.order_by("state", "resource"), visible.resources(request.user))
    page = page_of(request, claims)
    recent = [RunRow.of(run) for run in config.runs.all()[:RECENT_RUNS]]
    context = {
        **_head(request, config),
        "form": form,
        "page": page,
        "claims": list(zip(page, _resources_of(request, list(page)), strict=True)),
        "lacking": use_cases.lacking_of(config, visible.resources(request.user)),
        "runs": recent,
        "last_run": recent[0].run if recent else None,
        "active_run": next((row.run for row in recent if row.run.is_active), None),
    }
    return show(request, "configs/detail.html", context)


def _head(request: HttpRequest, config: SyncConfig) -> dict[str, Any]:
    target = config.target_category_id
    return {
        "row": ConfigRow.of(config, timezone.now(), run=config.runs.first()),
        "schedule": config.schedule,
        "dates": next_dates(config.schedule),
        "config": config,
        "target_path": visible.names(request.user, target)[target],
        "may_act": visible.may_synchronize(request.user, config),
        "sees_server": visible.may_see_servers(request.user),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change how a configuration follows what was picked."""
    config = _config(request, pk)
    with forbidden():
        visible.require_synchronize(request.user, config)
    form = PolicyForm(request.POST if request.method == "POST" else None, config=config)
    if form.is_valid() and "dates" not in request.POST:
        with Told(request):
            use_cases.change(web_actor(request), config, form.policy())
            messages.success(request, _("%s is changed.") % config.source_name)
            return redirect("config-detail", config.pk)
    return show(request, "configs/edit.html", {**_head(request, config), "form": form})


def _resources_of(request: HttpRequest, claims: list[Claim]) -> list[Resource | None]:
    """Return the resource of each claim, None where it is not here (yet) or not to be seen."""
    found = visible.resources(request.user).in_bulk([claim.resource for claim in claims])
    return [found.get(claim.resource) for claim in claims]
