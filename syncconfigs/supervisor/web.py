"""Gunicorn's configuration (`-c python:syncconfigs.supervisor.web`); runs in its main process."""

from __future__ import annotations

from tcsync import lifeline

worker_class = "gthread"
workers = 2
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
    """Hold the lifeline here: this process never loads Django, its workers do."""
    lifeline.hold()
