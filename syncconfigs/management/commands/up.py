"""`manage.py up`: runs a whole node in the foreground."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections

from syncconfigs.supervisor import node, stalls
from syncconfigs.supervisor.part import Part
from syncconfigs.supervisor.place import LEFTOVER_SECONDS, DataLock, is_ready, listen, reachable
from syncconfigs.supervisor.supervisor import Supervisor
from tcsync.errors import TcsyncError
from tcsync.lifeline import Lifeline

ASK_EVERY_SECONDS = 0.1


class Command(BaseCommand):
    """One supervisor for web, queue and watcher; the way a node is run everywhere."""

    help = "Runs a whole node in the foreground: web, queue and watcher. Stop it with Ctrl-C."
    requires_system_checks = "__all__"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="0 takes any free one")
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
        parser.add_argument("--workers", type=int, default=settings.TCSYNC_WORKERS)
        parser.add_argument("--no-migrate", action="store_true", help="leave the database as it is")

    def handle(self, *_args: object, **options: Any) -> None:
        self._lock = threading.Lock()
        settings.TCSYNC_WORKERS = options["workers"]
        _refuse_open_trial(options["host"])
        try:
            with DataLock(settings.TCSYNC_DATA) as lock:
                patience = LEFTOVER_SECONDS if lock.left_over else 0.0
                with listen(options["host"], options["port"], patience=patience) as door:
                    # Files are served from the packages; WhiteNoise only misses the folder.
                    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
                    if not options["no_migrate"]:
                        self._migrate()
                    self._run(door, options["host"])
        except TcsyncError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self._say("up", "stopped before it was ready")

    def _migrate(self) -> None:
        try:
            call_command("migrate", interactive=False, verbosity=0)
        except DatabaseError as error:
            raise CommandError(
                f"The database cannot be brought up to date: {error}."
                " Check DATABASE_URL, and that this node may change its tables."
            ) from error
        finally:
            connections.close_all()

    def _run(self, door: socket.socket, host: str) -> None:
        line = Lifeline()
        environment = line.environment(
            node.environment(TCSYNC_WORKERS=str(settings.TCSYNC_WORKERS))
        )
        programs = node.programs(environment, door.fileno(), line.pass_fds)
        web, queue, watcher = (Part(program, self._say) for program in programs)
        supervisor = Supervisor((web, queue, watcher), self._say, stalls.checks(queue, watcher))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: supervisor.stop())
        supervisor.run(lambda: self._announce(supervisor.stopping, host, door.getsockname()[1]))
        line.close()
        self._say("up", "stopped")

    def _announce(self, stopping: threading.Event, host: str, port: int) -> None:
        name = next(
            (name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*"), "localhost"
        )
        begun = time.monotonic()
        while not stopping.wait(ASK_EVERY_SECONDS):
            if is_ready(host, port, known_as=name):
                shown = f"[{reachable(host)}]" if ":" in host else reachable(host)
                seconds = time.monotonic() - begun
                self._say(
                    "up", f"ready at http://{shown}:{port}/ after {seconds:.1f} s (Ctrl-C stops it)"
                )
                return

    def _say(self, name: str, line: str) -> None:
        # Who read our output may be gone; the node goes on, and must not block on it.
        with self._lock, contextlib.suppress(OSError):
            self.stdout.write(f"{name:<7} | {line}")
            self.stdout.flush()


def _refuse_open_trial(host: str) -> None:
    """Raise CommandError where a node in development would listen to others."""
    if settings.TCSYNC_DEVELOPMENT and host not in ("127.0.0.1", "::1", "localhost"):
        raise CommandError(
            f"TCSYNC_DEVELOPMENT=1 is for trials on this machine: nothing listens on {host}."
            " Set it to 0, or leave --host away."
        )
