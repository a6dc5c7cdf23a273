"""Working on a run: read the source, plan, claim, apply, compare, and end with a status."""

from __future__ import annotations

import logging
import time
from functools import partial

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from syncconfigs import connect
from syncconfigs.models import RemoteServer, SyncConfig, SyncRun
from syncconfigs.runs import decisions, planning, verdict
from syncconfigs.runs.comparing import ComparisonWork
from syncconfigs.runs.heart import Heart
from syncconfigs.runs.journal import End, Journal
from syncconfigs.runs.lease import Lease, claim, worker_name
from syncconfigs.runs.outcome import outcome
from syncconfigs.runs.proving import FullComparison
from syncconfigs.runs.verifying import Verification
from syncconfigs.runs.walking import Walks
from tcsync.audit.recording import Actor
from tcsync.errors import Cancelled, LeaseLost, SourceError, TcsyncError
from tcsync.sources.base import Source
from tcsync.sync.apply import Work, apply
from tcsync.sync.events import BatchDone, StepFailed, TimeUp
from tcsync.sync.steps import Plan

log = logging.getLogger(__name__)
STRETCH_SECONDS = 300.0
MOST_ATTEMPTS = 8
ROUNDS = 3
"""So often a run plans again when the source went on meanwhile."""
ANSWERED = {
    "planning": "The source was asked what it holds, and answered after {:.1f} s.",
    "comparing": "The source was asked again, to compare, and answered after {:.1f} s.",
}


def execute(run_id: int) -> None:
    """Work on a run unless somebody else does. The only place that catches what nobody expected."""
    lease = claim(run_id, worker_name())
    if lease is None:
        return
    servers = ("config__server", "comparison__one", "comparison__other")
    rows = SyncRun.objects.select_related(*servers)
    # A secret that no key opens is an error of the run: it is read where errors are caught.
    secrets = [f"{server}__{name}" for server in servers for name in RemoteServer.SECRETS]
    run = rows.defer(*secrets).get(pk=run_id)
    actor = Actor(run.requested_by or "tcsync", origin=f"run {run.pk}")
    journal = Journal(run, lease, actor)
    try:
        with Heart(lease) as heart:
            Worker(run, journal, lease, heart, actor).work()
    except LeaseLost:
        log.warning("Run %s was taken over; this worker stops.", run_id)
    except TcsyncError as error:
        _end_with(journal, run, error)
    except (OperationalError, InterfaceError) as error:
        log.warning("Run %s: the database did not answer: %s", run_id, error)
        connection.close()
        _end_with(journal, run, DatabaseAway("The node's own database did not answer."))
    except Exception as error:
        log.exception("Run %s met a defect.", run_id)
        defect = TcsyncError(
            f"A defect of tcsync: {type(error).__name__}.",
            next_step="Look at the node's log and report it.",
        )
        defect.code = "defect"
        _end_with(journal, run, defect)


class DatabaseAway(TcsyncError):
    """The database was locked for too long, restarting, or cut off."""

    code = "database"
    retryable = True
    default_next_step = "Check the node's database; the run goes on by itself."


def _end_with(journal: Journal, run: SyncRun, error: TcsyncError) -> None:
    """End a run that an error stopped, or let it wait where trying again may help."""
    try:
        journal.line(str(error), "error")
        attempts = SyncRun.objects.values_list("attempts", flat=True).get(pk=run.pk)
        if isinstance(error, SourceError) and run.config is not None:
            connect.note_failure(run.config.server, error)
        if error.retryable and attempts < MOST_ATTEMPTS:
            journal.requeue(error, attempts)
        else:
            journal.end(_end_of(run, error))
    except LeaseLost:
        log.warning("Run %s was taken over; this worker stops.", run.pk)
    except DatabaseError:
        # Its lease runs out, and somebody else goes on.
        log.exception("How run %s ended could not be written down.", run.pk)


