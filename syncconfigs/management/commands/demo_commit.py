"""`manage.py demo_commit`: a new revision at the demo's source, watched until it has arrived."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from syncconfigs.demo.commit import commit_revision, seconds_until_visible
from syncconfigs.demo.nodes import DemoNode
from syncconfigs.supervisor import node
from tcsync.errors import TcsyncError

PATIENCE_SECONDS = 60.0


class Command(BaseCommand):
    """Commits inside the source node: it starts itself anew with that node's environment."""

    help = "Makes a revision at the demo's source and tells when it is visible at its target."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--data", type=Path, help="the demo's folder; default var/demo")
        parser.add_argument("--resource", default="", help="name of the resource; default: any")

    def handle(self, *_args: object, **options: Any) -> None:
        root = (options["data"] or settings.TCSYNC_DATA / "demo").resolve()
        source, target = (DemoNode(role, 0, root) for role in ("source", "target"))
        if source.data.resolve() != settings.TCSYNC_DATA:
            self._start_anew(source, options["resource"])
        try:
            new = commit_revision(options["resource"])
            self.stdout.write(
                f"Revision {new.number} of {new.name} was committed at the source:"
                f" {new.elements} elements changed."
            )
            waited = seconds_until_visible(new, target.data / "db.sqlite3", PATIENCE_SECONDS)
        except TcsyncError as error:
            raise CommandError(str(error)) from error
        if waited is None:
            raise CommandError(
                f"It did not arrive at the target within {PATIENCE_SECONDS:.0f} s."
                f" Does `make demo` run in another terminal? What the target says: {target.log}"
            )
        self.stdout.write(f"Revision {new.number} of {new.name} arrived after {waited:.2f} s.")

    def _start_anew(self, source: DemoNode, resource: str) -> None:
        if not source.data.is_dir():
            raise CommandError(f"There is no demo in {source.root}. Run `make demo` first.")
        words = ("demo_commit", "--data", str(source.root), "--resource", resource)
        command = node.command(*words)
        self.stdout.flush()
        os.execve(command[0], command, source.environment())  # noqa: S606 - this Python again
