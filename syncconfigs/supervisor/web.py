"""Gunicorn's configuration (`-c python:syncconfigs.supervisor.web`); runs in its main process."""

from __future__ import annotations

import gc

from tcsync import lifeline

worker_class = "gthread"
workers = 2
# Loaded once, before the workers are forked: they start at once and share its memory.
preload_app = True
threads = 4
timeout = 60
graceful_timeout = 6
keepalive = 15
accesslog = None
errorlog = "-"
loglevel = "warning"
# Nobody steers it from outside; two nodes of one person would meet in the same default socket.
control_socket_disable = True


def on_starting(_server: object) -> None:
    """Hold the lifeline from the first moment, before the application is loaded."""
    lifeline.hold()


def pre_fork(_server: object, _worker: object) -> None:
    """Keep what is loaded out of the collector's way: it never goes, and stays shared memory."""
    gc.freeze()
