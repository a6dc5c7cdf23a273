"""Limits that all processes of a node share: so many at once, and then one in each interval.

A row says when its limit is whole again; using it moves that moment by one interval, by a
conditional UPDATE, so that a hundred threads at once get no more than one does.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from tcsync.access.models import SignInLimit

MS = 1000
KEPT_MS = 24 * 3600 * MS
"""How long a limit that is whole again is kept: it says nothing any more."""
TOLD_EVERY_MS = 5 * 60 * MS


@dataclass(frozen=True, slots=True)
class Limit:
    """`count` at once, `count` more in each `seconds` after that."""

    count: int
    seconds: int

    @property
    def interval_ms(self) -> int:
        """After how long one more is allowed."""
        return self.seconds * MS // self.count

    @property
    def room_ms(self) -> int:
        """How far ahead `full_ms` may lie for one more to be allowed."""
        return self.interval_ms * (self.count - 1)


@dataclass(frozen=True, slots=True)
class Refused:
    """Which limit was used up, for how many seconds, and whether to say so in the record now."""

    key: str
    seconds: int
    is_news: bool


def key(*parts: object) -> str:
    """Return the key of a limit; nobody can tell its parts from it, or make it without ours."""
    said = "\0".join(str(part) for part in parts)
    return salted_hmac("tcsync.access.limits", said, algorithm="sha256").hexdigest()


def take(limits: Mapping[str, Limit]) -> Refused | None:
    """Use one of each of these limits, by their keys, or none of them and say which is used up."""
    now = _now()
    refused = _first_used_up(limits, now)
    if refused is None:
        refused = _take_all(limits, now)
    return refused


def give_back(limits: Mapping[str, Limit]) -> None:
    """Take back one use of each of these limits."""
    for name, limit in sorted(limits.items()):
        SignInLimit.objects.filter(key=name).update(full_ms=F("full_ms") - limit.interval_ms)


def forget_whole() -> int:
    """Delete the rows that say nothing any more; return how many."""
    return SignInLimit.objects.filter(full_ms__lt=_now() - KEPT_MS).delete()[0]


def _first_used_up(limits: Mapping[str, Limit], now: int) -> Refused | None:
    """Look without writing: what is refused anyway must not cost the database anything."""
    used = dict(SignInLimit.objects.filter(key__in=list(limits)).values_list("key", "full_ms"))
    for name, limit in limits.items():
        if (over := used.get(name, 0) - now - limit.room_ms) > 0:
            return _refused(name, over, now)
    return None


def _take_all(limits: Mapping[str, Limit], now: int) -> Refused | None:
    with transaction.atomic():
        _make_rows(list(limits))
        # In one order, so that two that want the same ones do not wait for each other for ever.
        for name, limit in sorted(limits.items()):
            if not _take_one(name, limit, now):
                transaction.set_rollback(True)
                break
        else:
            return None
    return _refused(name, limit.interval_ms, now)


def _make_rows(names: Sequence[str]) -> None:
    rows = [SignInLimit(key=name) for name in sorted(names)]
    SignInLimit.objects.bulk_create(rows, ignore_conflicts=True)


def _take_one(name: str, limit: Limit, now: int) -> bool:
    rows = SignInLimit.objects.filter(key=name)
    if rows.filter(full_ms__lte=now).update(full_ms=now + limit.interval_ms):
        return True
    free = rows.filter(full_ms__gt=now, full_ms__lte=now + limit.room_ms)
    return bool(free.update(full_ms=F("full_ms") + limit.interval_ms))


def _refused(name: str, over_ms: int, now: int) -> Refused:
    untold = SignInLimit.objects.filter(key=name, told_ms__lte=now - TOLD_EVERY_MS)
    return Refused(name, -(-over_ms // MS), bool(untold.update(told_ms=now)))


def _now() -> int:
    return int(time.time() * MS)
