"""The parts of a node: which programs, with which environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from django.conf import settings

from syncconfigs.supervisor.part import Program


def environment(base: Mapping[str, str] = os.environ, **more: str) -> dict[str, str]:
    """Return what a child's environment is: `base`, where the code and its data are, and `more`."""
    path = os.pathsep.join(filter(None, (str(settings.BASE_DIR), base.get("PYTHONPATH"))))
    return {
        "DJANGO_SETTINGS_MODULE": "tcsync.settings",
        **base,
        "PYTHONPATH": path,
        "PYTHONUNBUFFERED": "1",
        "TCSYNC_DATA": str(settings.TCSYNC_DATA),
        **more,
    }


def command(*words: str) -> tuple[str, ...]:
    """Return the command line that runs a management command with this Python."""
    return (sys.executable, "-m", "django", *words)


def programs(
    environment: Mapping[str, str], door: int, lifeline: tuple[int, ...]
) -> tuple[Program, Program, Program]:
    """Return web, queue and watcher; `door` is the listening socket that web inherits."""
    gunicorn = (
        *(sys.executable, "-m", "gunicorn", "tcsync.wsgi:application"),
        *("--config", "python:syncconfigs.supervisor.web", "--bind", f"fd://{door}"),
    )
    return (
        Program("web", gunicorn, environment, (door, *lifeline)),
        Program("queue", command("qcluster"), environment, lifeline),
        Program("watcher", command("watch"), environment, lifeline),
    )
