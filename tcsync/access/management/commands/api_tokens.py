"""Lists API tokens, and revokes them."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tcsync.access.actors import command_actor
from tcsync.access.models import ApiToken
from tcsync.access.tokens import revoke_token


class Command(BaseCommand):
    """One line for each token: number, account, name, beginning, scope, last use, end."""

    help = "List the API tokens of this node, or revoke one by its number."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whose, and what to revoke."""
        parser.add_argument("--user", help="only those of this account")
        parser.add_argument("--revoke", type=int, metavar="NUMBER", help="let this one end now")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the list, or revoke."""
        rows = ApiToken.objects.select_related("user").order_by("pk")
        if options["revoke"] is not None:
            self._revoke(rows.filter(pk=options["revoke"]).first())
            return
        if options["user"]:
            rows = rows.filter(user__username=options["user"])
        for token in rows:
            words = (token.pk, token.user.get_username(), token.name, token.prefix, token.scope)
            used, ends = _shown(token.last_used), _shown(token.expires)
            self.stdout.write("\t".join([*map(str, words), f"used {used}", f"ends {ends}"]))

    def _revoke(self, token: ApiToken | None) -> None:
        if token is None:
            raise CommandError("There is no token with this number.")
        name = str(token)
        revoke_token(token, command_actor())
        self.stderr.write(f"The token {name} is revoked.")


def _shown(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%dT%H:%MZ}" if moment else "never"
