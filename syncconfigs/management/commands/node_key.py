"""`manage.py node_key`: the public key by which others check reports of this node."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from tcsync import signing


class Command(BaseCommand):
    """Prints the key, and its fingerprint to compare with whoever got it."""

    help = "Print the public key that signs this node's reports, and its fingerprint."

    def handle(self, *_args: object, **_options: object) -> None:
        """Print two lines."""
        key = signing.public_key()
        self.stdout.write(key)
        self.stdout.write(f"fingerprint: {signing.fingerprint(key)}")
