"""`manage.py compare A B`: compare two servers, or one with this node, now."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from syncconfigs import comparisons, runs
from syncconfigs.models import Comparison, ComparisonReport, SyncRun
from syncconfigs.runs import log, reporting
from tcsync.access.actors import command_actor
from tcsync.errors import TcsyncError
from tcsync.sync.against import Depth

EQUAL, NOT_COMPARED, DIFFERENT = 0, 1, 2
LOOK_SECONDS = 0.5


class Command(BaseCommand):
    """Exit code: 0 equal, 2 there are differences, 1 something could not be compared."""

    help = (
        "Compare two servers without writing to either. Works without the queue. The same question"
        " asked again is one comparison: a notice is given when something equal no longer is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("side", nargs="*", help="name or number of a server, or here: two")
        parser.add_argument("--comparison", type=int, help="number of one that was made, instead")
        parser.add_argument("--resource", action="append", default=[], help="id at the first side")
        parser.add_argument("--category", action="append", default=[], help="id at the first side")
        parser.add_argument(
            "--deep",
            choices=[Depth.HEADS.value, Depth.REVISIONS.value],
            default=Depth.LISTINGS.value,
            help="walk states element by element, too",
        )
        parser.add_argument(
            "--patience-hours", type=int, default=24, help="so long a copy may be behind (24)"
        )
        parser.add_argument("--json", action="store_true", help="the report as JSON")
        parser.add_argument("--signed", type=Path, help="write the signed report to this file")
        parser.add_argument("--prune", type=int, metavar="KEEP", help="keep so many reports")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            comparison = _chosen(options)
            run = comparisons.run(command_actor(), comparison, "command")
            self._work(run)
            report = ComparisonReport.objects.filter(run=run).exclude(digest="").first()
            if report is None:
                raise CommandError(f"{comparison}: {run.reason} {run.next_step}".rstrip())
            self._show(report, options)
            if options["prune"] is not None:
                comparisons.prune(command_actor(), comparison, options["prune"])
        except TcsyncError as error:
            raise CommandError(str(error)) from error
        if code := exit_code(run):
            raise SystemExit(code)

    def _work(self, run: SyncRun) -> None:
        """Work on a run to its end, or wait while somebody else does; its log goes to stderr."""
        shown = 0
        while run.is_active:
            runs.execute(run.pk)
            run.refresh_from_db()
            for line in run.lines.filter(pk__gt=shown).order_by("pk"):
                self.stderr.write(log.plain(line.text))
                shown = line.pk
            if run.is_active:
                time.sleep(LOOK_SECONDS)

    def _show(self, report: ComparisonReport, options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(reporting.document(report)))
        else:
            for line in reporting.text(report):
                # What came from a server must not steer the terminal.
                self.stdout.write(log.plain(line))
        if options["signed"] is not None:
            try:
                options["signed"].write_bytes(reporting.signed(report))
            except OSError as error:
                raise CommandError(
                    f"{options['signed']} cannot be written: {error.strerror}."
                ) from error


def exit_code(run: SyncRun) -> int:
    """Return what a run says to a program that waits for it."""
    if run.state != SyncRun.State.SUCCEEDED:
        return NOT_COMPARED
    return DIFFERENT if run.code else EQUAL


def _chosen(options: dict[str, Any]) -> Comparison:
    """Return the comparison that was named, or the one that asks for the same; else make it."""
    sides, number = options["side"], options["comparison"]
    if number is not None:
        found = Comparison.objects.filter(pk=number).first()
        if sides or found is None:
            known = ", ".join(f"{c.pk} ({c})" for c in Comparison.objects.order_by("pk")[:20])
            raise CommandError(
                f"Name one comparison that there is, and no sides: {known or 'none yet'}."
            )
        return found
    if len(sides) != 2:  # noqa: PLR2004 - a comparison has two sides
        raise CommandError("Name two sides: servers by name or number, or here for this node.")
    one, other = (comparisons.side_named(side) for side in sides)
    wish = comparisons.Wish(
        one,
        other,
        resources=tuple(options["resource"]),
        categories=tuple(options["category"]),
        depth=options["deep"],
        patience_hours=max(0, options["patience_hours"]),
    )
    return comparisons.fitting(wish) or comparisons.create(
        command_actor(), comparisons.named_apart(wish)
    )
