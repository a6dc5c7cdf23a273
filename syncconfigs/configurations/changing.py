"""Changing configurations: synchronize, verify, pause, resume, change, delete."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from syncconfigs import runs
from syncconfigs.configurations.bringing import bring
from syncconfigs.configurations.making import check_policy, starts_at_once
from syncconfigs.configurations.noting import note
from syncconfigs.configurations.policy import Policy
from syncconfigs.models import SyncConfig, SyncRun
from syncconfigs.rights import require_synchronize
from syncconfigs.runs import dates, holding
from tcsync.audit.recording import Actor, changes
from tcsync.errors import Clash, Missing
from tcsync.repository import writing
from tcsync.repository.models import Resource


def synchronize(actor: Actor, config: SyncConfig, trigger: str = "manual") -> SyncRun:
    """Return the active run of a configuration, a new one if there is none. Raises NotAllowed."""
    require_synchronize(actor, config.target_category_id)
    return runs.request(config, actor, trigger)


def verify(actor: Actor, config: SyncConfig) -> SyncRun:
    """Return a run that recomputes every digest here and compares with the source.

    It is the active run, whatever that does, when there is one. Raises NotAllowed.
    """
    require_synchronize(actor, config.target_category_id)
    return runs.request(config, actor, "manual", SyncRun.Kind.VERIFY)


def prove(actor: Actor, config: SyncConfig) -> SyncRun:
    """Return a run that compares every revision with the source in full, and signs a report.

    It is the active run, whatever that does, when there is one. Raises NotAllowed.
    """
    require_synchronize(actor, config.target_category_id)
    return runs.request(config, actor, "manual", SyncRun.Kind.PROVE)


def pause(actor: Actor, config: SyncConfig) -> None:
    """Stop following; what is here stays. A run that is under way goes on."""
    _set_paused(actor, config, paused=True)


def resume(actor: Actor, config: SyncConfig) -> None:
    """Follow again, and synchronize at once unless that is done by hand or has its dates.

    Raises Clash for one that is closed.
    """
    _set_paused(actor, config, paused=False)
    if starts_at_once(config):
        runs.request(config, actor, "resumed")


def _set_paused(actor: Actor, config: SyncConfig, *, paused: bool) -> None:
    require_synchronize(actor, config.target_category_id)
    _refuse_closed(config)
    # A date that passed meanwhile is not made up for: resuming looks at once, or at the next one.
    date = dates.first(config, timezone.now())
    with transaction.atomic():
        rows = SyncConfig.objects.filter(pk=config.pk).exclude(paused=paused)
        if rows.update(paused=paused, next_at=date):
            word = "paused" if paused else "resumed"
            note(actor, f"configuration.{word}", config, f"{config.source_name} is {word}")
    config.paused = paused


def _refuse_closed(config: SyncConfig) -> None:
    if SyncConfig.objects.filter(pk=config.pk, status=SyncConfig.Status.CLOSED).exists():
        raise Clash(
            f"{config.source_name} is closed: it looks at nothing any more.",
            next_step="Choose another trigger for it to follow the source again.",
        )


TIMING = ("every_minutes", "cron", "time_zone", "blackouts")
CHANGEABLE = ("trigger", "tags", "late_tags", "allow_equal_names", "include_used_projects", *TIMING)


def change(actor: Actor, config: SyncConfig, policy: Policy) -> None:
    """Follow by another trigger, tags or schedule, with equal names or used projects.

    A run that is under way ends by the policy it began with. One that waits for the end of a
    blackout begins when the new windows let it. What was closed is open again.

    Raises NotAllowed, Missing, and TcsyncError for a policy that cannot be followed.
    """
    require_synchronize(actor, config.target_category_id)
    check_policy(policy)
    with transaction.atomic():
        row = SyncConfig.objects.select_for_update().filter(pk=config.pk).first()
        if row is None:
            raise Missing(f"The configuration {config.source_name} was deleted.")
        details = _take_over(row, policy)
        if details:
            row.save(update_fields=[*CHANGEABLE, "next_at", "status"])
            what = f"{row.source_name}: {', '.join(sorted(details))} changed"
            note(actor, "configuration.change", row, what, details)
    if "include_used_projects" in details:
        bring(row)
    if set(details) & set(TIMING) and (free := holding.let_go(row)) is not None:
        runs.ring(free)
    # That other hours are black is no reason to look now.
    if set(details) - {"time_zone", "blackouts"} and not row.paused and starts_at_once(row):
        runs.request(row, actor, "changed")


def _take_over(row: SyncConfig, policy: Policy) -> Mapping[str, object]:
    """Set what the policy says, unsaved; return what that changes."""
    before = {name: getattr(row, name) for name in CHANGEABLE}
    row.trigger, row.tags = policy.trigger, list(policy.tags)
    row.late_tags, row.allow_equal_names = policy.late_tags, policy.allow_equal_names
    row.schedule, row.include_used_projects = policy.schedule, policy.include_used_projects
    if row.status == SyncConfig.Status.CLOSED and row.trigger != SyncConfig.Trigger.ONCE:
        row.status = SyncConfig.Status.NOT_SYNCHRONIZED
    details = changes(before, {name: getattr(row, name) for name in CHANGEABLE})
    if set(details) & {"trigger", *TIMING}:
        row.next_at = dates.first(row, timezone.now())
    return details


def delete(actor: Actor, config: SyncConfig, *, copies: str = "keep") -> None:
    """Delete a configuration; `copies` is `keep` (they stay, read-only) or `delete` (they go too).

    To delete them takes the right to synchronize wherever they lie. Raises NotAllowed, and Clash
    while a run of it is under way.
    """
    require_synchronize(actor, config.target_category_id)
    with transaction.atomic():
        # Locked: from here on nobody can ask for a run of it any more.
        row = SyncConfig.objects.select_for_update().filter(pk=config.pk).first()
        if row is None:
            return
        _refuse_active(config)
        gone = dict(copies_of(config).values_list("id", "category")) if copies == "delete" else {}
        for category in sorted(set(gone.values())):
            require_synchronize(actor, category)
        what = f"with {len(gone)} copies" if copies == "delete" else "configuration only"
        row.delete()
        # The chain of the audit record is locked last: both of these add to it.
        if gone:
            writing.delete_copies(actor, list(gone))
        if copies == "delete":
            writing.delete_empty_category_copies(actor, config.pk)
        note(actor, "configuration.delete", config, f"{config.source_name}: {what}")


def _refuse_active(config: SyncConfig) -> None:
    active = SyncRun.objects.filter(config=config.pk, state__in=SyncRun.ACTIVE).first()
    if active is not None:
        raise Clash(
            f"Run {active.pk} of {config.source_name} is under way.",
            next_step="Cancel it, or wait for its end.",
        )


def copies_of(config: SyncConfig) -> QuerySet[Resource]:
    """Return the copies that go with a configuration when it is deleted together with them."""
    claimed = config.claims.values("resource")
    return Resource.objects.filter(id__in=claimed, read_only=True)
