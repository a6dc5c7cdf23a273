"""Making, changing and deleting comparisons."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from syncconfigs.comparisons.wishes import Wish
from syncconfigs.models import ComparedResource, Comparison, ComparisonReport, SyncRun
from syncconfigs.rights import require
from tcsync.access.permissions import Action
from tcsync.audit.recording import Actor, record
from tcsync.errors import Clash, Missing


def create(actor: Actor, wish: Wish) -> Comparison:
    """Make a comparison; nothing is compared yet. Raises NotAllowed, Clash, BadSchedule."""
    require(actor, Action.SERVERS)
    wish.check()
    with transaction.atomic():
        made = Comparison(created_by=actor.name[:200])
        _save(made, wish)
        note(actor, "comparison.create", made, f"comparison {made.name} made")
    return made


def update(actor: Actor, comparison: Comparison, wish: Wish) -> Comparison:
    """Change a comparison; a run that is under way goes on as it was begun.

    Raises NotAllowed, Clash, BadSchedule, Missing.
    """
    require(actor, Action.SERVERS)
    wish.check()
    with transaction.atomic():
        row = _locked(comparison)
        _save(row, wish)
        note(actor, "comparison.update", row, f"comparison {row.name} changed")
    return row


def delete(actor: Actor, comparison: Comparison) -> None:
    """Delete a comparison with its reports and notices. Its runs stay in the list of runs.

    Raises NotAllowed, Clash, Missing.
    """
    require(actor, Action.SERVERS)
    with transaction.atomic():
        row = _locked(comparison)
        if row.runs.filter(state__in=SyncRun.ACTIVE).exists():
            raise Clash(f"{row.name} is being compared.", next_step="Cancel its run first.")
        note(actor, "comparison.delete", row, f"comparison {row.name} deleted, with its reports")
        runs = row.runs.values("pk")
        ComparedResource.objects.filter(run__in=runs).delete()
        ComparisonReport.objects.filter(run__in=runs).delete()
        row.delete()


def note(actor: Actor, action: str, comparison: Comparison, summary: str) -> None:
    """Add an entry about a comparison to the audit record."""
    record(
        actor,
        action,
        target_kind="comparison",
        target_id=str(comparison.pk),
        target_name=comparison.name,
        summary=summary,
    )


def _locked(comparison: Comparison) -> Comparison:
    row = Comparison.objects.select_for_update().filter(pk=comparison.pk).first()
    if row is None:
        raise Missing(f"The comparison {comparison.name} was deleted.", next_step="Make it again.")
    return row


def _save(row: Comparison, wish: Wish) -> None:
    for name, value in wish.columns(timezone.now()).items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Clash(
            f"There is a comparison called {row.name!r} already, or a server was deleted.",
            next_step="Choose another name, or look at the servers again.",
        ) from error
