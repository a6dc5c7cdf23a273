"""Comparing as the queue would, and what came of it."""

from __future__ import annotations

from syncconfigs import runs
from syncconfigs.models import ComparedResource, Comparison, SyncRun
from tests.syncconfigs.runs.working import OPERATOR


def compare(comparison: Comparison) -> SyncRun:
    """Ask for a run, work on it, return it as it is then."""
    run = runs.request_comparison(comparison, OPERATOR, "test")
    runs.execute(run.pk)
    run.refresh_from_db()
    return run


def verdicts(run: SyncRun) -> dict[str, str]:
    """Return the verdict of each resource by its name."""
    return dict(run.compared.values_list("name", "verdict"))


def differences(run: SyncRun, name: str) -> list[tuple[str, str, str, str]]:
    """Return (kind, what, first side, second side) of what differs of a resource."""
    row = ComparedResource.objects.get(run=run, name=name)
    return [tuple(entry) for entry in (*row.differences, *row.walks)]


def kinds(run: SyncRun, name: str) -> list[str]:
    return [entry[0] for entry in differences(run, name)]
