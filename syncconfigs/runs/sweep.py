"""Looking after runs from outside: leases that ran out, doorbells that nobody heard."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now
from django_q.brokers import get_broker

from syncconfigs.models import Doorbell, SyncRun
from syncconfigs.runs import verdict
from syncconfigs.runs.lease import expired
from syncconfigs.runs.request import ring

RING_AGAIN_SECONDS = 10


def sweep() -> int:
    """Take back runs whose worker died and ring for what waits; return how many were rung for."""
    for run in SyncRun.objects.filter(expired()):
        verdict.pass_on(run, verdict.of(run), expired())
    # Their worker let go just when somebody wanted them to stop.
    unwanted = Q(state=SyncRun.State.QUEUED, cancel_requested=True)
    for run in SyncRun.objects.filter(unwanted):
        verdict.pass_on(run, verdict.cancelled(run), unwanted)
    due = Q(run__not_before=None) | Q(run__not_before__lte=Now())
    unanswered = Q(rung_at=None)
    # While messages wait, the queue is merely busy: more of them would only make it longer.
    if get_broker().queue_size() == 0:
        unanswered |= Q(rung_at__lt=Now() - timedelta(seconds=RING_AGAIN_SECONDS))
    bells = Doorbell.objects.filter(due, unanswered, run__state=SyncRun.State.QUEUED)
    waiting = list(bells.order_by("run").values_list("run_id", flat=True)[:1000])
    for run_id in waiting:
        ring(run_id)
    return len(waiting)
