"""Verdicts: what becomes of a run that its own worker does not end any more."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from syncconfigs.models import Doorbell, RunAttempt, RunLine, SyncConfig, SyncRun
from syncconfigs.runs.lease import INTERRUPTED, interrupt_attempts
from tcsync.audit.recording import SYSTEM, record

log = logging.getLogger(__name__)
POISON_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a run whose worker is gone. Without a status: that of a cancelled run."""

    state: SyncRun.State
    status: SyncConfig.Status | None
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


def cancelled(run: SyncRun) -> Verdict:
    """Return the verdict over a run that somebody wanted to stop."""
    return Verdict(
        SyncRun.State.CANCELLED,
        None,
        "cancelled",
        cancelled_by(run),
        again(run),
    )


def again(run: SyncRun) -> str:
    """Say what to do about a run that was stopped."""
    if run.kind == SyncRun.Kind.COMPARE:
        return "Compare again: a new run begins from the start."
    return "Synchronize again to go on from here."


def cancelled_by(run: SyncRun) -> str:
    """Say who stopped a run, and what is left of it."""
    who = run.cancelled_by or "somebody"
    if run.started_at is None:
        return f"Cancelled by {who} before it began."
    return f"Cancelled by {who}; what had arrived stays."


def of(run: SyncRun) -> Verdict:
    """Return the verdict over a run whose worker died."""
    if run.cancel_requested:
        return cancelled(run)
    last = RunAttempt.objects.filter(run=run).order_by("-token")[:POISON_ATTEMPTS]
    deaths = [a for a in last if a.outcome in {"", INTERRUPTED} and not a.revisions]
    return GIVEN_UP if len(deaths) >= POISON_ATTEMPTS else GOES_ON


def pass_on(run: SyncRun, verdict: Verdict, still: Q) -> bool:
    """Carry a verdict out, without the worker; False when the run is no longer as `still` says.

    Whoever works on the run nevertheless finds its lease gone, and writes nothing any more.
    """
    with transaction.atomic():
        # The condition once more under the lock of the row, by the database's clock.
        if not SyncRun.objects.filter(still, pk=run.pk, token=run.token).update(
            state=verdict.state,
            code=verdict.code,
            reason=verdict.reason,
            next_step=verdict.next_step,
            phase="" if verdict.is_final else "interrupted",
            phase_at=timezone.now(),
            finished_at=timezone.now() if verdict.is_final else None,
        ):
            return False
        is_cancelled = verdict.state == SyncRun.State.CANCELLED
        interrupt_attempts(run, verdict.state if is_cancelled else INTERRUPTED)
        _stand(run, verdict)
        RunLine.objects.create(run=run, text=verdict.reason, level="warning")
        record(
            SYSTEM,
            "run.end" if is_cancelled else "run.interrupted",
            target_kind="run",
            target_id=str(run.pk),
            target_name=run.config_name,
            summary=verdict.reason,
        )
    log.warning("run %s: %s", run.pk, verdict.reason)
    return True


def _stand(run: SyncRun, verdict: Verdict) -> None:
    if verdict.is_final:
        Doorbell.objects.filter(run=run).delete()
    else:
        Doorbell.objects.update_or_create(run=run, defaults={"rung_at": None})
    if verdict.status is None:
        stop_following(run)
    elif run.kind == SyncRun.Kind.SYNC:
        SyncConfig.objects.filter(pk=run.config_id or 0).update(
            status=verdict.status, reason=verdict.reason
        )


def stop_following(run: SyncRun) -> None:
    """Show the configuration of a cancelled run as not, or not wholly, synchronized."""
    if run.kind != SyncRun.Kind.SYNC:
        return
    configs = SyncConfig.objects.filter(pk=run.config_id or 0)
    configs.filter(succeeded_at=None).update(status=SyncConfig.Status.NOT_SYNCHRONIZED)
    configs.exclude(succeeded_at=None).update(status=SyncConfig.Status.PARTIALLY)
