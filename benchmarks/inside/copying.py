"""Runs and transfers."""

from __future__ import annotations

import time
from typing import Any

from benchmarks.profiles import profiled
from syncconfigs import connect, runs
from syncconfigs.models import RemoteServer, SyncConfig, SyncRun
from syncconfigs.runs import planning
from tcsync.audit.recording import Actor
from tcsync.domain import Selection
from tcsync.repository import reading, snapshots
from tcsync.repository.models import Resource
from tcsync.sync.apply import Work, apply
from tcsync.sync.events import StepFailed

STEPS = ("run_profile", "transfer", "point_at", "polling", "standing", "runs_of")
ACTOR = Actor("benchmark", origin="command")


def run_profile(config: int) -> list[str]:
    """Run a configuration in this process; return where its time goes."""
    run = runs.request(SyncConfig.objects.get(pk=config), ACTOR, "benchmark")
    lines = profiled(lambda: runs.execute(run.pk))
    run.refresh_from_db()
    if run.state != SyncRun.State.SUCCEEDED:
        raise RuntimeError(f"The run is {run.state}: {run.reason}")
    return lines


def transfer(config: int) -> dict[str, Any]:
    """Bring what is new; return the seconds from the request for packs to what is durable here."""
    row = SyncConfig.objects.select_related("server").get(pk=config)
    with connect.open_source(row.server) as source:
        plan = planning.plan(row, source)
        work = Work(ACTOR, row.pk, row.target_category_id)
        began = time.perf_counter()
        failed = [event for event in apply(plan, source, work) if isinstance(event, StepFailed)]
        taken = time.perf_counter() - began
    count = plan.revision_count
    if failed or not count:
        raise RuntimeError(f"{count} revisions were planned, {len(failed)} steps failed.")
    return {"seconds": taken, "revisions": count}


def point_at(address: str) -> None:
    """Let all servers be reached at this address."""
    RemoteServer.objects.update(address=address)


def polling(rounds: int) -> list[float]:
    """Ask the first server what is new, when nothing is; return the seconds of each answer."""
    server = RemoteServer.objects.all()[0]
    taken = []
    with connect.open_source(server) as source:
        after = source.changes(None).cursor
        for _round in range(rounds):
            began = time.perf_counter()
            found = source.changes(after)
            taken.append(time.perf_counter() - began)
            if found.resources:
                raise RuntimeError("The source changes while it is asked.")
    return taken


def standing(name: str) -> float:
    """Answer who follows one resource and knows its heads; return the seconds."""
    id_ = Resource.objects.get(name=name).id
    known = reading.known([id_])
    began = time.perf_counter()
    snapshots.snapshot(Selection(resources=(id_,)), known)
    return time.perf_counter() - began


def runs_of(config: int) -> list[dict[str, float]]:
    """Return when the runs of a configuration were asked for, begun and ended, oldest first."""
    rows = SyncRun.objects.filter(config=config, finished_at__isnull=False).order_by("pk")
    return [
        {
            "asked": row.created.timestamp(),
            "began": row.started_at.timestamp() if row.started_at else 0.0,
            "ended": row.finished_at.timestamp() if row.finished_at else 0.0,
        }
        for row in rows
    ]
