"""Which configurations: those that need a person, those that are late, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Case, Count, F, IntegerField, Max, OrderBy, Q, QuerySet, Value, When

from syncconfigs import standing
from syncconfigs.models import Claim, RemoteServer, SyncConfig, SyncRun
from tcsync.repository.models import Resource

_Status = SyncConfig.Status
_URGENCY = (
    *(_Status.ERROR, _Status.CONFLICT, _Status.MISSING, _Status.NO_LONGER, _Status.PARTIALLY),
    *(_Status.NOT_SYNCHRONIZED, _Status.SYNCHRONIZING, _Status.IN_QUEUE, _Status.SYNCHRONIZED),
    _Status.CLOSED,
)
LATE, PAUSED = "late", "paused"
"""Beside the statuses of the table: a promise that was not kept, and what nobody looks at."""
ROWS_AT_ONCE = 500


def late(now: datetime) -> Q:
    """Select what `standing.is_late` calls late."""
    slow = _slow_servers()
    found = _unkept(standing.late_before(now))
    if slow:
        found &= ~Q(server__in=list(slow))
    for pk, interval in slow.items():
        found |= Q(server=pk) & _unkept(standing.late_before(now, interval))
    return Q(paused=False) & found


def _unkept(before: datetime) -> Q:
    date_passed = Q(status__in=standing.PROMISING, next_at__lt=before)
    unseen = Q(checked_at__lt=before) | Q(checked_at=None)
    return date_passed | (Q(status=_Status.SYNCHRONIZED) & unseen)


def _slow_servers() -> dict[int, float]:
    """Return the servers between two looks at which there is more time than for a full look."""
    rows = RemoteServer.objects.only("pk", "kind", "poll_seconds")
    usual = settings.TCSYNC_FULL_LOOK_SECONDS
    return {row.pk: row.interval for row in rows if row.interval > usual}


def needs_person(now: datetime) -> Q:
    """Select what stopped, or was not looked at for too long."""
    return Q(status__in=standing.NEEDS_PERSON) | late(now)


def with_status(status: str, now: datetime) -> Q:
    """Select by what the badge says: a late or paused one is not synchronized.

    What has a member that is no longer synchronized is found by that, too.
    """
    if status == LATE:
        return late(now)
    if status == PAUSED:
        return Q(paused=True)
    if status == _Status.NO_LONGER:
        left = Claim.objects.filter(state=Claim.State.RELEASED).values("config")
        return Q(status=status) | Q(pk__in=left)
    found = Q(status=status)
    if status == _Status.SYNCHRONIZED:
        found &= Q(paused=False)
    return found & ~late(now) if status in standing.PROMISING else found


def named(text: str) -> Q:
    """Select by a part of the name, or by the whole id, at the source."""
    return Q(source_name__icontains=text) | Q(source_id=text)


def ordered(rows: QuerySet[SyncConfig], by: str) -> QuerySet[SyncConfig]:
    """Order by name, status (the worst first), success or behind; `-` in front turns it round."""
    name = by.removeprefix("-")
    keys: Mapping[str, OrderBy] = {
        "name": F("source_name").asc(),
        "status": Case(
            *(When(status=status, then=Value(rank)) for rank, status in enumerate(_URGENCY)),
            output_field=IntegerField(),
        ).asc(),
        "success": F("succeeded_at").asc(nulls_first=True),
        "behind": F("behind").asc(),
    }
    key = keys[name]
    if by.startswith("-"):
        key.reverse_ordering()
    return rows.order_by(key, "source_name", "pk")


def last_runs(configs: Iterable[SyncConfig]) -> dict[int, SyncRun]:
    """Return the newest run of each configuration that has one."""
    newest = SyncRun.objects.filter(config__in=[config.pk for config in configs])
    ids = newest.order_by().values("config").annotate(newest=Max("pk")).values("newest")
    return {run.config_id or 0: run for run in SyncRun.objects.filter(pk__in=ids)}


def left(configs: Iterable[SyncConfig]) -> dict[int, int]:
    """Return how many resources of each configuration are no longer synchronized, if any."""
    gone = Claim.objects.filter(
        config__in=[config.pk for config in configs], state=Claim.State.RELEASED
    )
    return dict(gone.order_by().values_list("config").annotate(n=Count("pk")))


@dataclass(frozen=True, slots=True)
class Weight:
    """What a configuration has brought here."""

    copies: int = 0
    revisions: int = 0
    bytes: int = 0

    def __add__(self, other: Weight) -> Weight:
        """Return both together."""
        return Weight(
            self.copies + other.copies, self.revisions + other.revisions, self.bytes + other.bytes
        )


def weights(configs: Iterable[SyncConfig]) -> dict[int, Weight]:
    """Return for each configuration what goes when it is deleted together with its copies."""
    pks = [config.pk for config in configs]
    found = dict.fromkeys(pks, Weight())
    for start in range(0, len(pks), ROWS_AT_ONCE):
        found |= _weights(pks[start : start + ROWS_AT_ONCE])
    return found


def _weights(pks: list[int]) -> dict[int, Weight]:
    owners = dict(Claim.objects.filter(config__in=pks).values_list("resource", "config"))
    copies = Resource.objects.filter(
        id__in=Claim.objects.filter(config__in=pks).values("resource"), read_only=True
    )
    found: dict[int, Weight] = {}
    for id_, revisions, size in copies.values_list("id", "revision_count", "stored_bytes"):
        if (owner := owners.get(id_)) is not None:
            found[owner] = found.get(owner, Weight()) + Weight(1, revisions, size)
    return found


def copies_of_all(configs: Iterable[SyncConfig]) -> QuerySet[Resource]:
    """Return the copies that go when these are deleted together with them."""
    claimed = Claim.objects.filter(config__in=[config.pk for config in configs])
    return Resource.objects.filter(id__in=claimed.values("resource"), read_only=True)
