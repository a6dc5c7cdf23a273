"""`manage.py remove_read_only_flag --resourceID=a,b`: the best-known act of Data Manager."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from syncconfigs.management.acts import Acts
from syncconfigs.management.options import CATEGORY_ID, RESOURCE_ID, add_ids, add_manner


class Command(BaseCommand):
    """The same as `datamanager -rrof`. Exit code: 0 done, 1 refused."""

    help = "Make copies editable. The same as `datamanager -rrof`; nothing needs to be stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.allow_abbrev = False
        add_ids(parser)
        add_manner(parser)
        parser.add_argument(
            "--restore-read-only",
            action="store_true",
            help="undo it, as long as nothing was changed",
        )

    def handle(self, *_args: object, **options: Any) -> None:
        pairs = {key: options[key] for key in (RESOURCE_ID, CATEGORY_ID)}
        name = "restore" if options["restore_read_only"] else "release"
        Acts(self.stdout.write, options, pairs, ()).run(name)
