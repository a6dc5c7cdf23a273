"""The dashboard: what needs a person first, then what runs, then the rest."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from syncconfigs import visible
from syncconfigs.forms.runs import NOTHING_NEW
from syncconfigs.models import SyncConfig, SyncRun
from syncconfigs.views import attention, health
from syncconfigs.views.page import show
from syncconfigs.views.tables import RunRow
from tcsync.access.permissions import Action, Person, may

AT_MOST = 10
"""Entries of each list; the lists' own pages have the rest."""
RUNS_LOOKED_AT = 2000
"""Newest runs among which those that did something are found: what is older is no news."""


@require_safe
@login_required
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show how the node does, as far as this person may see it; `?live` the part that changes."""
    if "live" in request.GET and request.headers.get("HX-Request"):
        return show(request, "home/_live.html", _live(request))
    now = timezone.now()
    configs, servers = visible.configs(request.user), visible.servers(request.user)
    silent = attention.silent(servers, configs)
    troubled = attention.troubled(configs, silent, now)
    context = {
        **_live(request),
        "silent": silent[:AT_MOST],
        "silent_count": len(silent),
        "notices": visible.notices(request.user)[:AT_MOST],
        "upgraded": servers.exclude(upgraded_from="")[:AT_MOST],
        "may_acknowledge": may(request.user, Action.SERVERS),
        "causes": attention.causes(troubled, now),
        "troubled_count": troubled.count(),
        "health": health.measure(now) if may(request.user, Action.ADMINISTER) else None,
        "counts": counts(request.user, configs),
        "first_use": first_use(request.user, servers.exists(), configs.exists()),
    }
    return show(request, "home/dashboard.html", context)


def _live(request: HttpRequest) -> dict[str, Any]:
    """Return what runs, and the newest of what ran; runs that found nothing to do are counted."""
    runs = visible.runs(request.user)
    active = runs.filter(state__in=SyncRun.ACTIVE)
    newest = SyncRun.objects.aggregate(newest=Max("pk"))["newest"] or 0
    ended = runs.exclude(state__in=SyncRun.ACTIVE).filter(pk__gt=newest - RUNS_LOOKED_AT)
    return {
        "active": [RunRow.of(run) for run in active[:AT_MOST]],
        "active_count": active.count(),
        "recent": [RunRow.of(run) for run in ended.exclude(NOTHING_NEW)[:AT_MOST]],
        "idle_count": ended.filter(NOTHING_NEW).count(),
    }


def counts(user: Person, configs: QuerySet[SyncConfig]) -> dict[str, Any]:
    """Return how much there is, of what this person may read."""
    here = (
        visible.resources(user)
        .filter(removed_at=None)
        .aggregate(
            resources=Count("pk"),
            copies=Count("pk", filter=Q(read_only=True)),
            revisions=Sum("revision_count"),
            bytes=Sum("stored_bytes"),
        )
    )
    good = Q(status=SyncConfig.Status.SYNCHRONIZED)
    return here | configs.aggregate(configs=Count("pk"), synchronized=Count("pk", filter=good))


def first_use(user: Person, any_server: bool, any_config: bool) -> dict[str, bool] | None:
    """Return which of the first steps are done and allowed; None once all are."""
    if any_config:
        return None
    return {
        "server_done": any_server,
        "may_add_server": may(user, Action.SERVERS),
        "may_configure": may(user, Action.SYNCHRONIZE),
    }
