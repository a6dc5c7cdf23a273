"""`manage.py used_projects 3` or `... --server S --resource ID`: the closure of used projects."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError

from syncconfigs import configurations, connect
from syncconfigs.configurations import Mark, Picked, UsedProject, UsedProjects
from syncconfigs.models import RemoteServer, SyncConfig
from tcsync.access.actors import command_actor
from tcsync.domain import Category, Resource
from tcsync.errors import TcsyncError

COMPLETE, INCOMPLETE = 0, 2
SETTLED = frozenset({Mark.PICKED, Mark.HERE, Mark.FOLLOWED})
WORDS = {
    Mark.PICKED: "picked",
    Mark.HERE: "here",
    Mark.FOLLOWED: "comes already",
    Mark.CAN_COME: "could come along",
    Mark.BLOCKED: "cannot come along",
    Mark.MISSING: "missing at the source",
}


class Command(BaseCommand):
    """Exit code: 0 all of it is here or comes already, 2 something is not, 1 it failed."""

    help = "Show which projects are used by what a configuration follows, or by what is picked."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("config", nargs="?", type=int, help="number of a configuration")
        parser.add_argument("--server", default="", help="name of a server, with what is picked")
        parser.add_argument("--category", action="append", default=[], help="id at the source")
        parser.add_argument("--resource", action="append", default=[], help="id at the source")
        parser.add_argument("--include", action="store_true", help="let what can come along now")
        parser.add_argument("--json", action="store_true", help="as JSON")

    def handle(self, *_args: object, **options: object) -> None:
        try:
            found = self._found(options)
        except TcsyncError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(_document(found)))
        else:
            self.stdout.write("\n".join(_lines(found)))
        if not found.can_tell or any(one.mark not in SETTLED for one in found.projects):
            raise SystemExit(INCOMPLETE)

    def _found(self, options: dict[str, object]) -> UsedProjects:
        number = options["config"]
        if not isinstance(number, int):
            return configurations.used_projects(command_actor(), _server(options), _picked(options))
        config = SyncConfig.objects.filter(pk=number).first()
        if config is None:
            raise CommandError(f"There is no configuration {number}.")
        if options["include"]:
            for made in configurations.include(command_actor(), config):
                self.stderr.write(f"Configuration {made.pk}: {made}")
        return configurations.used_of(command_actor(), config)


def _server(options: dict[str, object]) -> RemoteServer:
    server = RemoteServer.objects.filter(name=options["server"]).first()
    if server is None:
        raise CommandError(
            f"There is no server called {options['server']}."
            if options["server"]
            else "Name a configuration, or a --server with what is picked there."
        )
    if options["include"]:
        raise CommandError("--include takes the number of a configuration.")
    return server


def _picked(options: dict[str, object]) -> list[Picked]:
    offered = connect.cached_catalogue(_server(options))
    items: dict[str, Mapping[str, Category | Resource]] = {
        "category": {**offered.categories},
        "resource": {**offered.resources},
    }
    found = []
    for kind, shown in items.items():
        ids = options[kind]
        for id_ in ids if isinstance(ids, list) else []:
            if id_ not in shown:
                raise CommandError(f"The source shows no {kind} {id_} to this account.")
            found.append(Picked(kind, id_, shown[id_].name))
    if not found:
        raise CommandError("Name at least one --category or --resource.")
    return found


def _lines(found: UsedProjects) -> list[str]:
    if not found.can_tell:
        return ["The source cannot tell which projects are used: its version is older."]
    lines = [_line(one) for one in found.projects] or ["No other project of a server is used."]
    if found.unread:
        lines.append(f"Could not be asked: {', '.join(found.unread)}.")
    if found.later:
        lines.append(f"{found.later} more can come along only the next time.")
    if found.left:
        lines.append(f"{found.left} more were not asked: there may be more.")
    return lines


def _line(one: UsedProject) -> str:
    said = [WORDS[one.mark]]
    if one.row is not None:
        kind = "copy" if one.row.read_only else "local"
        said.append(f"{kind}, newest revision {one.row.head_number}")
    if one.absent:
        said.append(f"not here: version {', '.join(one.absent)}")
    if one.config:
        said.append(f"configuration {one.config}")
    if one.reason:
        said.append(one.reason)
    indent, versions = "  " * (one.depth - 1), ", ".join(one.versions) or "none"
    return (
        f"{indent}{one.name} ({one.resource or one.project}), version {versions},"
        f" used by {', '.join(one.users)}: {'; '.join(said)}"
    )


def _document(found: UsedProjects) -> dict[str, object]:
    projects = []
    for one in found.projects:
        values = asdict(one)
        row = values.pop("row")
        values["here"] = None if row is None else row.pk
        values["newest"] = None if row is None else row.head_number
        projects.append(values)
    rest = {"unread": found.unread, "left": found.left, "can_tell": found.can_tell}
    return {"projects": projects, **rest}