def _end_of(run: SyncRun, error: TcsyncError) -> End:
    is_sync = run.kind == SyncRun.Kind.SYNC
    if isinstance(error, Cancelled):
        status = SyncConfig.Status.PARTIALLY
        if run.config is None or run.config.succeeded_at is None:
            status = SyncConfig.Status.NOT_SYNCHRONIZED
        state = SyncRun.State.CANCELLED
        reason = verdict.cancelled_by(SyncRun.objects.get(pk=run.pk))
        return End(state, status if is_sync else None, error.code, reason, verdict.again(run))
    failed = SyncConfig.Status.ERROR if is_sync else None
    return End(SyncRun.State.FAILED, failed, error.code, error.message, error.next_step)


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
        self._asked = 0.0

    def work(self) -> None:
        """Do what the run is for. Raises TcsyncError."""
        if self._run.kind == SyncRun.Kind.COMPARE:
            self._compare()
            return
        config = self._run.config
        if config is None:
            reason = "Its configuration was deleted."
            self._journal.end(End(SyncRun.State.SKIPPED, None, "gone", reason))
            return
        with connect.open_source(config.server) as source:
            source.heed(self._heart.pulse)
            if self._run.kind == SyncRun.Kind.SYNC:
                self._synchronize(config, source)
            else:
                self._verify(config, source)

    def _compare(self) -> None:
        if self._run.comparison is None:
            reason = "The comparison was deleted."
            self._journal.end(End(SyncRun.State.SKIPPED, None, "gone", reason))
            return
        work = ComparisonWork(self._run, self._journal, self._lease, self._heart)
        end = work.run(time.monotonic() + STRETCH_SECONDS)
        if end is None:
            self._journal.requeue(None, 0)
        else:
            self._journal.end(end)

    def _verify(self, config: SyncConfig, source: Source) -> None:
        is_full = self._run.kind == SyncRun.Kind.PROVE
        made: type[FullComparison | Verification] = FullComparison if is_full else Verification
        work = made(self._run, config, source, self._journal, self._actor)
        end = work.run(self._heart.go_on, time.monotonic() + STRETCH_SECONDS)
        if end is None:
            self._journal.requeue(None, 0)
            return
        connect.note_answer(config.server, source.identity())
        self._journal.end(end)

    def _synchronize(self, config: SyncConfig, source: Source) -> None:
        """Plan and apply until a plan is empty: that one is the comparison that settles it."""
        until = time.monotonic() + STRETCH_SECONDS
        rounds = 0
        while True:
            self._heart.go_on()
            self._asked = time.monotonic()
            seen = partial(self._seen, "comparing" if rounds else "planning")
            plan = planning.plan_and_claim(config, source, self._lease, self._actor, seen)
            if decisions.waits(config, plan):
                self._journal.plan(plan)
                self._journal.end(outcome(config, plan, self._journal.failed))
                return
            over = plan.is_empty or self._journal.failed or rounds == ROUNDS
            if not rounds or not over:
                self._journal.plan(plan)
            if over:
                break
            if not self._apply(config, plan, source, until):
                self._journal.requeue(None, 0)
                return
            planning.release(config, plan, self._lease, self._actor)
            self._journal.phase("reading the source again")
            rounds += 1
        walks = Walks(config, source, self._journal, self._actor, self._heart.go_on)
        if not walks.run(until, refused={refusal.resource for refusal in plan.refusals}):
            self._journal.requeue(None, 0)
            return
        if plan.is_empty:
            decisions.settle_changes(config, self._lease)
        self._journal.end(outcome(config, plan, self._journal.failed))

    def _apply(self, config: SyncConfig, plan: Plan, source: Source, until: float) -> bool:
        """Apply a plan; return False when the time was up before its end."""
        work = Work(
            self._actor,
            config.pk,
            config.target_category_id,
            guard=self._lease.guard,
            note=self._journal.batch,
            go_on=self._heart.go_on,
            until=until,
        )
        events = apply(plan, source, work)
        try:
            for event in events:
                if isinstance(event, TimeUp):
                    return False
                if isinstance(event, StepFailed):
                    self._journal.fail(event)
                elif isinstance(event, BatchDone):
                    self._heart.moment.received = 0
                self._heart.go_on()
        finally:
            events.close()
        return True

    def _seen(self, phase: str, count: int) -> None:
        """Take note of how many resources were planned; 0: the source has answered."""
        # The planner begins with 0 too: one answer is told once.
        if not count and self._asked:
            self._heart.moment.received = 0
            seconds, self._asked = time.monotonic() - self._asked, 0.0
            self._journal.phase(phase, ANSWERED[phase].format(seconds))
        self._heart.count(count)
