"""`manage.py sync CONFIG`: synchronize now, show what would happen, or decide what a plan asks."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from syncconfigs import configurations, runs
from syncconfigs.management import showing
from syncconfigs.models import StoredPlan, SyncConfig, SyncRun
from syncconfigs.runs.holding import BLACKOUT
from tcsync.access.actors import command_actor
from tcsync.amounts import counted, size
from tcsync.errors import Clash, PlanRefused, TcsyncError
from tcsync.sync.steps import Plan

NOTHING_TO_DO, REFUSED, CHANGES, ERROR = 0, 1, 2, 3
LOOK_SECONDS = 0.5
_DECISIONS = ("confirm_change", "accept_history", "keep_copy", "take_over")


class Command(BaseCommand):
    """Exit code: 0 done or nothing to do, 1 refused or failed, 2 (dry run) there are changes.

    A dry run that meets an error ends with 3: there is no plan to tell of.
    """

    help = "Synchronize configurations now. Works without the queue; its workers may help."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("config", nargs="*", type=int, help="numbers of configurations")
        parser.add_argument("--all", action="store_true", help="all that are not paused")
        parser.add_argument("--dry-run", action="store_true", help="show the plan, write nothing")
        parser.add_argument("--format", choices=["text", "json"], default="text", help="of a plan")
        parser.add_argument(
            "--confirm-change",
            nargs="?",
            const="",
            metavar="DIGEST",
            help="let it change as much as its last plan says",
        )
        parser.add_argument(
            "--accept-history",
            metavar="RESOURCE_ID",
            help="delete this copy, and fetch the history that the source shows now",
        )
        parser.add_argument(
            "--keep-copy", metavar="RESOURCE_ID", help="keep this copy, and follow it no longer"
        )
        parser.add_argument(
            "--take-over",
            action="store_true",
            default=None,
            help="let it work without the role of the account that made it",
        )
        parser.add_argument("--name", default="", help="of the copy, to decide about it")
        parser.add_argument("--reason", default="", help="of the decision, for the audit record")

    def handle(self, *_args: object, **options: object) -> None:
        configs = chosen(options)
        code = NOTHING_TO_DO
        for config in configs:
            if options["dry_run"]:
                code = _worse(code, self._preview(config, str(options["format"])))
            else:
                self._decide(config, options, len(configs))
                code = _worse(code, synchronize(self, config, SyncRun.Kind.SYNC))
        if code:
            raise SystemExit(code)

    def _preview(self, config: SyncConfig, form: str) -> int:
        """Show a plan; an error is told in its place, and the next configuration is looked at."""
        actor = command_actor()
        try:
            plan = configurations.plan_of(actor, config)
            parted = showing.parted(actor, config, plan)
        except TcsyncError as error:
            self._tell_error(config, error, form)
            return REFUSED if isinstance(error, PlanRefused) else ERROR
        if form == "json":
            self.stdout.write(json.dumps(showing.document_of(config, plan, parted)))
        else:
            self.stdout.write("\n".join(showing.lines_of(config, plan, parted)))
        return _code(plan)

    def _tell_error(self, config: SyncConfig, error: TcsyncError, form: str) -> None:
        if form == "json":
            why = {"code": error.code, "reason": error.message, "next_step": error.next_step}
            told = {"configuration": config.pk, "name": str(config), "error": why}
            self.stdout.write(json.dumps(told))
        else:
            self.stderr.write(f"{config}: {error}")

    def _decide(self, config: SyncConfig, options: dict[str, object], count: int) -> None:
        """Write down what was decided about a plan, before the run. Raises CommandError."""
        wanted = [options[name] for name in _DECISIONS]
        if all(one is None for one in wanted):
            return
        if count != 1:
            raise CommandError("Such a decision is made for one configuration: name one.")
        try:
            _carry_out(config, options)
        except TcsyncError as error:
            raise CommandError(f"{config}: {error}") from error


def _carry_out(config: SyncConfig, options: dict[str, object]) -> None:
    actor, reason = command_actor(), str(options["reason"])
    typed = configurations.Typed(str(options["name"]), reason)
    if options["take_over"]:
        configurations.take_over(actor, config)
    if options["confirm_change"] is not None:
        digest = str(options["confirm_change"]) or _last_asked(config)
        configurations.confirm_change(actor, config, digest, reason)
    if options["keep_copy"] is not None:
        configurations.keep_copy(actor, config, str(options["keep_copy"]), typed)
    if options["accept_history"] is not None:
        resource = str(options["accept_history"])
        history = configurations.histories(actor, config, resource).history
        configurations.accept_history(actor, config, resource, history, typed)


def _last_asked(config: SyncConfig) -> str:
    """Return the digest of the change that the last run stopped for. Raises Clash."""
    stored = StoredPlan.objects.filter(run__config=config).order_by("-run_id").first()
    asked = stored.document.get("too_much_change") if stored is not None else None
    if not asked:
        raise Clash(
            "The last run of this configuration did not stop for a confirmation.",
            next_step="Synchronize, or see what --dry-run says.",
        )
    return str(asked["digest"])


def _code(plan: Plan) -> int:
    if plan.refusals or plan.missing or plan.too_much:
        return REFUSED
    return NOTHING_TO_DO if plan.is_empty else CHANGES


def _worse(one: int, other: int) -> int:
    order = (NOTHING_TO_DO, CHANGES, REFUSED, ERROR)
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
        if run.code == BLACKOUT and run.state == SyncRun.State.QUEUED:
            raise CommandError(f"{run.reason} {run.next_step}")
        if run.is_active:
            time.sleep(LOOK_SECONDS)
