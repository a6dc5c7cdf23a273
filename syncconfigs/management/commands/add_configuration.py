"""`manage.py add_configuration SERVER --category ID --into A/B`: what to follow, and where to."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from syncconfigs import configurations, connect, schedules
from syncconfigs.configurations import Mark, Picked, Policy
from syncconfigs.models import RemoteServer, SyncConfig
from syncconfigs.schedules import Schedule
from tcsync.access.actors import command_actor
from tcsync.audit.recording import Actor
from tcsync.domain import Snapshot
from tcsync.errors import TcsyncError


class Command(BaseCommand):
    """One configuration for each picked resource or category; all of them or none."""

    help = "Follow resources and categories of a remote server."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("server", help="name of the server")
        parser.add_argument("--category", action="append", default=[], help="id at the source")
        parser.add_argument("--resource", action="append", default=[], help="id at the source")
        parser.add_argument(
            "--all-categories", action="store_true", help="every category at the top"
        )
        parser.add_argument("--into", default="", help="target category, as A/B/C")
        parser.add_argument("--trigger", choices=SyncConfig.Trigger.values, default="every_commit")
        parser.add_argument("--tag", action="append", default=[], help="name or pattern")
        parser.add_argument(
            "--no-late-tags", action="store_true", help="not tags that are put later on old ones"
        )
        parser.add_argument("--interval", type=int, metavar="MINUTES", help="travel so often")
        parser.add_argument("--cron", default="", help="or at these dates: '30 2 * * mon-fri'")
        parser.add_argument("--time-zone", default="UTC", help="of --cron and --blackout")
        parser.add_argument(
            "--blackout", action="append", default=[], help="nothing begins: 'mon-fri 08:00-18:00'"
        )
        parser.add_argument(
            "--include-used-projects",
            action="store_true",
            help="used projects come along, now and later, each with a configuration of its own",
        )

    def handle(self, *_args: object, **options: object) -> None:
        server = RemoteServer.objects.filter(name=options["server"]).first()
        if server is None:
            raise CommandError(f"There is no server called {options['server']}.")
        try:
            with connect.open_source(server) as source:
                shown = source.snapshot(None, None)
            picked = [_category(shown, str(id_)) for id_ in _list(options["category"])]
            picked += [_resource(shown, str(id_)) for id_ in _list(options["resource"])]
            if options["all_categories"]:
                picked += _at_the_top(shown)
            if not picked:
                raise CommandError("Name at least one --category or --resource.")
            actor = command_actor()
            target = configurations.target_of(str(options["into"]), actor)
            policy = Policy(
                str(options["trigger"]),
                [str(t) for t in _list(options["tag"])],
                late_tags=not options["no_late_tags"],
                schedule=_schedule(options),
                include_used_projects=bool(options["include_used_projects"]),
            )
            along = self._along(actor, server, picked, target, policy)
            made = configurations.create(actor, server, picked, target, policy, along)
        except TcsyncError as error:
            raise CommandError(str(error)) from error
        for config in made:
            self.stdout.write(f"Configuration {config.pk}: {config}")

    def _along(
        self, actor: Actor, server: RemoteServer, picked: list[Picked], target: str, policy: Policy
    ) -> Sequence[Picked]:
        """Return what comes along; say of what does not, why."""
        if not policy.include_used_projects:
            return ()
        found = configurations.look(actor, server, picked, target, policy)
        if not found.used.can_tell:
            self.stderr.write("The source cannot tell which projects are used.")
        for one in found.used.projects:
            if one.mark in {Mark.MISSING, Mark.BLOCKED}:
                self.stderr.write(f"Used, and does not come along: {one.name}. {one.reason}")
        return found.along


def _schedule(options: dict[str, Any]) -> Schedule:
    """Return when what its trigger finds may travel. Raises BadSchedule."""
    return schedules.read(
        options["interval"], options["cron"], options["time_zone"], options["blackout"]
    )


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _at_the_top(shown: Snapshot) -> list[Picked]:
    """Return the categories whose parent this account does not see, or that have none."""
    ids = {category.id for category in shown.categories}
    tops = sorted((c for c in shown.categories if c.parent not in ids), key=lambda c: c.name)
    return [Picked(SyncConfig.Kind.CATEGORY, c.id, c.name) for c in tops]


def _category(shown: Snapshot, id_: str) -> Picked:
    for category in shown.categories:
        if category.id == id_:
            return Picked(SyncConfig.Kind.CATEGORY, id_, category.name)
    raise CommandError(f"The source shows no category {id_} to this account.")


def _resource(shown: Snapshot, id_: str) -> Picked:
    for resource in shown.resources:
        if resource.id == id_:
            return Picked(SyncConfig.Kind.RESOURCE, id_, resource.name)
    raise CommandError(f"The source shows no resource {id_} to this account.")
