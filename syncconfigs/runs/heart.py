"""The heartbeat of a worker: renews the lease, sees a wish to cancel, and notices standstill.

Its thread also writes down, at most once a second, what the worker does just now; and it ends a
run that somebody cancelled when the worker, deep in a call that waits, does not.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from types import TracebackType

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Q
from django.db.models.functions import Now

from syncconfigs.models import SyncRun
from syncconfigs.runs import verdict
from syncconfigs.runs.lease import Lease, lease_end
from tcsync.errors import Cancelled, LeaseLost

log = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
RENEWALS = 3
"""So often a lease is renewed before it would end."""
STANDSTILL_SECONDS = 600.0
"""Without progress for so long the lease is left to run out: somebody else shall try."""
GRACE_SECONDS = 1.8
"""So long a worker has to end a run that was cancelled; then it is ended without it."""


@dataclass(slots=True)
class Moment:
    """What a worker does just now: written by its own thread, read by the heart's."""

    resource: str = ""
    counted: int = 0
    received: int = 0

    def columns(self) -> dict[str, object]:
        """Return it as columns of the run."""
        return {
            "resource_now": self.resource,
            "counted": self.counted,
            "bytes_arriving": self.received,
        }


class Heart:
    """A thread with a database connection of its own, for as long as a worker works on a run."""

    def __init__(self, lease: Lease, grace: float = GRACE_SECONDS) -> None:
        self._lease = lease
        self._grace = grace
        self._stop = threading.Event()
        self._progress = time.monotonic()
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self._cancelled_at: float | None = None
        self._told = (0.0, Moment().columns())
        self.moment = Moment()
        self.lost = False

    def __enter__(self) -> Heart:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join(timeout=5.0)

    @property
    def cancelled(self) -> bool:
        """Whether somebody wants the run to stop."""
        return self._cancelled_at is not None

    def go_on(self, resource: str = "") -> None:
        """Note that the work goes on, with which resource. Raises LeaseLost, Cancelled."""
        self._progress = time.monotonic()
        if resource:
            self.moment.resource = resource
        self._check()

    def count(self, number: int) -> None:
        """Note how far the counting is. Raises LeaseLost, Cancelled."""
        self.moment.counted = number
        self.go_on()

    def pulse(self, received: int) -> None:
        """Note that so many bytes arrived; waiting is no progress. Raises LeaseLost, Cancelled."""
        if received:
            self.moment.received += received
            self._progress = time.monotonic()
        self._check()

    def _check(self) -> None:
        if self.lost:
            raise LeaseLost(f"Run {self._lease.run_id} was taken over or ended by somebody else.")
        if self.cancelled:
            raise Cancelled("The run was cancelled; what had arrived stays.")

    def _beat(self) -> None:
        renewed = time.monotonic()
        try:
            while not self._stop.wait(LOOK_SECONDS) and not self.lost:
                now = time.monotonic()
                due = now - renewed >= settings.TCSYNC_LEASE_SECONDS / RENEWALS
                if now - self._progress > STANDSTILL_SECONDS:
                    log.warning("Run %s stands still; its lease ends.", self._lease.run_id)
                    return
                if self._look(now, renew=due) and due:
                    renewed = now
        finally:
            connection.close()

    def _look(self, now: float, *, renew: bool) -> bool:
        """Return whether it worked; a database that is away for a moment is asked again."""
        try:
            wish = SyncRun.objects.filter(pk=self._lease.run_id, cancel_requested=True)
            if self._cancelled_at is None and wish.exists():
                self._cancelled_at = now
            if self._cancelled_at is not None and now - self._cancelled_at >= self._grace:
                self._sever()
            else:
                self._tell(renew=renew)
        except LeaseLost:
            self.lost = True
        except DatabaseError as error:
            log.warning("The heartbeat of run %s: %s", self._lease.run_id, error)
            connection.close()
            return False
        return True

    def _tell(self, *, renew: bool) -> None:
        """Write down what is new: what the worker does, that it goes on, that it lives."""
        progress, columns = self._progress, self.moment.columns()
        news: dict[str, object] = {"lease_until": lease_end()} if renew else {}
        if (progress, columns) != self._told:
            news |= {**columns, "progress_at": Now()}
        if news:
            self._lease.update(**news)
            self._told = (progress, columns)

    def _sever(self) -> None:
        """End the run in the worker's place: what it does next finds no lease any more."""
        run = SyncRun.objects.get(pk=self._lease.run_id)
        if run.token == self._lease.token:
            running = Q(state=SyncRun.State.RUNNING)
            verdict.pass_on(run, verdict.cancelled(run), running)
        self.lost = True
