"""Writes the audit record as JSON lines."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from tcsync.access.actors import command_actor
from tcsync.audit.exporting import as_json_lines, record_export
from tcsync.audit.models import AuditEntry


class Command(BaseCommand):
    """The same lines as those of the API and the administration; the record says so."""

    help = "Write the audit record to standard output, one JSON text in each line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where to begin."""
        parser.add_argument(
            "--after", type=int, default=0, metavar="NUMBER", help="only entries behind this one"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write them."""
        record_export(command_actor(), "jsonl", f"after={options['after']}")
        for line in as_json_lines(
            AuditEntry.objects.filter(seq__gt=options["after"]).order_by("seq")
        ):
            self.stdout.write(line, ending="")
