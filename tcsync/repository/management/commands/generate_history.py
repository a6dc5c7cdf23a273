"""`manage.py generate_history FILE`: invented histories in the record format."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from tcsync.histories import generate


class Command(BaseCommand):
    """Write an invented history; equal presets and seeds give equal bytes."""

    help = "Write an invented history as a record file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--preset", choices=sorted(generate.PRESETS), default="demo")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *_args: object, **options: object) -> None:
        words = ["--preset", str(options["preset"]), "--seed", str(options["seed"])]
        try:
            generate.main([*words, str(options["file"])])
        except OSError as error:
            raise CommandError(f"Cannot write {options['file']}: {error.strerror}.") from error
