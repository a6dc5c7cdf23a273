"""`manage.py configurations list|pause|resume|delete`: what is followed, and changing that."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from syncconfigs import configurations, standing
from syncconfigs.configurations import finding
from syncconfigs.management.commands.sync import chosen
from syncconfigs.models import SyncConfig
from tcsync.access.actors import command_actor
from tcsync.errors import TcsyncError

STATUSES = [*SyncConfig.Status.values, finding.LATE, finding.PAUSED]


class Command(BaseCommand):
    """Exit code 1: one of them was refused; those before it are done, and said to be."""

    help = "List configurations, pause, resume or delete them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the act, and which configurations."""
        parser.add_argument("act", choices=["list", "pause", "resume", "delete"])
        parser.add_argument("config", nargs="*", type=int, help="numbers of configurations")
        parser.add_argument("--status", choices=STATUSES, help="list: those that stand like this")
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument("--everything", action="store_true", help="delete: the copies go too")
        parser.add_argument("--confirm", type=int, help="delete: how many copies go")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it, with a line each."""
        if options["act"] == "list":
            self._list(options)
            return
        configs = chosen({**options, "all": False})
        if options["act"] == "delete":
            self._confirm(configs, options)
        for config in configs:
            self.stdout.write(f"Configuration {config.pk}, {config}: {self._do(config, options)}")

    def _list(self, options: dict[str, Any]) -> None:
        rows = SyncConfig.objects.select_related("server").order_by("source_name", "pk")
        now = timezone.now()
        if options["status"]:
            rows = rows.filter(finding.with_status(options["status"], now))
        if options["config"]:
            rows = rows.filter(pk__in=options["config"])
        shown = [_shown(row, str(standing.of_config(row, now).word)) for row in rows]
        if options["format"] == "json":
            self.stdout.write(json.dumps(shown))
            return
        for line in _lines(shown):
            self.stdout.write(line)

    def _confirm(self, configs: list[SyncConfig], options: dict[str, Any]) -> None:
        """Name what goes; copies go only when their number is given."""
        going = 0
        for config in configs:
            count = configurations.copies_of(config).count()
            going += count
            many = _copies(count)
            self.stdout.write(f"Configuration {config.pk}, {config}: {many}")
        if options["everything"] and going != options["confirm"]:
            raise CommandError(
                f"Nothing was done. {_copies(going)} would be deleted for good:"
                f" give --confirm {going} to say that you have seen that."
            )

    def _do(self, config: SyncConfig, options: dict[str, Any]) -> str:
        actor = command_actor()
        try:
            if options["act"] == "pause":
                configurations.pause(actor, config)
                return "paused"
            if options["act"] == "resume":
                configurations.resume(actor, config)
                return "resumed"
            copies = "delete" if options["everything"] else "keep"
            configurations.delete(actor, config, copies=copies)
        except TcsyncError as error:
            raise CommandError(f"{config}: {error}") from error
        return "deleted, with its copies" if options["everything"] else "deleted, copies stay"


def _copies(count: int) -> str:
    return f"{count:,} {'copy' if count == 1 else 'copies'}"


def _shown(row: SyncConfig, word: str) -> dict[str, Any]:
    return {
        "configuration": row.pk,
        "name": row.source_name,
        "server": row.server.name,
        "trigger": row.trigger,
        "status": word,
        "paused": row.paused,
        "behind": row.behind,
        "reason": row.reason,
        "succeeded_at": row.succeeded_at.isoformat() if row.succeeded_at else None,
    }


def _lines(shown: list[dict[str, Any]]) -> Iterator[str]:
    for one in shown:
        behind = f", {one['behind']} behind" if one["behind"] else ""
        reason = f": {one['reason']}" if one["reason"] else ""
        where = f"{one['configuration']}  {one['name']} ({one['server']})"
        yield f"{where}  {one['status']}{behind}{reason}"
    yield f"configurations: {len(shown)}"
