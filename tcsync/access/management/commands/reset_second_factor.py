"""Takes the second factor of an account away, for somebody who has lost it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tcsync.access import second_factor
from tcsync.access.actors import command_actor
from tcsync.access.models import User
from tcsync.errors import TcsyncError


class Command(BaseCommand):
    """What the portal's page of accounts does."""

    help = "Take the second factor of an account away; its password alone signs in then."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the account and the reason."""
        parser.add_argument("user", help="name of the account")
        parser.add_argument("--reason", required=True, help="why; it stands in the audit record")

    def handle(self, *args: Any, **options: Any) -> None:
        """Reset it."""
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"There is no user {options['user']!r}.")
        if not options["reason"].strip():
            raise CommandError("--reason: say why.")
        try:
            second_factor.reset(user, command_actor(), options["reason"])
        except TcsyncError as error:
            raise CommandError(str(error)) from error
        self.stderr.write(f"The second factor of {user} is reset; its sessions have ended.")
