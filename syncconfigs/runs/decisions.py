"""What persons decided about the plans of a configuration, as the runs carry it out."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from syncconfigs.models import Claim, Decision, SyncConfig
from syncconfigs.runs.lease import Lease
from tcsync.audit.recording import Actor
from tcsync.repository import writing
from tcsync.repository.among import among
from tcsync.sync.refusals import HISTORY
from tcsync.sync.steps import Plan


def waits(config: SyncConfig, plan: Plan) -> bool:
    """Tell whether a plan changes too much at once, and nobody has confirmed that yet.

    What is left of a change that was confirmed needs no second confirmation: a run may stop in
    the middle of it.
    """
    if plan.too_much is None:
        return False
    confirmed = _open(config, Decision.Kind.CHANGE).values_list("details", flat=True)
    return not any(plan.too_much.changes <= set(changes) for changes in confirmed)


def settle_changes(config: SyncConfig, lease: Lease) -> None:
    """Close what was confirmed, once nothing is left of it: it holds no second time."""
    with transaction.atomic():
        lease.guard()
        _open(config, Decision.Kind.CHANGE).update(settled_at=timezone.now())


def of_histories(config: SyncConfig, plan: Plan) -> list[Decision]:
    """Return the decisions for the source's history that meet exactly what a plan refuses."""
    refused = {
        (one.resource, one.facts.get("history")) for one in plan.refusals if one.code in HISTORY
    }
    if not refused:
        return []
    rows = _open(config, Decision.Kind.HISTORY)
    return [row for row in rows if (row.resource, row.digest) in refused]


def make_room(config: SyncConfig, plan: Plan, lease: Lease, actor: Actor) -> bool:
    """Delete the copies whose place the source's history takes; return whether there were any.

    The source has just shown that history: what goes is fetched anew at once.
    """
    found = of_histories(config, plan)
    if not found:
        return False
    ids = sorted({one.resource for one in found})
    with transaction.atomic():
        lease.guard()
        rows = Decision.objects.filter(pk__in=[one.pk for one in found])
        rows.update(settled_at=timezone.now())
        Claim.objects.filter(among("resource", ids), config=config).update(damage="", reason="")
        writing.delete_copies(actor, ids)
    return True


def _open(config: SyncConfig, kind: Decision.Kind) -> QuerySet[Decision]:
    return Decision.objects.filter(config=config.pk or 0, kind=kind, settled_at=None)
