"""Leases: a worker's right to write for a run, for half a minute, fenced by a token."""

from __future__ import annotations

import os
import socket
import threading
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from syncconfigs.models import RunAttempt, SyncConfig, SyncRun
from syncconfigs.runs import holding
from tcsync.audit.recording import SYSTEM, record
from tcsync.errors import LeaseLost

INTERRUPTED = "interrupted: the worker died or lost its lease"


def worker_name() -> str:
    """Return a name for this thread of work: host, process, thread."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"


def lease_end() -> ExpressionWrapper:
    """Return the end of a lease that begins now, by the database's clock."""
    end = Now() + timedelta(seconds=settings.TCSYNC_LEASE_SECONDS)
    return ExpressionWrapper(end, output_field=DateTimeField())


def expired() -> Q:
    """Match runs whose worker has let its lease run out."""
    return Q(state=SyncRun.State.RUNNING, lease_until__lt=Now())


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of one worker to write for one run, as long as nobody took it over."""

    run_id: int
    token: int

    def update(self, **columns: object) -> None:
        """Write columns of the run. Raises LeaseLost when another worker holds it."""
        held = SyncRun.objects.filter(pk=self.run_id, token=self.token, state=SyncRun.State.RUNNING)
        if not held.update(**columns):
            raise LeaseLost(f"Run {self.run_id} was taken over by another worker.")

    def guard(self) -> None:
        """Renew the lease inside a writer's transaction. Raises LeaseLost."""
        self.update(lease_until=lease_end())

    def end_attempt(self, outcome: str) -> None:
        """Note how this worker's attempt ended."""
        attempt = RunAttempt.objects.filter(run=self.run_id, token=self.token)
        attempt.update(ended_at=timezone.now(), outcome=outcome[:200])


def claim(run_id: int, worker: str) -> Lease | None:
    """Return the lease of a run that waits or whose worker died.

    None when somebody else has it, or when it must not begin yet.
    """
    if holding.is_held(run_id):
        return None
    due = Q(not_before=None) | Q(not_before__lte=Now())
    waits = Q(due, state=SyncRun.State.QUEUED, cancel_requested=False)
    free = waits | Q(expired(), cancel_requested=False)
    with transaction.atomic():
        claimed = SyncRun.objects.filter(free, pk=run_id).update(
            state=SyncRun.State.RUNNING,
            token=F("token") + 1,
            attempts=F("attempts") + 1,
            lease_owner=worker[:200],
            lease_until=lease_end(),
            started_at=Coalesce(F("started_at"), Now()),
            not_before=None,
            code="",
            reason="",
            next_step="",
            phase="reading the source",
            phase_at=Now(),
            progress_at=Now(),
            resource_now="",
            counted=0,
            bytes_arriving=0,
            pace=[],
        )
        if not claimed:
            return None
        run = SyncRun.objects.get(pk=run_id)
        _begin_attempt(run, worker[:200])
    return Lease(run_id, run.token)


def _begin_attempt(run: SyncRun, worker: str) -> None:
    interrupt_attempts(run)
    RunAttempt.objects.create(run=run, token=run.token, worker=worker)
    if run.kind == SyncRun.Kind.SYNC:
        status = SyncConfig.Status.SYNCHRONIZING
        SyncConfig.objects.filter(pk=run.config_id or 0).update(status=status)
    record(
        SYSTEM,
        "run.start",
        target_kind="run",
        target_id=str(run.pk),
        target_name=run.config_name,
        summary=f"attempt {run.token} begins in {worker}",
    )


def interrupt_attempts(run: SyncRun, outcome: str = INTERRUPTED) -> None:
    """Close the attempts that no worker will end any more."""
    RunAttempt.objects.filter(run=run, ended_at=None).update(
        ended_at=timezone.now(), outcome=outcome
    )
