"""The heartbeat of a worker: renews the lease, sees a wish to cancel, and notices standstill."""

from __future__ import annotations

import logging
import threading
import time
from types import TracebackType

from django.conf import settings
from django.db import DatabaseError, connection

from syncconfigs.models import SyncRun
from syncconfigs.runs.lease import Lease
from tcsync.errors import LeaseLost

log = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
RENEWALS = 3
"""So often a lease is renewed before it would end."""
STANDSTILL_SECONDS = 600.0
"""Without progress for so long the lease is left to run out: somebody else shall try."""


class Heart:
    """A thread with a database connection of its own, for as long as a worker works on a run."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._stop = threading.Event()
        self._progress = time.monotonic()
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self.cancelled = False
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

    def progress(self) -> None:
        """Note that the work goes on."""
        self._progress = time.monotonic()

    def _beat(self) -> None:
        renewed = time.monotonic()
        try:
            while not self._stop.wait(LOOK_SECONDS) and not self.lost:
                now = time.monotonic()
                due = now - renewed >= settings.TCSYNC_LEASE_SECONDS / RENEWALS
                if now - self._progress > STANDSTILL_SECONDS:
                    log.warning("Run %s stands still; its lease ends.", self._lease.run_id)
                    return
                if self._look(renew=due) and due:
                    renewed = now
        finally:
            connection.close()

    def _look(self, *, renew: bool) -> bool:
        """Return whether it worked; a database that is away for a moment is asked again."""
        try:
            if renew:
                self._lease.guard()
            wish = SyncRun.objects.filter(pk=self._lease.run_id, cancel_requested=True)
            self.cancelled = wish.exists()
        except LeaseLost:
            self.lost = True
        except DatabaseError as error:
            log.warning("The heartbeat of run %s: %s", self._lease.run_id, error)
            connection.close()
            return False
        return True
