"""The dashboard: what needs a person first, then what runs, then the rest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from syncconfigs.models import SyncConfig, SyncRun
from syncconfigs.views import health, standing, visible
from syncconfigs.views.page import show
from syncconfigs.views.tables import ConfigRow, RunRow
from tcsync.access.permissions import Action, Person, may

AT_MOST = 10
"""Entries of each list; the lists' own pages have the rest."""


@require_safe
@login_required
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show how the node does, as far as this person may see it."""
    now = timezone.now()
    configs, runs = visible.configs(request.user), visible.runs(request.user)
    servers = visible.servers(request.user)
    troubled = needing_a_person(configs, now)
    active = runs.filter(state__in=SyncRun.ACTIVE)
    context = {
        "troubled": [ConfigRow.of(config, now) for config in troubled[:AT_MOST]],
        "troubled_count": troubled.count(),
        "silent": servers.exclude(last_error="")[:AT_MOST],
        "health": health.measure(now) if may(request.user, Action.ADMINISTER) else None,
        "active": [RunRow.of(run) for run in active[:AT_MOST]],
        "active_count": active.count(),
        "recent": [RunRow.of(run) for run in runs.exclude(state__in=SyncRun.ACTIVE)[:AT_MOST]],
        "counts": counts(request.user, configs),
        "first_use": first_use(request.user, servers.exists(), configs.exists()),
    }
    return show(request, "home/dashboard.html", context)


def needing_a_person(configs: QuerySet[SyncConfig], now: datetime) -> QuerySet[SyncConfig]:
    """Return the configurations that stopped, or that were not looked at for too long."""
    late = Q(checked_at__lt=standing.late_before(now)) | Q(checked_at=None)
    believed = Q(status=SyncConfig.Status.SYNCHRONIZED, paused=False)
    stopped = Q(status__in=standing.NEEDS_PERSON)
    return configs.filter(stopped | (believed & late)).order_by("source_name", "pk")


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
