"""`manage.py demo`: two nodes on this machine, and a history that crosses from one to the other."""

from __future__ import annotations

import json
import shutil
import signal
import sys
import threading
from argparse import SUPPRESS, ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from syncconfigs.demo import inside
from syncconfigs.demo.filling import Filling
from syncconfigs.demo.nodes import DemoNode, DemoStopped, Steps
from syncconfigs.demo.story import Story
from syncconfigs.supervisor import node
from syncconfigs.supervisor.part import Part, Program
from syncconfigs.supervisor.place import LEFTOVER_SECONDS, DataLock, PortTaken, listen
from syncconfigs.supervisor.supervisor import Supervisor
from tcsync.errors import TcsyncError
from tcsync.lifeline import Lifeline

NODE_GRACE_SECONDS = 9.0
"""A node takes up to 8.5 s to stop; `demo` has 10."""


class Command(BaseCommand):
    """Keeps two `manage.py up` running, and tells the story in a thread beside them."""

    help = "Runs a source node and a target node with a history that crosses between them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--source-port", type=int, default=8001)
        parser.add_argument("--target-port", type=int, default=8000)
        parser.add_argument("--data", type=Path, help="the demo's folder; default var/demo")
        parser.add_argument("--histories", type=Path, help="where the real histories lie")
        parser.add_argument("--reset", action="store_true", help="begin with empty nodes")
        parser.add_argument("--once", action="store_true", help="stop after the report")
        parser.add_argument("--inside", choices=sorted(inside.STEPS), help=SUPPRESS)

    def handle(self, *_args: object, **options: Any) -> None:
        if options["inside"]:
            return self._answer(options["inside"])
        root = (options["data"] or settings.TCSYNC_DATA / "demo").resolve()
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        source = DemoNode("source", options["source_port"], root)
        target = DemoNode("target", options["target_port"], root)
        try:
            with DataLock(root) as lock:
                _check_ports(source, target, LEFTOVER_SECONDS if lock.left_over else 0.0)
                if options["reset"]:
                    _reset(source, target)
                histories = options["histories"] or settings.BASE_DIR.parent / "shared" / "data"
                self._run(source, target, Filling(source, histories), once=options["once"])
        except TcsyncError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")

    def _answer(self, step: str) -> None:
        given = json.loads(sys.stdin.read() or "null")
        try:
            self.stdout.write(json.dumps(inside.STEPS[step](given)))
        except TcsyncError as error:
            raise CommandError(str(error)) from error

    def _run(self, source: DemoNode, target: DemoNode, filling: Filling, *, once: bool) -> None:
        line, screen = Lifeline(), _Screen(self)
        parts = [_part(at, line) for at in (source, target)]
        supervisor = Supervisor(parts, lambda *_: None, grace=NODE_GRACE_SECONDS)
        steps = Steps(line, supervisor.stopping)
        story = Story(source, target, parts, filling, steps, screen.tell, screen.hint)
        failure: list[Exception] = []

        def tell() -> None:
            try:
                story.run()
                screen.tell(
                    "Ctrl-C stops both nodes; `make demo` starts them again with their data."
                )
            except DemoStopped:
                return
            except Exception as error:  # noqa: BLE001 - handed to the main thread, which raises it
                failure.append(error)
            if once or failure:
                supervisor.stop()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: supervisor.stop())
        supervisor.run(tell)
        line.close()
        if failure:
            raise failure[0]
        screen.tell("Both nodes have stopped.")


class _Screen:
    """Lines, and on a terminal one last line that is drawn over."""

    def __init__(self, command: BaseCommand) -> None:
        self._command = command
        self._lock = threading.Lock()
        self._drawn = ""

    def tell(self, line: str) -> None:
        with self._lock:
            self._wipe()
            self._command.stdout.write(line)
            self._command.stdout.flush()

    def hint(self, line: str) -> None:
        if sys.stdout.isatty():
            with self._lock:
                self._wipe()
                self._drawn = line[:78]
                self._command.stdout.write(self._drawn, ending="")
                self._command.stdout.flush()

    def _wipe(self) -> None:
        if self._drawn:
            self._command.stdout.write("\r" + " " * len(self._drawn) + "\r", ending="")
        self._drawn = ""


def _part(at: DemoNode, line: Lifeline) -> Part:
    at.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = at.log.open("w", encoding="utf-8")

    def write(_name: str, text: str) -> None:
        log.write(text + "\n")
        log.flush()

    words = node.command("up", "--port", str(at.port))
    program = Program(at.role, words, line.environment(at.environment()), line.pass_fds)
    return Part(program, write)


def _check_ports(source: DemoNode, target: DemoNode, patience: float) -> None:
    for at in (source, target):
        try:
            listen("127.0.0.1", at.port, patience=patience).close()
        except PortTaken as error:
            raise PortTaken(
                error.message,
                next_step="Choose others: make demo SOURCE_PORT=8011 TARGET_PORT=8010",
            ) from error


def _reset(source: DemoNode, target: DemoNode) -> None:
    for at in (source, target):
        shutil.rmtree(at.data, ignore_errors=True)
    for path in source.root.glob("loaded.json"):
        path.unlink()
