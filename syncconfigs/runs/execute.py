"""Working on a run: read the source, plan, claim, apply, compare, and end with a status."""

from __future__ import annotations

import logging
import time

from syncconfigs import connect
from syncconfigs.models import SyncConfig, SyncRun
from syncconfigs.runs import planning, verifying
from syncconfigs.runs.heart import Heart
from syncconfigs.runs.journal import End, Journal
from syncconfigs.runs.lease import Lease, claim, worker_name
from syncconfigs.runs.outcome import outcome
from tcsync.audit.recording import Actor
from tcsync.errors import Cancelled, LeaseLost, SourceError, TcsyncError
from tcsync.sources.base import Source
from tcsync.sync.apply import Work, apply
from tcsync.sync.events import TimeUp
from tcsync.sync.render import to_text
from tcsync.sync.steps import Plan

log = logging.getLogger(__name__)
STRETCH_SECONDS = 300.0
MOST_ATTEMPTS = 8
ROUNDS = 3
"""So often a run plans again when the source went on meanwhile."""


def execute(run_id: int) -> None:
    """Work on a run unless somebody else does. The only place that catches what nobody expected."""
    lease = claim(run_id, worker_name())
    if lease is None:
        return
    run = SyncRun.objects.select_related("config__server").get(pk=run_id)
    actor = Actor(run.requested_by or "tcsync", origin=f"run {run.pk}")
    journal = Journal(run, lease, actor)
    try:
        with Heart(lease) as heart:
            Worker(run, journal, lease, heart, actor).work()
    except LeaseLost:
        log.warning("Run %s was taken over; this worker stops.", run_id)
    except TcsyncError as error:
        _end_with(journal, run, error)
    except Exception as error:
        log.exception("Run %s met a defect.", run_id)
        defect = TcsyncError(
            f"A defect of tcsync: {type(error).__name__}.",
            next_step="Look at the node's log and report it.",
        )
        defect.code = "defect"
        _end_with(journal, run, defect)


def _end_with(journal: Journal, run: SyncRun, error: TcsyncError) -> None:
    """End a run that an error stopped, or let it wait where trying again may help."""
    try:
        journal.line(str(error), "error")
        attempts = SyncRun.objects.values_list("attempts", flat=True).get(pk=run.pk)
        if isinstance(error, SourceError) and run.config is not None:
            connect.note_failure(run.config.server, error)
        if isinstance(error, Cancelled):
            status = SyncConfig.Status.PARTIALLY
            if run.config is None or run.config.succeeded_at is None:
                status = SyncConfig.Status.NOT_SYNCHRONIZED
            journal.end(End(SyncRun.State.CANCELLED, status, error.code, error.message))
        elif error.retryable and attempts < MOST_ATTEMPTS:
            journal.requeue(error, attempts)
        else:
            end = End(
                SyncRun.State.FAILED,
                SyncConfig.Status.ERROR,
                error.code,
                error.message,
                error.next_step,
            )
            journal.end(end)
    except LeaseLost:
        log.warning("Run %s was taken over; this worker stops.", run.pk)


class Worker:
    """One worker's work on one run."""

    def __init__(
        self, run: SyncRun, journal: Journal, lease: Lease, heart: Heart, actor: Actor
    ) -> None:
        self._run = run
        self._journal = journal
        self._lease = lease
        self._heart = heart
        self._actor = actor

    def work(self) -> None:
        """Do what the run is for. Raises TcsyncError."""
        config = self._run.config
        if config is None:
            status = SyncConfig.Status.NOT_SYNCHRONIZED
            self._journal.end(
                End(SyncRun.State.SKIPPED, status, "gone", "Its configuration was deleted.")
            )
            return
        self._journal.phase("reading the source")
        with connect.source_of(config.server) as source:
            connect.note_identity(config.server, source.identity())
            if self._run.kind == SyncRun.Kind.VERIFY:
                self._journal.end(
                    verifying.verify(config, source, self._journal, self._stop_if_asked)
                )
            else:
                self._synchronize(config, source)

    def _synchronize(self, config: SyncConfig, source: Source) -> None:
        until = time.monotonic() + STRETCH_SECONDS
        first: Plan | None = None
        for _round in range(ROUNDS):
            self._stop_if_asked()
            plan = planning.plan_and_claim(config, source, self._lease, self._actor)
            if first is None or not plan.is_empty:
                self._journal.plan(plan)
                first = plan
            if plan.is_empty:
                break
            self._journal.line(to_text(plan).rstrip().rpartition("\n")[2])
            if not self._apply(config, plan, source, until):
                self._journal.requeue(None, 0)
                return
            planning.release(config, plan, self._lease, self._actor)
            if self._journal.failed:
                break
        self._journal.phase("comparing")
        last = planning.plan(config, source)
        self._note_names(config, source, last)
        self._journal.end(outcome(config, last, self._journal.failed))

    def _apply(self, config: SyncConfig, plan: Plan, source: Source, until: float) -> bool:
        """Apply a plan; return False when the time was up before its end."""
        work = Work(
            self._actor,
            config.pk,
            config.target_category_id,
            guard=self._lease.guard,
            until=until,
        )
        self._journal.phase("transferring")
        events = apply(plan, source, work)
        try:
            for event in events:
                self._heart.progress()
                if isinstance(event, TimeUp):
                    return False
                self._journal.note(event)
                self._stop_if_asked()
        finally:
            events.close()
        self._journal.settle()
        return True

    def _stop_if_asked(self) -> None:
        if self._heart.lost:
            raise LeaseLost(f"Run {self._run.pk} was taken over by another worker.")
        if self._heart.cancelled:
            raise Cancelled("Somebody cancelled the run; what had arrived stays.")

    def _note_names(self, config: SyncConfig, source: Source, last: Plan) -> None:
        """Keep the configuration's name of what it follows as the source has it now."""
        del source
        names = {step.category.id: step.category.name for step in last.categories}
        name = names.get(config.source_id)
        if name and name != config.source_name:
            SyncConfig.objects.filter(pk=config.pk).update(source_name=name)
