"""Parts that live but no longer work: seen in the database, judged by our own clock.

A killed idle worker of django-q2 takes the lock of its queue along: the cluster looks alive and
never runs anything again. Nothing inside it can notice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django_q.models import OrmQ

from syncconfigs.models import Heartbeat, SyncRun
from syncconfigs.supervisor.part import Part

QUEUE_PATIENCE_SECONDS = 20.0
WATCHER_PATIENCE_SECONDS = 30.0
WATCHER = "watcher"


class Stillness:
    """How long nothing has left a set of waiting things.

    Additions do not count: a dead queue is rung again and again. Only our monotonic clock counts,
    so that a clock that was set does not make a part look dead.
    """

    def __init__(self) -> None:
        self._before: frozenset[str] = frozenset()
        self._since = 0.0

    def seconds(self, waiting: frozenset[str], now: float) -> float:
        """Take in what waits now; return for how long all of what waited before still does."""
        if not self._before or self._before - waiting:
            self._since = now
        self._before = waiting
        return now - self._since if waiting else 0.0


@dataclass(slots=True)
class Check:
    """What is looked at for one part, and how long it may stand still."""

    part: Part
    waiting: Callable[[], frozenset[str]]
    patience: float
    complaint: str
    stillness: Stillness = field(default_factory=Stillness)

    def complain(self, now: float) -> str | None:
        """Return why the part is to be restarted, or None. Raises DatabaseError."""
        still = self.stillness.seconds(self.waiting(), now)
        lived = now - (self.part.started_at or now)
        # A part that has just been started gets the same patience as the one before it.
        if min(still, lived) < self.patience:
            return None
        return self.complaint.format(seconds=round(min(still, lived)))


def queue_waiting() -> frozenset[str]:
    """Return what the queue should be taking up now; nothing while all workers are busy.

    Messages alone do not show it: the first ones are taken from the table and lie, locked, in the
    dead cluster. The runs that were rung for and have no worker tell the truth.
    """
    now = timezone.now()
    running = SyncRun.objects.filter(state=SyncRun.State.RUNNING, lease_until__gt=now)
    if running.count() >= settings.TCSYNC_WORKERS:
        return frozenset()
    messages = OrmQ.objects.filter(key=settings.Q_CLUSTER["name"], lock__lt=now)
    runs = SyncRun.objects.filter(state=SyncRun.State.QUEUED, doorbell__rings__gt=0)
    due = runs.filter(Q(not_before=None) | Q(not_before__lte=now))
    return frozenset(
        [f"message {number}" for number in messages.values_list("pk", flat=True)]
        + [f"run {number}" for number in due.values_list("pk", flat=True)]
    )


def watcher_waiting() -> frozenset[str]:
    """Return the watcher's last heartbeat: it stands still when no newer one replaces it."""
    last = Heartbeat.objects.filter(name=WATCHER).values_list("at", flat=True).first()
    return frozenset([str(last)])


def checks(queue: Part, watcher: Part) -> tuple[Check, ...]:
    """Return the checks of a node."""
    return (
        Check(
            queue,
            queue_waiting,
            QUEUE_PATIENCE_SECONDS,
            "workers are free, but nothing was taken from the queue for {seconds} s",
        ),
        Check(
            watcher,
            watcher_waiting,
            WATCHER_PATIENCE_SECONDS,
            "no heartbeat for {seconds} s",
        ),
    )
