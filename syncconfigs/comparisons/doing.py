"""Running comparisons, by a person or by schedule; pruning reports; acknowledging notices."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from syncconfigs import runs
from syncconfigs.comparisons.changing import note
from syncconfigs.models import (
    ComparedResource,
    Comparison,
    ComparisonNotice,
    ComparisonReport,
    SyncRun,
)
from syncconfigs.rights import require
from syncconfigs.runs.comparing import SCHEDULED
from syncconfigs.schedules import Schedule
from tcsync.access.permissions import Action
from tcsync.audit.recording import SYSTEM, Actor
from tcsync.errors import TcsyncError

log = logging.getLogger(__name__)


def run(actor: Actor, comparison: Comparison, trigger: str = "manual") -> SyncRun:
    """Ask for a run, or return the one that is under way. Raises NotAllowed, Missing."""
    require(actor, Action.SERVERS)
    return runs.request_comparison(comparison, actor, trigger)


def prune(actor: Actor, comparison: Comparison, keep: int) -> int:
    """Delete all reports but the newest `keep`, at least one; return how many. Raises NotAllowed.

    The newest stays, because the next run is told by it what was equal.
    """
    require(actor, Action.SERVERS)
    with transaction.atomic():
        finished = ComparisonReport.objects.filter(run__comparison=comparison).exclude(digest="")
        newest = finished.order_by("-run").values_list("run", flat=True)
        old = list(newest[max(keep, 1) :])
        if old:
            ComparedResource.objects.filter(run__in=old).delete()
            ComparisonReport.objects.filter(run__in=old).delete()
            summary = f"{len(old)} reports of {comparison.name} deleted, up to run {old[0]}"
            note(actor, "comparison.prune", comparison, summary)
    return len(old)


def acknowledge(actor: Actor, notice: ComparisonNotice) -> None:
    """Note that a person has seen a notice; twice changes nothing. Raises NotAllowed."""
    require(actor, Action.SERVERS)
    with transaction.atomic():
        rows = ComparisonNotice.objects.filter(pk=notice.pk, acknowledged_at=None)
        if rows.update(acknowledged_at=timezone.now(), acknowledged_by=actor.name[:200]):
            summary = f"notice of {notice.comparison.name} acknowledged: {notice.count} not equal"
            note(actor, "comparison.acknowledge", notice.comparison, summary)


def start_due(now: datetime) -> int:
    """Ask for a run of each comparison whose time has come; return of how many.

    Dates that passed while the node was down are made up for by one run.
    """
    count = 0
    for row in Comparison.objects.filter(next_at__lte=now):
        schedule = Schedule(row.every_minutes, row.cron, row.time_zone)
        try:
            following = schedule.next_after(now)
        except TcsyncError:
            # A time zone that this system does not know any more: a person has to choose another.
            log.warning("The schedule of comparison %s cannot be read.", row.pk)
            following = None
        # Whoever moves the date asks for the run: two watchers do not ask twice.
        with transaction.atomic():
            mine = Comparison.objects.filter(pk=row.pk, next_at=row.next_at)
            if mine.update(next_at=following):
                runs.request_comparison(row, SYSTEM, SCHEDULED)
                count += 1
    return count
