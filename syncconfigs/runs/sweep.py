"""Looking after runs from outside: leases that ran out, doorbells that nobody heard."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from syncconfigs.models import Doorbell, RunAttempt, SyncConfig, SyncRun
from syncconfigs.runs.lease import expired
from syncconfigs.runs.request import ring
from tcsync.audit.recording import SYSTEM, record

log = logging.getLogger(__name__)
RING_AGAIN_SECONDS = 10
POISON_ATTEMPTS = 3


def sweep() -> int:
    """Take back runs whose worker died and ring for what waits; return how many were rung for."""
    for run in SyncRun.objects.filter(expired()):
        _take_back(run)
    heard = Q(run__state=SyncRun.State.QUEUED)
    due = Q(run__not_before=None) | Q(run__not_before__lte=Now())
    unanswered = Q(rung_at=None) | Q(rung_at__lt=Now() - timedelta(seconds=RING_AGAIN_SECONDS))
    waiting = list(
        Doorbell.objects.filter(heard, due, unanswered).values_list("run_id", flat=True)[:1000]
    )
    for run_id in waiting:
        ring(run_id)
    return len(waiting)


def _take_back(run: SyncRun) -> None:
    """Show a run as interrupted and let it wait again; one that kills its workers is given up."""
    poison = run.attempts >= POISON_ATTEMPTS
    state = SyncRun.State.FAILED if poison else SyncRun.State.QUEUED
    reason = "The worker of this run died."
    if poison:
        reason = f"{POISON_ATTEMPTS} workers in a row died of this run without getting anywhere."
    with transaction.atomic():
        taken = SyncRun.objects.filter(expired(), pk=run.pk, token=run.token).update(
            state=state,
            code="worker_died" if poison else "interrupted",
            reason=reason,
            next_step="Look at the node's log." if poison else "It goes on by itself.",
            phase="" if poison else "interrupted",
            finished_at=timezone.now() if poison else None,
        )
        if not taken:
            return
        RunAttempt.objects.filter(run=run, ended_at=None).update(
            ended_at=timezone.now(), outcome="interrupted: the worker died"
        )
        status = SyncConfig.Status.ERROR if poison else SyncConfig.Status.IN_QUEUE
        SyncConfig.objects.filter(pk=run.config_id).update(status=status, reason=reason)
        if poison:
            Doorbell.objects.filter(run=run).delete()
        else:
            Doorbell.objects.filter(run=run).update(rung_at=None)
        record(
            SYSTEM,
            "run.interrupted",
            target_kind="run",
            target_id=str(run.pk),
            target_name=run.config_name,
            summary=reason,
        )
    log.warning("run %s: %s", run.pk, reason)
