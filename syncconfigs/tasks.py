"""What the queue calls. Three lines each, one integer: the run's row says everything else."""

from __future__ import annotations

from syncconfigs import runs


def run_sync(run_id: int) -> None:
    """Work on a run, unless somebody else does."""
    runs.execute(run_id)
