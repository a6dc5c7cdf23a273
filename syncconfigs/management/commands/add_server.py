"""`manage.py add_server NAME ADDRESS`: a remote server; its secret comes on standard input."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from syncconfigs import connect, servers
from syncconfigs.models import RemoteServer
from tcsync.access.actors import command_actor
from tcsync.errors import TcsyncError


class Command(BaseCommand):
    """Add a server and test the connection. A secret never stands on a command line."""

    help = "Add a remote server (a tcsync node or a Teamwork Cloud) and test the connection."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("address", help="models.example.com:8000 (by TLS), or with a scheme")
        parser.add_argument(
            "--kind", choices=RemoteServer.Kind.values, default=RemoteServer.Kind.NODE.value
        )
        parser.add_argument(
            "--username", default="", help="for a password; a token needs no user name"
        )
        token = parser.add_mutually_exclusive_group()
        token.add_argument(
            "--token-stdin",
            "--password-stdin",
            action="store_true",
            help="read the token or password from standard input",
        )
        token.add_argument("--token-file", "--password-file", type=Path, help="read it from a file")

    def handle(self, *_args: object, **options: object) -> None:
        try:
            fields = {name: str(options[name]) for name in ("name", "kind", "username")}
            address = servers.address_of(str(options["address"]), kind=fields["kind"])
            secret = _secret(options)
            server = servers.create(command_actor(), address=address, secret=secret, **fields)
        except OSError as error:
            raise CommandError(f"The token cannot be read: {error}.") from error
        except TcsyncError as error:
            raise CommandError(str(error)) from error
        checks = connect.check(server)
        for check in checks:
            mark = {True: "ok", False: "failed", None: "-"}[check.ok]
            self.stdout.write(f"{check.name:<11} {mark:<7} {check.detail}")
        self.stdout.write(f"Server {server.pk} is added.")
        if not all(check.ok for check in checks):
            raise SystemExit(1)


def _secret(options: dict[str, object]) -> str:
    if isinstance(path := options["token_file"], Path):
        return path.read_text(encoding="utf-8").strip()
    return sys.stdin.readline().strip() if options["token_stdin"] else ""
