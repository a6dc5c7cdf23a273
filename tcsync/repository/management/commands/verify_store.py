"""`manage.py verify_store`: whether what this node stores is still what was stored."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from tcsync.amounts import counted
from tcsync.repository import upkeep
from tcsync.repository.models import Resource


class Command(BaseCommand):
    """Exit code: 0 nothing is damaged, 1 something is. Asks no other server."""

    help = "Read everything that is stored, local resources too, and compare digests with the rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--content",
            action="store_true",
            help="also recompute from every record the digests of contents and revisions",
        )

    def handle(self, *_args: object, **options: object) -> None:
        verify = upkeep.verify_resource if options["content"] else upkeep.verify_stored
        what = "content and revisions" if options["content"] else "stored bytes"
        resources = damages = 0
        for id_, name in Resource.objects.order_by("id").values_list("id", "name"):
            resources += 1
            for damage in verify(id_):
                damages += 1
                self.stderr.write(f"{name}, revision {damage.number}: {damage.error}")
        shown = f"{damages:,} damaged" if damages else "nothing damaged"
        self.stdout.write(f"{counted(resources, 'resource')}, {shown} (digests of {what})")
        if damages:
            raise SystemExit(1)
