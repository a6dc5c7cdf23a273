"""Makes an API token and prints it, alone, so that a script can take it."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tcsync.access.actors import command_actor
from tcsync.access.models import ApiToken, User
from tcsync.access.tokens import create_token

MOST_DAYS = 36_500
MOST_CHARACTERS = 200


class Command(BaseCommand):
    """The token stands alone on standard output; it cannot be shown again."""

    help = "Make an API token for a user and print it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the user, the token's name and how long it lives."""
        parser.add_argument("user", help="name of the account that the token stands for")
        parser.add_argument("--name", default="command line", help="what the token is for")
        parser.add_argument(
            "--scope",
            choices=ApiToken.Scope.values,
            default=ApiToken.Scope.ALL.value,
            help="what it may do of what the account may (default: all)",
        )
        parser.add_argument("--days", type=int, help="days until it expires; without: never")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the token."""
        name, days = options["name"].strip(), options["days"]
        if not 0 < len(name) <= MOST_CHARACTERS:
            raise CommandError(f"--name: give 1 to {MOST_CHARACTERS} characters.")
        if days is not None and not 0 < days <= MOST_DAYS:
            raise CommandError(f"--days {days}: give a number from 1 to {MOST_DAYS}.")
        expires = timezone.now() + timedelta(days=days) if days else None
        user = _active_user(options["user"])
        text = create_token(
            user, name, scope=options["scope"], expires=expires, actor=command_actor()
        )
        self.stdout.write(text)


def _active_user(name: str) -> User:
    user = User.objects.filter(username=name).first()
    if user is None:
        raise CommandError(
            f"There is no user {name!r}. Make one in the portal's administration, "
            "or with `manage.py create_administrator`."
        )
    if not user.is_active:
        raise CommandError(f"The user {name!r} is disabled. Enable the account first.")
    return user
