"""Forwards the entries of the record to a syslog receiver, in their order, each at least once.

A row keeps up to which entry everything has arrived. It moves only a while after entries were sent
on a connection that still stands then; when one breaks, all behind the row is sent again.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import DatabaseError, connection
from django.utils import timezone

from tcsync.audit.models import AuditEntry, AuditForward
from tcsync.audit.syslog import Line, message, parse_target

log = logging.getLogger(__name__)
ENTRIES_AT_ONCE = 500
ARRIVED_SECONDS = 2.0
"""A receiver that is gone has said so by then."""
PAUSE_SECONDS = 1.0
FIRST_BACK_OFF_SECONDS, LONGEST_BACK_OFF_SECONDS = 1.0, 30.0


@dataclass(slots=True)
class Forwarder:
    """Sends until `stop` is set. One of them for each node: the watcher's."""

    target: str
    stop: threading.Event = field(default_factory=threading.Event)
    clock: Callable[[], float] = time.monotonic
    _line: Line | None = None
    _sent: int = 0
    _unproven: list[tuple[float, int]] = field(default_factory=list)
    _back_off: float = FIRST_BACK_OFF_SECONDS
    _complaint: str = ""

    def run(self) -> None:
        """Forward what there is and what comes; neither a receiver nor a database ends it."""
        while not self.stop.is_set():
            try:
                self.stop.wait(self.turn())
            except DatabaseError:
                log.exception("The database did not answer the forwarding of the audit record.")
                connection.close()
                self.stop.wait(LONGEST_BACK_OFF_SECONDS)
        self.close()
        connection.close()

    def turn(self) -> float:
        """Send what is waiting; return after how many seconds to look again."""
        try:
            count = self._send_some()
            self._prove()
        except OSError as error:
            return self._complain(error)
        if self._complaint and not self._unproven:
            log.info("%s takes entries of the audit record again.", self.target)
            self._complaint = ""
            self._back_off = FIRST_BACK_OFF_SECONDS
        return 0.0 if count == ENTRIES_AT_ONCE else PAUSE_SECONDS

    def _send_some(self) -> int:
        line = self._connected()
        rows = AuditEntry.objects.filter(seq__gt=self._sent).order_by("seq")[:ENTRIES_AT_ONCE]
        host, count = socket.gethostname(), 0
        for entry in rows:
            line.send(message(entry, host, line.at_most))
            self._sent, count = entry.seq, count + 1
        if count:
            self._unproven.append((self.clock(), self._sent))
        return count

    def _connected(self) -> Line:
        if self._line is None:
            self._line = Line(parse_target(self.target))
            kept, _made = AuditForward.objects.get_or_create(target=self.target)
            self._sent, self._unproven = kept.seq, []
        return self._line

    def _prove(self) -> None:
        """Move the row to what was sent long enough ago on a connection that still stands."""
        if self._line is None or not self._line.is_through():
            return
        old = [seq for at, seq in self._unproven if self.clock() - at >= ARRIVED_SECONDS]
        if old:
            rows = AuditForward.objects.filter(target=self.target, seq__lt=old[-1])
            rows.update(seq=old[-1], at=timezone.now())
            self._unproven = self._unproven[len(old) :]

    def _complain(self, error: OSError) -> float:
        self.close()
        said = f"{self.target} does not take entries of the audit record: {error}."
        if said != self._complaint:
            log.warning("%s They are kept, and sent when it does.", said)
            self._complaint = said
        wait, self._back_off = self._back_off, min(self._back_off * 2, LONGEST_BACK_OFF_SECONDS)
        return wait

    def close(self) -> None:
        """End the connection; the next turn opens another one."""
        if self._line is not None:
            self._line.close()
        self._line = None
