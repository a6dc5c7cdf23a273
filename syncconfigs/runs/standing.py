"""How a configuration stands after a comparison that was not part of a run."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from syncconfigs.models import SyncConfig, SyncRun
from syncconfigs.runs.journal import End
from syncconfigs.runs.outcome import outcome
from tcsync.audit.recording import SYSTEM, record
from tcsync.errors import PlanRefused
from tcsync.sync.steps import Plan


def settle(config: SyncConfig, plan: Plan) -> None:
    """Write down what a comparison found."""
    _write(config, outcome(config, plan, failed=0))


def refuse(config: SyncConfig, error: PlanRefused) -> None:
    """Write down that nothing can be planned."""
    status = SyncConfig.Status.ERROR
    _write(config, End(SyncRun.State.FAILED, status, error.code, error.message, error.next_step))


def _write(config: SyncConfig, end: End) -> None:
    """Only a change of status is recorded; a run that was asked for meanwhile has the last word."""
    now = timezone.now()
    values: dict[str, object] = {
        "status": end.status,
        "behind": end.behind,
        "checked_at": now,
        "reason": f"{end.reason} {end.next_step}".strip(),
    }
    if end.status in {SyncConfig.Status.SYNCHRONIZED, SyncConfig.Status.CLOSED}:
        values["succeeded_at"] = now
    with transaction.atomic():
        rows = SyncConfig.objects.filter(pk=config.pk, status=config.status)
        busy = SyncRun.objects.filter(config=config.pk, state__in=SyncRun.ACTIVE)
        if busy.exists() or not rows.update(**values) or end.status == config.status:
            return
        record(
            SYSTEM,
            "configuration.status",
            target_kind="configuration",
            target_id=str(config.pk),
            target_name=str(config),
            summary=f"{config.status} -> {end.status}",
        )
