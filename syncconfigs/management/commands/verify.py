"""`manage.py verify CONFIG`: recompute every digest here and compare with the source."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from syncconfigs.management.commands.sync import chosen, synchronize
from syncconfigs.models import SyncRun


class Command(BaseCommand):
    """Exit code: 0 equal and undamaged, 1 anything else."""

    help = "Verify copies: all digests are recomputed, all revisions compared with the source."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("config", nargs="*", type=int, help="numbers of configurations")
        parser.add_argument("--all", action="store_true", help="all that are not paused")
        parser.add_argument(
            "--every-revision",
            action="store_true",
            help="compare every revision in full, artifacts too, and sign a report (slow)",
        )

    def handle(self, *_args: object, **options: object) -> None:
        kind = SyncRun.Kind.PROVE if options["every_revision"] else SyncRun.Kind.VERIFY
        codes = [synchronize(self, config, kind) for config in chosen(options)]
        if any(codes):
            raise SystemExit(1)
