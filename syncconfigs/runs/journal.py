"""The journal of a run: its plan, steps, progress, lines and end. Every write needs the lease."""

from __future__ import annotations

import logging
import random
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from syncconfigs.models import (
    Doorbell,
    RunAttempt,
    RunLine,
    StoredPlan,
    SyncConfig,
    SyncRun,
)
from syncconfigs.runs import steps
from syncconfigs.runs.lease import Lease
from syncconfigs.runs.pace import Samples
from syncconfigs.runs.request import ring
from tcsync.audit.recording import Actor, record
from tcsync.errors import TcsyncError
from tcsync.sync.events import BatchDone, StepFailed
from tcsync.sync.render import to_document, to_text
from tcsync.sync.steps import Plan

log = logging.getLogger(__name__)
MOST_BYTES = 1 << 60
LONGEST_WAIT_SECONDS = 3600.0
FIRST_WAIT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class End:
    """How a run ended, and how its configuration stands because of it (None: as before)."""

    state: SyncRun.State
    status: SyncConfig.Status | None
    code: str = ""
    reason: str = ""
    next_step: str = ""
    behind: int = 0
    verified: str = "none"


class Journal:
    """What one worker writes down about one run."""

    def __init__(self, run: SyncRun, lease: Lease, actor: Actor) -> None:
        self._run = run
        self._lease = lease
        self._actor = actor
        self._samples = Samples()
        self.failed = 0

    def phase(self, name: str, text: str = "") -> None:
        """Say what is being done now, with a line for the log."""
        with transaction.atomic():
            self._lease.update(phase=name, phase_at=Now(), counted=0, progress_at=Now())
            if text:
                self.line(text)

    def amount(self, **columns: object) -> None:
        """Write down how much of the work there is, and is done. Raises LeaseLost."""
        self._lease.update(**columns, progress_at=Now())

    def guard(self) -> None:
        """Renew the lease inside a writer's transaction. Raises LeaseLost."""
        self._lease.guard()

    def line(self, text: str, level: str = "info") -> None:
        """Add a line to the run's log."""
        RunLine.objects.create(run=self._run, text=text, level=level)
        log.info("run %s: %s", self._run.pk, text)

    def plan(self, plan: Plan) -> None:
        """Store the plan and its steps; steps that earlier attempts finished stay.

        One transaction for all of it: each costs a write to the disk before anything is visible.
        """
        with transaction.atomic():
            self._lease.guard()
            _stored, is_first = StoredPlan.objects.update_or_create(
                run=self._run, defaults={"document": to_document(plan)}
            )
            found_nothing = is_first and plan.is_empty and not plan.refusals
            steps.replace(self._run, plan)
            self._lease.update(
                resources_total=F("resources_done") + len(plan.resources),
                revisions_total=F("revisions_done") + plan.revision_count,
                # A source may say any number of bytes; a column holds only so many.
                raw_total=F("raw_done") + max(0, min(plan.raw_bytes, MOST_BYTES)),
                **({"found_nothing": found_nothing} if is_first or not plan.is_empty else {}),
                phase="transferring",
                phase_at=Now(),
                progress_at=Now(),
                bytes_arriving=0,
                pace=self._samples.begin(),
            )
            if not plan.is_empty:
                self.line(to_text(plan).rstrip().rpartition("\n")[2])

    def batch(self, done: BatchDone) -> None:
        """Count what a batch brings, inside its transaction: either both are there, or neither."""
        revisions = sum(done.revisions.values())
        self._lease.update(
            resources_done=F("resources_done") + len(done.finished),
            revisions_done=F("revisions_done") + revisions,
            elements_done=F("elements_done") + done.elements,
            bytes_done=F("bytes_done") + done.bytes,
            raw_done=F("raw_done") + done.raw_bytes,
            # Only new revisions are progress: a run that fails again and again has an end.
            **({"attempts": 0} if revisions else {}),
            bytes_arriving=0,
            pace=self._samples.add(done),
            progress_at=Now(),
        )
        RunAttempt.objects.filter(run=self._run, token=self._lease.token).update(
            revisions=F("revisions") + revisions
        )
        steps.note(self._run, done)

    def fail(self, failed: StepFailed) -> None:
        """Write down that a resource could not be finished."""
        self.failed += 1
        steps.fail(self._run, failed)
        self.line(f"{failed.resource}: {failed.error}", "error")

    def end(self, end: End) -> None:
        """End the run, and say how the configuration stands, in one transaction."""
        now = timezone.now()
        with transaction.atomic():
            self._lease.update(
                state=end.state,
                code=end.code,
                reason=end.reason,
                next_step=end.next_step,
                verified=end.verified,
                finished_at=now,
                phase="",
                resource_now="",
                bytes_arriving=0,
            )
            self._lease.end_attempt(end.state)
            Doorbell.objects.filter(run=self._run).delete()
            self.line(f"The run ended: {end.state}. {end.reason}".rstrip())
            self._stand(end)
            self._audit("run.end", f"run {self._run.pk} {end.state}: {end.reason}".rstrip(": "))

    def _stand(self, end: End) -> None:
        if end.status is None:
            return
        now = timezone.now()
        values: dict[str, object] = {
            "status": end.status,
            "reason": f"{end.reason} {end.next_step}".strip(),
            "behind": end.behind,
        }
        if end.state in {SyncRun.State.SUCCEEDED, SyncRun.State.INCOMPLETE}:
            values["checked_at"] = now
        if end.status in {SyncConfig.Status.SYNCHRONIZED, SyncConfig.Status.CLOSED}:
            values["succeeded_at"] = now
        SyncConfig.objects.filter(pk=self._run.config_id or 0).update(**values)

    def requeue(self, error: TcsyncError | None, attempts: int) -> None:
        """Let the run wait for another worker: at once, or with back-off after an error."""
        wait = _wait(attempts, getattr(error, "retry_after", None)) if error else 0.0
        with transaction.atomic():
            self._lease.update(
                state=SyncRun.State.QUEUED,
                code=error.code if error else "",
                reason=error.message if error else "",
                next_step=error.next_step if error else "",
                not_before=Now() + timedelta(seconds=wait),
                **({} if error else {"attempts": 0}),
                phase="waiting" if error else "",
                phase_at=Now(),
                resource_now="",
                bytes_arriving=0,
            )
            self._lease.end_attempt(error.code if error else "time up")
            # Rung for by the sweep when it is due, as if for the first time.
            Doorbell.objects.update_or_create(run=self._run, defaults={"rung_at": None})
            if self._run.kind == SyncRun.Kind.SYNC:
                self._stand_waiting(error, wait)
            self._audit("run.wait", error.message if error else "goes on in another stretch")
            if not error:
                transaction.on_commit(lambda: ring(self._run.pk))

    def _stand_waiting(self, error: TcsyncError | None, wait: float) -> None:
        SyncConfig.objects.filter(pk=self._run.config_id or 0).update(
            status=SyncConfig.Status.ERROR if error else SyncConfig.Status.IN_QUEUE,
            reason=f"{error.message} It is tried again in {wait:.0f} s." if error else "",
        )

    def _audit(self, action: str, summary: str) -> None:
        record(
            self._actor,
            action,
            target_kind="run",
            target_id=str(self._run.pk),
            target_name=self._run.config_name,
            summary=summary,
        )


def _wait(attempts: int, asked: int | None) -> float:
    """Return the seconds to wait: exponential with full jitter, at least what the server asked."""
    longest = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** min(attempts, 20))
    return max(float(asked or 0), random.uniform(0.5, longest))  # noqa: S311 - no secret
