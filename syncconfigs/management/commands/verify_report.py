"""`manage.py verify_report FILE`: whether a signed report is what a node signed."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tcsync import signing

LARGEST_BYTES = 1 << 30


class Command(BaseCommand):
    """Exit code 0: signed by the key that was expected, unchanged; 1: anything else."""

    help = "Check a signed report: by this node's key, or by the one that --key names."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, and whose key is expected."""
        parser.add_argument("file", type=Path, help="the report as it was downloaded")
        parser.add_argument(
            "--key", help="public key of the node that made it (its manage.py node_key)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print whose signature holds."""
        key = options["key"] or signing.public_key()
        try:
            signer = signing.check(_read(options["file"]), key)
        except signing.SignatureRefused as refused:
            raise CommandError(f"{options['file']}: {refused}") from refused
        whose = "the key that you gave" if options["key"] else "this node's key"
        self.stdout.write(f"The report is unchanged, and signed by {whose}:")
        self.stdout.write(signing.fingerprint(signer))


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise CommandError(f"{path} is larger than any report: give the file of a report.")
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}. Check its name.") from error
