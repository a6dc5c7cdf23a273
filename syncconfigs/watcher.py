"""The watcher: asks the feeds of the sources, asks for runs, takes back what died.

One process of the node. Each server has a thread of its own, so that one that hangs or fails
delays no other, nor the heartbeat by which the supervisor sees that the watcher lives.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.db.models import Q
from django.utils import timezone

from syncconfigs import comparisons, connect, runs
from syncconfigs.models import Claim, Heartbeat, RemoteServer, SyncConfig, SyncRun
from syncconfigs.runs import dates, planning, standing
from syncconfigs.runs.outcome import outcome
from tcsync.access import upkeep
from tcsync.audit.anchors import write_anchor
from tcsync.audit.forwarding import Forwarder
from tcsync.audit.recording import SYSTEM
from tcsync.domain import Changes
from tcsync.errors import PlanRefused, TcsyncError
from tcsync.sources.base import Delivery
from tcsync.sync.steps import Plan

log = logging.getLogger(__name__)
SWEEP_SECONDS = 2.0
HEARTBEAT_SECONDS = 5.0
HOUR_SECONDS = 3600.0
"""How often the newest entry of the audit record is written to the log, and old rows go."""
SEEN_SECONDS = 30.0
"""How often it is written down that a server answers."""
FIRST_BACK_OFF_SECONDS = 0.5
LONGEST_BACK_OFF_SECONDS = 30.0
CALLED_SECONDS = 1.0
"""How soon a call of the look-now address is heard."""
LOOK_SECONDS = 0.3
"""A full look is spread over many rounds, so that news are not kept waiting for it."""
AUTOMATIC = (*SyncConfig.SCHEDULED, SyncConfig.Trigger.ONCE)
_WATCHED = Q(paused=False) & ~Q(status=SyncConfig.Status.CLOSED)


def watched_servers() -> list[int]:
    """Return the servers that are asked: followed by something, and no person has to act first."""
    followed = SyncConfig.objects.filter(_WATCHED).values("server")
    rows = RemoteServer.objects.filter(pk__in=followed, waits_for_person=False)
    return list(rows.order_by("pk").values_list("pk", flat=True))


@dataclass(slots=True)
class Watcher:
    """Keeps a thread for every server with configurations until `stop` is set."""

    stop: threading.Event = field(default_factory=threading.Event)
    clock: Callable[[], float] = time.monotonic
    _threads: dict[int, threading.Thread] = field(default_factory=dict)
    _swept_at: float | None = None
    _beat_at: float | None = None
    _hour_at: float | None = None
    _forwarder: threading.Thread | None = None

    def run(self) -> None:
        """Look again and again; a database that is away for a moment ends nothing."""
        while not self.stop.is_set():
            try:
                self.look()
            except DatabaseError:
                log.exception("The database did not answer the watcher; it goes on.")
                connection.close()
            self.stop.wait(settings.TCSYNC_WATCH_SECONDS)

    def look(self) -> None:
        """Look once: heartbeat, sweep, and a thread for every server that has none."""
        now = self.clock()
        if self._beat_at is None or now - self._beat_at >= HEARTBEAT_SECONDS:
            self._beat_at = now
            Heartbeat.objects.update_or_create(name="watcher", defaults={"at": timezone.now()})
        if self._swept_at is None or now - self._swept_at >= SWEEP_SECONDS:
            self._swept_at = now
            runs.sweep()
            comparisons.start_due(timezone.now())
        if self._hour_at is None or now - self._hour_at >= HOUR_SECONDS:
            self._hour_at = now
            write_anchor()
            upkeep.forget_old()
        self._tend_forwarder()
        for pk in watched_servers():
            if pk not in self._threads or not self._threads[pk].is_alive():
                self._start(pk)

    def _tend_forwarder(self) -> None:
        """Have the audit record forwarded, where a receiver is set."""
        if not settings.TCSYNC_SYSLOG or (self._forwarder and self._forwarder.is_alive()):
            return
        forwarder = Forwarder(settings.TCSYNC_SYSLOG, self.stop)
        self._forwarder = threading.Thread(target=forwarder.run, name="syslog", daemon=True)
        self._forwarder.start()

    def _start(self, pk: int) -> None:
        # A daemon: what hangs in the network must not keep the process from ending in time.
        thread = threading.Thread(
            target=ServerWatch(pk, self.clock).run, args=(self.stop,), name=f"server {pk}"
        )
        thread.daemon = True
        self._threads[pk] = thread
        thread.start()


@dataclass(slots=True)
class ServerWatch:
    """What the watcher does about one server, and what it remembers of it."""

    pk: int
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = timezone.now
    back_off: float = FIRST_BACK_OFF_SECONDS
    _full_look_at: float | None = None
    _seen_at: float | None = None
    _cursor: int | None = None
    _epoch: str = ""
    _called_at: datetime | None = None
    _may_call: bool = False
    _to_look_at: list[int] = field(default_factory=list)
    _waiting: set[int] = field(default_factory=set)
    _next_date: datetime | None = None

    def run(self, stop: threading.Event) -> None:
        """Ask until `stop` is set or nobody follows the server any more."""
        try:
            while not stop.is_set() and self.pk in watched_servers():
                self._wait(stop, self.turn())
        except DatabaseError:
            log.exception("The database did not answer the watch over server %s.", self.pk)
        except Exception:
            # The thread's boundary: the watcher starts another one with its next look.
            log.exception("The watch over server %s met a defect.", self.pk)
            stop.wait(LONGEST_BACK_OFF_SECONDS)
        finally:
            connections.close_all()

    def _wait(self, stop: threading.Event, seconds: float) -> None:
        """Wait, but no longer than until the server asks us to look now."""
        until = self.clock() + seconds
        while not stop.is_set() and (rest := until - self.clock()) > 0:
            stop.wait(min(rest, CALLED_SECONDS))
            if self._may_call and rest > CALLED_SECONDS and self._is_called():
                return

    def _is_called(self) -> bool:
        row = RemoteServer.objects.filter(pk=self.pk).values_list("look_asked_at", flat=True)
        called = row.first()
        if called is None or called > timezone.now():
            return False
        return self._called_at is None or called > self._called_at

    def turn(self) -> float:
        """Ask once and react; return the seconds to wait before the next time."""
        server = RemoteServer.objects.get(pk=self.pk)
        self._may_call = bool(server.look_key_digest)
        if server.look_asked_at is not None:
            # A call that is to count later is still to come.
            self._called_at = min(server.look_asked_at, timezone.now())
        try:
            with connect.open_source(server) as source:
                self._ask(server, source)
        except TcsyncError as error:
            if server.last_error != str(error):
                log.warning("%s: %s", server.name, error)
                connect.note_failure(server, error)
            wait, self.back_off = self.back_off, min(self.back_off * 2, LONGEST_BACK_OFF_SECONDS)
            # When it answers again, everything is looked at again.
            self._seen_at = self._full_look_at = None
            return wait
        self.back_off = FIRST_BACK_OFF_SECONDS
        return self._until_next(server.interval)

    def _until_next(self, interval: float) -> float:
        """Return the seconds to wait: no longer than until the next date of a schedule."""
        if self._next_date is None:
            return interval
        return min(interval, max(0.0, (self._next_date - self.now()).total_seconds()))

    def _ask(self, server: RemoteServer, source: connect.LentSource) -> None:
        is_told = source.delivery is Delivery.CHANGES
        after, epoch = server.feed_cursor, server.epoch
        if is_told:
            # Its feed is made of what this process remembers of its listings.
            after, epoch = self._cursor, self._epoch
        changes = source.changes(after)
        now = self.clock()
        fresh = after is None or changes.epoch != epoch
        if fresh or self._seen_at is None or now - self._seen_at >= SEEN_SECONDS:
            connect.note_answer(server, source.identity())
            self._seen_at = now
        configs = {config.pk: config for config in server.configurations.filter(_WATCHED)}
        self._note_news(configs, changes)
        self._note_dates(configs)
        if fresh or self._full_look_at is None or now >= self._full_look_at:
            self._full_look_at = now + settings.TCSYNC_FULL_LOOK_SECONDS
            self._to_look_at = list(configs)
        self._request_waiting(configs)
        self._cursor, self._epoch = changes.cursor, changes.epoch
        if not is_told and changes.cursor != server.feed_cursor:
            # After the reaction: a watcher that dies in between is told again.
            RemoteServer.objects.filter(pk=server.pk, epoch=changes.epoch).update(
                feed_cursor=changes.cursor
            )
        self._look_at_some(configs, source)

    def _note_news(self, configs: dict[int, SyncConfig], changes: Changes) -> None:
        for config in affected(configs.values(), changes):
            if config.trigger in AUTOMATIC and not config.schedule.has_dates:
                self._waiting.add(config.pk)
            elif config.pk not in self._to_look_at:
                self._to_look_at.insert(0, config.pk)

    def _note_dates(self, configs: dict[int, SyncConfig]) -> None:
        """Look first at those whose date has come, once however many were missed."""
        now, listed = self.now(), set(self._to_look_at)
        for config in configs.values():
            if dates.is_due(config, now) and config.pk not in listed:
                self._to_look_at.insert(0, config.pk)
        coming = [c.next_at for c in configs.values() if c.next_at and c.next_at > now]
        self._next_date = min(coming, default=None)

    def _request_waiting(self, configs: dict[int, SyncConfig]) -> None:
        """Ask for runs. One that works already may have read the source before the news came."""
        for pk in sorted(self._waiting):
            if pk in configs:
                run = runs.request(configs[pk], SYSTEM, "feed")
                if run.state == SyncRun.State.RUNNING:
                    continue
            self._waiting.discard(pk)

    def _look_at_some(self, configs: dict[int, SyncConfig], source: connect.LentSource) -> None:
        until = self.clock() + LOOK_SECONDS
        while self._to_look_at and self.clock() < until:
            config = configs.get(self._to_look_at.pop(0))
            if config is not None and config.pk not in self._waiting:
                self._look_at(config, source)

    def _look_at(self, config: SyncConfig, source: connect.LentSource) -> None:
        """Compare without a run; ask for one where something is to be done by itself."""
        if config.runs.filter(state__in=SyncRun.ACTIVE).exists():
            return
        is_due = dates.is_due(config, self.now())
        try:
            self._react(config, planning.plan(config, source), is_due)
        except PlanRefused as error:
            standing.refuse(config, error)
        if is_due:
            dates.advance(config, self.now())

    def _react(self, config: SyncConfig, plan: Plan, is_due: bool) -> None:
        """Ask for a run, or write down how it stands. With a schedule, only its dates ask."""
        is_free = config.trigger in AUTOMATIC and not config.schedule.has_dates
        if is_due and _wants_run(config, plan):
            runs.request(config, SYSTEM, "schedule")
        elif is_free and _wants_run(config, plan):
            self._waiting.add(config.pk)
        elif config.succeeded_at is not None or is_free or is_due:
            standing.settle(config, plan)


def _wants_run(config: SyncConfig, plan: Plan) -> bool:
    """Tell whether a run has anything to do. What is to close does so by a run, which proves it."""
    if planning.has_work(config, plan):
        return True
    is_once = config.trigger == SyncConfig.Trigger.ONCE
    return is_once and outcome(config, plan, failed=0).status == SyncConfig.Status.CLOSED


def affected(configs: Iterable[SyncConfig], changes: Changes) -> Iterable[SyncConfig]:
    """Yield the configurations that a change may concern.

    A changed resource that nobody claims may have joined any followed category.
    """
    if not changes.resources and not changes.tree_changed:
        return
    owners = dict(
        Claim.objects.filter(resource__in=changes.resources).values_list("resource", "config")
    )
    unclaimed = changes.tree_changed or any(id_ not in owners for id_ in changes.resources)
    concerned = set(owners.values())
    for config in configs:
        picked = config.source_id in changes.resources
        joins = unclaimed and config.kind == SyncConfig.Kind.CATEGORY
        if config.pk in concerned or picked or joins:
            yield config
