"""`manage.py exclusions`: which copies no configuration brings back, and letting one come again."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from syncconfigs import configurations
from syncconfigs.models import Exclusion
from tcsync.access.actors import command_actor


class Command(BaseCommand):
    """Exit code 1: there is no exclusion of that resource."""

    help = "List the copies that no configuration brings back by itself, or let one come again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the one that is to come again."""
        parser.add_argument("--take-back", default="", metavar="RESOURCE_ID", help="let it come")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print one line each, or take one back."""
        rows = Exclusion.objects.select_related("config").order_by("-at", "pk")
        if not options["take_back"]:
            for row in rows:
                self.stdout.write(f"{row.resource}  {row.name}  ({row.reason} {row.by})")
            return
        found = rows.filter(pk=options["take_back"]).first()
        if found is None:
            raise CommandError(
                f"There is no exclusion of {options['take_back']!r}. Without --take-back all of"
                " them are listed."
            )
        configurations.take_back(command_actor(), found)
        self.stdout.write(f"{found} comes again with the next run that selects it.")
