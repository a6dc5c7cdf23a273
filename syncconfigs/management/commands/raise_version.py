"""`manage.py raise_version RESOURCE USED`: use a newer revision of a used project."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from syncconfigs import usage
from tcsync.access.actors import command_actor
from tcsync.errors import TcsyncError
from tcsync.repository.models import Resource


class Command(BaseCommand):
    """One new revision of the resource that uses it; it changes nothing else."""

    help = "Raise the version at which a local resource uses a project."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("resource", help="Resource ID of the local resource")
        parser.add_argument("used", help="Resource ID or Project ID of the project that it uses")
        parser.add_argument("--revision", type=int, default=None, help="default: the newest here")
        parser.add_argument("--branch", default="", help="id of a branch; default: the trunk")

    def handle(self, *_args: object, **options: object) -> None:
        row = Resource.objects.filter(id=options["resource"], removed_at=None).first()
        if row is None:
            raise CommandError(f"There is no resource {options['resource']} here.")
        number, branch = options["revision"], str(options["branch"])
        wanted = number if isinstance(number, int) else None
        try:
            made = usage.raise_version(command_actor(), row, str(options["used"]), wanted, branch)
        except TcsyncError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{row.name}: revision {made} uses the newer version.")
