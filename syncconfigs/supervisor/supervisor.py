"""The loop over the parts: keeps them running until it is told to stop, then ends them all."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence

from django.db import DatabaseError, close_old_connections

from syncconfigs.supervisor.part import Part, Say
from syncconfigs.supervisor.stalls import Check

TICK_SECONDS = 0.1
CHECK_SECONDS = 2.0
STALLED_GRACE_SECONDS = 3.0
STOP_GRACE_SECONDS = 8.0
"""Then what is left is killed; the rest of the promised 10 s is for that."""
STOP_SECONDS = 9.5


class Supervisor:
    """Runs the parts in the foreground. `stop` may be called from a signal handler."""

    def __init__(
        self,
        parts: Sequence[Part],
        say: Say,
        checks: Sequence[Check] = (),
        *,
        grace: float = STOP_GRACE_SECONDS,
    ) -> None:
        self._parts = parts
        self._say = say
        self._checks = checks
        self._grace = grace
        self._complaints: queue.SimpleQueue[tuple[Part, str]] = queue.SimpleQueue()
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Ask it to stop; asked a second time it does not wait for anybody."""
        if self._stopping.is_set():
            for part in self._parts:
                part.stop(time.monotonic(), 0.0)
        self._stopping.set()

    @property
    def stopping(self) -> threading.Event:
        """Set as soon as it was asked to stop."""
        return self._stopping

    def run(self, meanwhile: Callable[[], None] | None = None) -> None:
        """Keep the parts running until `stop`; return when all of them are gone."""
        for work in (self._look, meanwhile):
            # Threads of their own: neither a database nor an address that does not answer may
            # hold up a restart or the stop.
            if work is not None:
                threading.Thread(target=work, daemon=True).start()
        try:
            while not self._stopping.is_set():
                self.tend()
                self._stopping.wait(TICK_SECONDS)
        finally:
            self._end_all()

    def tend(self) -> None:
        """Do once what is due."""
        now = time.monotonic()
        while not self._complaints.empty():
            part, complaint = self._complaints.get()
            if not part.is_ending:
                self._say(part.name, f"{complaint}: it is restarted")
                part.end(now, STALLED_GRACE_SECONDS)
        for part in self._parts:
            part.tend(now)

    def _look(self) -> None:
        while not self._stopping.wait(CHECK_SECONDS):
            for check in self._checks:
                self._look_at(check)

    def _look_at(self, check: Check) -> None:
        try:
            close_old_connections()
            complaint = check.complain(time.monotonic())
        except DatabaseError as error:
            self._say(check.part.name, f"cannot be checked, the database says: {error}")
            return
        if complaint:
            self._complaints.put((check.part, complaint))

    def _end_all(self) -> None:
        until = time.monotonic() + STOP_SECONDS
        for part in self._parts:
            part.stop(time.monotonic(), self._grace)
        while any(part.pid for part in self._parts) and time.monotonic() < until:
            for part in self._parts:
                part.tend(time.monotonic())
            time.sleep(TICK_SECONDS / 2)
