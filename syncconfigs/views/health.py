"""/healthz: whether this node works, for whatever watches it. No sign-in, no names, cheap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Min, Q
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from syncconfigs.models import Heartbeat, SyncRun
from tcsync.repository.models import Node

WATCHER = "watcher"
WATCHER_PATIENCE_SECONDS = 30.0
QUEUE_PATIENCE_SECONDS = 900.0
"""Runs wait for one another; only a queue that stands still for this long is ill."""


@dataclass(frozen=True, slots=True)
class Health:
    """What was found. Ages are in seconds, None where there is nothing to measure."""

    node: str
    oldest_waiting: float | None
    watcher_age: float | None

    @property
    def watcher_ok(self) -> bool:
        """Whether the watcher has shown itself lately."""
        return self.watcher_age is not None and self.watcher_age <= WATCHER_PATIENCE_SECONDS

    @property
    def queue_ok(self) -> bool:
        """Whether what waits does not wait for ever."""
        return (self.oldest_waiting or 0.0) <= QUEUE_PATIENCE_SECONDS


def measure(now: datetime) -> Health:
    """Look, with three small queries. Raises DatabaseError."""
    due = Q(not_before=None) | Q(not_before__lte=now)
    waiting = SyncRun.objects.filter(due, state=SyncRun.State.QUEUED)
    oldest = waiting.aggregate(oldest=Min("created"))["oldest"]
    beat = Heartbeat.objects.filter(name=WATCHER).values_list("at", flat=True).first()
    node = Node.objects.filter(id=1).values_list("uuid", flat=True).first()
    return Health(node or "", _age(oldest, now), _age(beat, now))


def _age(then: datetime | None, now: datetime) -> float | None:
    return None if then is None else round(max((now - then).total_seconds(), 0.0), 3)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when all is well, 503 otherwise, and what was measured either way."""
    said: dict[str, Any] = {"status": "failed", "name": settings.TCSYNC_NODE_NAME}
    try:
        health = measure(timezone.now())
    except DatabaseError:
        return JsonResponse({**said, "database": "failed"}, status=503)
    well = health.watcher_ok and health.queue_ok
    said |= {
        "status": "ok" if well else "degraded",
        "node": health.node,
        "database": "ok",
        "queue": {"oldest_waiting_seconds": health.oldest_waiting},
        "watcher": {"age_seconds": health.watcher_age},
    }
    return JsonResponse(said, status=200 if well else 503)
