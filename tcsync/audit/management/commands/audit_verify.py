"""Checks that nobody has changed the audit record behind our back."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tcsync.audit.anchors import read_anchors
from tcsync.audit.checking import Anchor, verify
from tcsync.audit.models import AuditHead


def _anchor(text: str) -> Anchor:
    found = re.fullmatch(r"([1-9][0-9]{0,18}):([0-9a-f]{64})", text)
    if found is None:
        raise ArgumentTypeError(f"{text!r} is not NUMBER:HASH as this command prints it")
    return Anchor(int(found[1]), found[2])


def _noted(files: Iterable[Path]) -> Iterator[Anchor]:
    for path in files:
        try:
            with path.open(encoding="utf-8", errors="replace") as lines:
                yield from read_anchors(lines)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


class Command(BaseCommand):
    """Exit code 0: the record is whole; 1: it is not, each bad entry is named."""

    help = "Verify the chain of the audit record: edited, removed, inserted, reordered, cut off."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the anchors."""
        parser.add_argument(
            "--anchor",
            type=_anchor,
            action="append",
            default=[],
            metavar="NUMBER:HASH",
            help="an earlier newest entry, noted outside of the database; may be repeated",
        )

        parser.add_argument(
            "--log",
            type=Path,
            action="append",
            default=[],
            metavar="FILE",
            help="a log of the node: the anchors in it are compared; may be repeated",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the newest entry as an anchor for next time, or the findings."""
        anchors = [*options["anchor"], *_noted(options["log"])]
        findings = verify(anchors)
        for finding in findings:
            self.stdout.write(finding.text)
        if findings:
            raise CommandError(
                f"The audit record is not whole; the first bad entry is {findings[0].seq}. "
                "Keep this database, and compare it with a backup."
            )
        if options["log"]:
            self.stdout.write(f"It agrees with {len(anchors):,} anchors.")
        self.stdout.write(f"The audit record is whole. Newest entry: {AuditHead.objects.get(id=1)}")
