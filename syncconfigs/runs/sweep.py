"""Looking after runs from outside: leases that ran out, doorbells that nobody heard."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django_q.brokers import get_broker

from syncconfigs.models import Doorbell, RunAttempt, RunLine, SyncConfig, SyncRun
from syncconfigs.runs.lease import INTERRUPTED, expired, interrupt_attempts
from syncconfigs.runs.request import ring, stop_following
from tcsync.audit.recording import SYSTEM, record

log = logging.getLogger(__name__)
RING_AGAIN_SECONDS = 10
POISON_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a run whose worker is gone."""

    state: SyncRun.State
    status: SyncConfig.Status
    code: str
    reason: str
    next_step: str

    @property
    def is_final(self) -> bool:
        """Whether the run is over."""
        return self.state != SyncRun.State.QUEUED


GOES_ON = Verdict(
    SyncRun.State.QUEUED,
    SyncConfig.Status.IN_QUEUE,
    "interrupted",
    "The worker of this run died; what had arrived stays.",
    "It goes on by itself.",
)
GIVEN_UP = Verdict(
    SyncRun.State.FAILED,
    SyncConfig.Status.ERROR,
    "worker_died",
    f"{POISON_ATTEMPTS} workers in a row died of this run without getting anywhere.",
    "Look at the node's log; memory is the usual reason. Then synchronize again.",
)
CANCELLED = Verdict(
    SyncRun.State.CANCELLED,
    SyncConfig.Status.PARTIALLY,
    "cancelled",
    "Its worker died after the run was asked to stop.",
    "Synchronize again to go on from here.",
)


def sweep() -> int:
    """Take back runs whose worker died and ring for what waits; return how many were rung for."""
    for run in SyncRun.objects.filter(expired()):
        _take_back(run)
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


def _verdict(run: SyncRun) -> Verdict:
    if run.cancel_requested:
        return CANCELLED
    last = RunAttempt.objects.filter(run=run).order_by("-token")[:POISON_ATTEMPTS]
    deaths = [a for a in last if a.outcome in {"", INTERRUPTED} and not a.revisions]
    return GIVEN_UP if len(deaths) >= POISON_ATTEMPTS else GOES_ON


def _take_back(run: SyncRun) -> None:
    """Show a run as interrupted and let it wait again; one that kills its workers is given up."""
    verdict = _verdict(run)
    with transaction.atomic():
        # Once more by the database's clock, now under the lock of the row.
        if not SyncRun.objects.filter(expired(), pk=run.pk, token=run.token).update(
            state=verdict.state,
            code=verdict.code,
            reason=verdict.reason,
            next_step=verdict.next_step,
            phase="" if verdict.is_final else "interrupted",
            finished_at=timezone.now() if verdict.is_final else None,
        ):
            return
        interrupt_attempts(run)
        _stand(run, verdict)
        RunLine.objects.create(run=run, text=verdict.reason, level="warning")
        record(
            SYSTEM,
            "run.interrupted",
            target_kind="run",
            target_id=str(run.pk),
            target_name=run.config_name,
            summary=verdict.reason,
        )
    log.warning("run %s: %s", run.pk, verdict.reason)


def _stand(run: SyncRun, verdict: Verdict) -> None:
    if verdict.is_final:
        Doorbell.objects.filter(run=run).delete()
    else:
        Doorbell.objects.update_or_create(run=run, defaults={"rung_at": None})
    if verdict is CANCELLED:
        stop_following(run)
    elif run.kind == SyncRun.Kind.SYNC:
        SyncConfig.objects.filter(pk=run.config_id or 0).update(
            status=verdict.status, reason=verdict.reason
        )
