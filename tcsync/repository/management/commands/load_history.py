"""`manage.py load_history FILE`: record files into local resources."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from tcsync.audit.recording import Actor
from tcsync.errors import TcsyncError
from tcsync.repository.loading import Progress, load_history

REDRAW_SECONDS = 0.2


class Command(BaseCommand):
    """Load a history; each state digest is recomputed from what the store gives back."""

    help = "Load a history record file (.jsonl, .jsonl.xz, .jsonl.gz) into local resources."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--category", default="", help="put its categories below this path")
        parser.add_argument("--until", type=int, help="load revisions up to this number only")

    def handle(self, *_args: object, **options: object) -> None:
        path = options["file"]
        assert isinstance(path, Path)  # noqa: S101 - argparse made it
        if str(path) != "-" and not path.is_file():
            raise CommandError(f"There is no file {path}.")
        bar = _Bar(self)
        try:
            done = load_history(
                path,
                Actor("load_history", origin="command"),
                category_prefix=str(options["category"]),
                until=options["until"],  # type: ignore[arg-type]
                report=bar.show,
            )
        except TcsyncError as error:
            bar.end()
            raise CommandError(str(error)) from error
        bar.end()
        self.stdout.write(
            f"{path.name}: {done.revisions} revisions loaded, {done.skipped} were here,"
            f" {done.elements} element changes, every state digest as in the file"
        )


class _Bar:
    """One line that is drawn over itself on a terminal; nothing elsewhere."""

    def __init__(self, command: BaseCommand) -> None:
        self._command = command
        self._drawn = 0.0
        self._shown = sys.stderr.isatty()

    def show(self, progress: Progress) -> None:
        now = time.monotonic()
        if self._shown and now - self._drawn > REDRAW_SECONDS:
            self._drawn = now
            text = f"{progress.revisions + progress.skipped} revisions  {progress.resource}"
            self._command.stderr.write(f"\r{text[:78]:<78}", ending="")

    def end(self) -> None:
        if self._shown:
            self._command.stderr.write("\r" + " " * 78 + "\r", ending="")
