"""What the queue calls, with one integer: the run's row says everything else."""

from __future__ import annotations

import gc
from contextlib import suppress
from functools import cache

from django.db import DatabaseError, connection

from syncconfigs import configurations, runs

_COLLECTED_AT = 20_000
"""New objects, in place of 700: a batch of small resources makes a hundred thousand."""


def run_sync(run_id: int) -> None:
    """Work on a run, unless somebody else does; then let come along what it uses."""
    make_ready()
    runs.execute(run_id)
    configurations.bring_after(run_id)


@cache
def make_ready(**_spawned: object) -> None:
    """Do once a process, before its first run if there is time, what no run is to wait for.

    A worker of the queue does it as soon as it was started.
    """
    _keep_what_is_loaded()
    with suppress(DatabaseError):
        connection.ensure_connection()


def _keep_what_is_loaded() -> None:
    """Keep modules and models out of the collector's way: they never go.

    A plan of thousands of resources sets the collector off again and again; without this it takes
    a tenth of the run to look through Django. It looks for what is new seldom, too: rows and
    records hold no cycles.
    """
    gc.freeze()
    gc.set_threshold(_COLLECTED_AT, 20, 20)
