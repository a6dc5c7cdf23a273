"""`datamanager`, or `manage.py datamanager`: Teamwork Cloud's Data Manager, online."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from syncconfigs.management.acts import Acts
from syncconfigs.management.options import (
    CATEGORY_ID,
    RESOURCE_ID,
    act_of,
    add_options,
    pairs_of,
    refusal_of,
)


class Command(BaseCommand):
    """Exit code: 0 done, 1 refused. Nothing needs to be stopped; all of it happens or nothing."""

    help = "Teamwork Cloud's Data Manager, online: list, delete, make copies editable."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_options(parser)

    def handle(self, *_args: object, **options: Any) -> None:
        if sentence := refusal_of(options):
            raise CommandError(sentence)
        name, words = act_of(options)
        if not name:
            raise CommandError("Say what to do: `datamanager -help` lists it.")
        pairs, bare = pairs_of(words)
        for key in (RESOURCE_ID, CATEGORY_ID):
            pairs.setdefault(key, []).extend(options[key])
        Acts(self.stdout.write, options, pairs, bare).run(name)
