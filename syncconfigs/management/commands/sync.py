"""`manage.py sync CONFIG`: synchronize now, or show what would happen."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from syncconfigs import configurations, connect, runs
from syncconfigs.models import SyncConfig, SyncRun
from syncconfigs.runs import planning
from tcsync.access.actors import command_actor
from tcsync.amounts import counted, size
from tcsync.errors import TcsyncError
from tcsync.sync.render import to_document, to_text
from tcsync.sync.steps import Plan

NOTHING_TO_DO, REFUSED, CHANGES = 0, 1, 2
LOOK_SECONDS = 0.5


class Command(BaseCommand):
    """Exit code: 0 done or nothing to do, 1 refused or failed, 2 (dry run) there are changes."""

    help = "Synchronize configurations now. Works without the queue; its workers may help."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("config", nargs="*", type=int, help="numbers of configurations")
        parser.add_argument("--all", action="store_true", help="all that are not paused")
        parser.add_argument("--dry-run", action="store_true", help="show the plan, write nothing")
        parser.add_argument("--json", action="store_true", help="the plan as JSON")

    def handle(self, *_args: object, **options: object) -> None:
        configs = chosen(options)
        code = NOTHING_TO_DO
        for config in configs:
            if options["dry_run"]:
                code = _worse(code, self._preview(config, as_json=bool(options["json"])))
            else:
                code = _worse(code, synchronize(self, config, SyncRun.Kind.SYNC))
        if code:
            raise SystemExit(code)

    def _preview(self, config: SyncConfig, *, as_json: bool) -> int:
        try:
            with connect.open_source(config.server) as source:
                plan = planning.plan(config, source)
        except TcsyncError as error:
            raise CommandError(f"{config}: {error}") from error
        if as_json:
            self.stdout.write(json.dumps({"configuration": config.pk, **to_document(plan)}))
        else:
            self.stdout.write(f"{config}\n{to_text(plan)}", ending="")
        return _code(plan)


def _code(plan: Plan) -> int:
    if plan.refusals or plan.missing:
        return REFUSED
    return NOTHING_TO_DO if plan.is_empty else CHANGES


def _worse(one: int, other: int) -> int:
    order = (NOTHING_TO_DO, CHANGES, REFUSED)
    return max(one, other, key=order.index)


def chosen(options: dict[str, object]) -> list[SyncConfig]:
    """Return the configurations that were named. Raises CommandError."""
    if options["all"]:
        return list(SyncConfig.objects.filter(paused=False).order_by("pk"))
    numbers = options["config"]
    assert isinstance(numbers, list)  # noqa: S101 - argparse made it
    found = SyncConfig.objects.in_bulk(numbers)
    missing = [str(number) for number in numbers if number not in found]
    if missing or not numbers:
        known = ", ".join(f"{c.pk} ({c})" for c in SyncConfig.objects.order_by("pk")[:20])
        what = f"There is no configuration {', '.join(missing)}." if missing else "Name one."
        raise CommandError(f"{what} There are: {known or 'none yet'}.")
    return [found[number] for number in numbers]


def synchronize(command: BaseCommand, config: SyncConfig, kind: str) -> int:
    """Work on a run in this process, or watch the worker that has it; return the exit code."""
    run = runs.request(config, command_actor(), "command", kind)
    while run.kind != kind:
        # Something else is under way, and there is one active run at a time.
        _work(command, run)
        run = runs.request(config, command_actor(), "command", kind)
    _work(command, run)
    for made in configurations.bring_after(run.pk):
        command.stdout.write(f"Comes along, because it is used: configuration {made.pk}, {made}")
    command.stdout.write(
        f"{config}: {run.get_state_display()}, {counted(run.resources_done, 'resource')},"
        f" {counted(run.revisions_done, 'revision')}, {size(run.bytes_done)},"
        f" verified: {run.verified}."
        f" {run.reason} {run.next_step}".rstrip()
    )
    return NOTHING_TO_DO if run.state == SyncRun.State.SUCCEEDED else REFUSED


def _work(command: BaseCommand, run: SyncRun) -> None:
    """Work on a run to its end, or wait while somebody else does; show its log."""
    shown = 0
    while run.is_active:
        runs.execute(run.pk)
        run.refresh_from_db()
        for line in run.lines.filter(pk__gt=shown):
            command.stdout.write(f"  {line.text}")
            shown = line.pk
        if run.is_active:
            time.sleep(LOOK_SECONDS)
