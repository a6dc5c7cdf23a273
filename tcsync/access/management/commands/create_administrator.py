"""Makes sure that there is an administrator with this name."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from tcsync.access.accounts import ensure_administrator
from tcsync.access.actors import command_actor
from tcsync.access.models import User
from tcsync.access.passwords import make_password

PASSWORD_VARIABLE = "TCSYNC_ADMIN_PASSWORD"  # noqa: S105 (the name of the variable)


class Command(BaseCommand):
    """A fresh password stands alone on standard output; sentences go to standard error."""

    help = (
        "Make sure that an administrator exists. Prints a fresh password when the account is "
        f"made or with --reset; {PASSWORD_VARIABLE}, where it is set, is used in its place."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the account's name."""
        parser.add_argument("user", help="name of the account")
        parser.add_argument("--reset", action="store_true", help="set a new password")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the administrator; a second time nothing changes."""
        name, given = options["user"], os.environ.get(PASSWORD_VARIABLE, "")
        _check(name, given)
        password = given or make_password()
        done = ensure_administrator(name, password, reset=options["reset"], actor=command_actor())
        if not done.password_set:
            self.stderr.write(f"The administrator {name} exists; --reset sets a new password.")
        elif given:
            self.stderr.write(f"The administrator {name} has the password of {PASSWORD_VARIABLE}.")
        else:
            self.stderr.write(f"The administrator {name} has this password, shown only now:")
            self.stdout.write(password)


def _check(name: str, password: str) -> None:
    user = User(username=name)
    try:
        User._meta.get_field("username").clean(name, user)
    except ValidationError as error:
        raise CommandError(f"{name!r} cannot be a user name: {' '.join(error.messages)}") from None
    try:
        if password:
            validate_password(password, user)
    except ValidationError as error:
        raise CommandError(f"{PASSWORD_VARIABLE}: {' '.join(error.messages)}") from None
