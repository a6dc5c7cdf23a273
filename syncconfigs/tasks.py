"""What the queue calls, with one integer: the run's row says everything else."""

from __future__ import annotations

import gc
from functools import cache

from syncconfigs import runs


def run_sync(run_id: int) -> None:
    """Work on a run, unless somebody else does."""
    _keep_what_is_loaded()
    runs.execute(run_id)


@cache
def _keep_what_is_loaded() -> None:
    """Keep modules and models out of the collector's way, once a process: they never go.

    A plan of thousands of resources sets the collector off again and again; without this it takes
    a tenth of the run to look through Django.
    """
    gc.freeze()
