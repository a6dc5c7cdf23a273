"""The journal of a run: its plan, steps, progress, lines and end. Every write needs the lease."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from syncconfigs.models import (
    Doorbell,
    RunAttempt,
    RunLine,
    RunStep,
    StoredPlan,
    SyncConfig,
    SyncRun,
)
from syncconfigs.runs.lease import Lease
from syncconfigs.runs.request import ring
from tcsync.audit.recording import Actor, record
from tcsync.errors import TcsyncError
from tcsync.sync.events import BatchDone, Event, StepDone, StepFailed
from tcsync.sync.render import to_document, to_text
from tcsync.sync.steps import Plan

log = logging.getLogger(__name__)
ROWS_AT_ONCE = 500
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
        self._done: list[str] = []
        self.failed = 0

    def phase(self, name: str) -> None:
        """Say what is being done now."""
        self._lease.update(phase=name, progress_at=Now())

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
            StoredPlan.objects.update_or_create(
                run=self._run, defaults={"document": to_document(plan)}
            )
            kept = RunStep.objects.filter(run=self._run)
            kept.exclude(state=RunStep.State.DONE).delete()
            first = (kept.aggregate(last=Max("position"))["last"] or 0) + 1
            RunStep.objects.bulk_create(self._steps(plan, first), batch_size=ROWS_AT_ONCE)
            self._lease.update(
                resources_total=F("resources_done") + len(plan.resources),
                revisions_total=F("revisions_done") + plan.revision_count,
                phase="transferring",
                progress_at=Now(),
            )
            if not plan.is_empty:
                self.line(to_text(plan).rstrip().rpartition("\n")[2])

    def _steps(self, plan: Plan, first: int) -> Iterable[RunStep]:
        position = first
        for refusal in plan.refusals:
            yield RunStep(
                run=self._run,
                position=position,
                resource=refusal.resource,
                name=refusal.name,
                state=RunStep.State.REFUSED,
                code=refusal.code,
                reason=refusal.reason,
                next_step=refusal.next_step,
            )
            position += 1
        for step in plan.resources:
            yield RunStep(
                run=self._run,
                position=position,
                resource=step.resource.id,
                name=step.resource.name,
                marks=list(step.marks),
                revisions_total=len(step.resource.revisions),
            )
            position += 1

    def note(self, event: Event) -> None:
        """Write down what an event says; finished steps together with the next batch."""
        if isinstance(event, BatchDone):
            self._note_batch(event)
        elif isinstance(event, StepDone):
            self._done.append(event.resource)
        elif isinstance(event, StepFailed):
            self._note_failure(event)

    def _note_batch(self, event: BatchDone) -> None:
        with transaction.atomic():
            self._lease.update(
                revisions_done=F("revisions_done") + sum(event.revisions.values()),
                elements_done=F("elements_done") + event.elements,
                bytes_done=F("bytes_done") + event.bytes,
                # Only new revisions are progress: a run that fails again and again has an end.
                **({"attempts": 0} if event.revisions else {}),
                progress_at=Now(),
            )
            revisions = sum(event.revisions.values())
            RunAttempt.objects.filter(run=self._run, token=self._lease.token).update(
                revisions=F("revisions") + revisions
            )
            if event.revisions:
                # Resources come one after another: only the last of a batch can be unfinished.
                resource, count = list(event.revisions.items())[-1]
                self._pending(resource).update(revisions_done=F("revisions_done") + count)
            self._flush()

    def _pending(self, *resources: str) -> QuerySet[RunStep]:
        """Return the steps still to be done for these; those of earlier rounds stay as they are."""
        return RunStep.objects.filter(
            run=self._run, resource__in=resources, state=RunStep.State.PENDING
        )

    def _flush(self) -> None:
        """Write down the steps that are finished."""
        done, self._done = self._done, []
        for start in range(0, len(done), ROWS_AT_ONCE):
            self._pending(*done[start : start + ROWS_AT_ONCE]).update(
                state=RunStep.State.DONE, revisions_done=F("revisions_total")
            )
        if done:
            self._lease.update(resources_done=F("resources_done") + len(done))

    def _note_failure(self, event: StepFailed) -> None:
        error = event.error
        self.failed += 1
        self._pending(event.resource).update(
            state=RunStep.State.FAILED,
            code=error.code,
            reason=error.message,
            next_step=error.next_step,
        )
        self.line(f"{event.resource}: {error}", "error")

    def settle(self) -> None:
        """Write down what is left of finished steps."""
        with transaction.atomic():
            self._flush()

    def end(self, end: End) -> None:
        """End the run, and say how the configuration stands, in one transaction."""
        now = timezone.now()
        with transaction.atomic():
            self._flush()
            self._lease.update(
                state=end.state,
                code=end.code,
                reason=end.reason,
                next_step=end.next_step,
                verified=end.verified,
                finished_at=now,
                phase="",
            )
            self._lease.end_attempt(end.state)
            Doorbell.objects.filter(run=self._run).delete()
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
        if end.status == SyncConfig.Status.SYNCHRONIZED:
            values["succeeded_at"] = now
            if self._run.config and self._run.config.trigger == SyncConfig.Trigger.ONCE:
                values["paused"] = True
        SyncConfig.objects.filter(pk=self._run.config_id or 0).update(**values)

    def requeue(self, error: TcsyncError | None, attempts: int) -> None:
        """Let the run wait for another worker: at once, or with back-off after an error."""
        wait = _wait(attempts, getattr(error, "retry_after", None)) if error else 0.0
        with transaction.atomic():
            self._flush()
            self._lease.update(
                state=SyncRun.State.QUEUED,
                code=error.code if error else "",
                reason=error.message if error else "",
                next_step=error.next_step if error else "",
                not_before=Now() + timedelta(seconds=wait),
                **({} if error else {"attempts": 0}),
                phase="waiting" if error else "",
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
