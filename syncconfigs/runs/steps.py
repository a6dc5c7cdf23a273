"""The rows of a run's steps: made from a plan, kept up to date with what arrives."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Max

from syncconfigs.models import RunStep, SyncRun
from tcsync.repository.among import among
from tcsync.repository.bulk import insert
from tcsync.sync.causes import cause_of
from tcsync.sync.events import BatchDone, StepFailed
from tcsync.sync.steps import Plan

ROWS_AT_ONCE = 500


def replace(run: SyncRun, plan: Plan) -> None:
    """Make the steps those of a plan; what earlier attempts finished stays, and what they began
    of one counts as done of its new step.
    """
    kept = RunStep.objects.filter(run=run)
    open_ones = kept.exclude(state=RunStep.State.DONE)
    begun = dict(open_ones.filter(revisions_done__gt=0).values_list("resource", "revisions_done"))
    open_ones.delete()
    first = (kept.aggregate(last=Max("position"))["last"] or 0) + 1
    rows = [*_refused(run, plan), *_planned(run, plan, begun)]
    for position, row in enumerate(rows, first):
        row.position = position
    insert(rows)


def _refused(run: SyncRun, plan: Plan) -> Iterator[RunStep]:
    for refusal in plan.refusals:
        yield RunStep(
            run=run,
            resource=refusal.resource,
            name=refusal.name,
            state=RunStep.State.REFUSED,
            code=refusal.code,
            reason=refusal.reason,
            next_step=refusal.next_step,
            facts=dict(refusal.facts),
            cause=cause_of(refusal.code, refusal.reason, refusal.name, refusal.resource),
        )


def _planned(run: SyncRun, plan: Plan, begun: dict[str, int]) -> Iterator[RunStep]:
    for step in plan.resources:
        done = begun.get(step.resource.id, 0)
        yield RunStep(
            run=run,
            resource=step.resource.id,
            name=step.resource.name,
            marks=list(step.marks),
            revisions_done=done,
            revisions_total=done + len(step.resource.revisions),
        )


def note(run: SyncRun, done: BatchDone) -> None:
    """Write down what a batch brought. Steps of earlier rounds stay as they are."""
    rows = RunStep.objects.filter(run=run).exclude(state=RunStep.State.DONE)
    finished = list(done.finished)
    for start in range(0, len(finished), ROWS_AT_ONCE):
        rows.filter(among("resource", finished[start : start + ROWS_AT_ONCE])).update(
            state=RunStep.State.DONE, revisions_done=F("revisions_total")
        )
    # What is left of a batch: the resource on its way, and those that failed after a beginning.
    for resource in done.revisions.keys() - set(finished):
        rows.filter(resource=resource).update(
            revisions_done=F("revisions_done") + done.revisions[resource]
        )


def fail(run: SyncRun, failed: StepFailed) -> None:
    """Write down why a resource could not be finished."""
    error = failed.error
    rows = RunStep.objects.filter(run=run, resource=failed.resource, state=RunStep.State.PENDING)
    name = rows.values_list("name", flat=True).first() or ""
    rows.update(
        state=RunStep.State.FAILED,
        code=error.code,
        reason=error.message,
        next_step=error.next_step,
        cause=cause_of(error.code, error.message, name, failed.resource),
    )
