"""Asking for a run and working on it, as the queue would."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

from django.db import connections
from django.utils import timezone

from syncconfigs import runs
from syncconfigs.models import SyncConfig, SyncRun
from tcsync.audit.recording import Actor

T = TypeVar("T")
OPERATOR = Actor("olga", origin="command")


def synchronize(config: SyncConfig, kind: str = "sync") -> SyncRun:
    """Ask for a run, work on it, return it as it is then; the configuration is refreshed."""
    run = runs.request(config, OPERATOR, "test", kind)
    runs.execute(run.pk)
    run.refresh_from_db()
    config.refresh_from_db()
    return run


def expire(run: SyncRun) -> None:
    """Let the lease of a run have run out a second ago."""
    SyncRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def at_once(count: int, work: Callable[[], T]) -> list[T]:
    """Do the same in many threads, each with a connection of its own; return what they got."""

    def alone(_number: int) -> T:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(alone, range(count)))
