"""Sessions of Teamwork Cloud clients: opened, found by the id that the client sends, ended.

Only the SHA-256 of an id is kept, so the table lets nobody in.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from tcsync.access.models import ApiToken, ClientSession, User

IDLE = timedelta(minutes=15)
USE_NOTED_EVERY = timedelta(seconds=30)
"""A session may so live that much longer than IDLE, and never shorter."""
SESSIONS_AT_MOST = 1_000
"""Of one account; a client that never sends its cookies back opens one with each call."""


@dataclass(frozen=True, slots=True)
class Found:
    """Whose session it is; `user` may do no more than the token may that opened it.

    `is_noted`: its idle time began anew just now, and so do the cookies.
    """

    user: User
    is_noted: bool


def open_session(user: User, token: ApiToken | None = None) -> str:
    """Open a session and return its id: the only time that anybody but the client sees it.

    `token` is what the account signed in with, if it was one: the session ends with it.
    """
    now = timezone.now()
    id_ = str(uuid.uuid4())
    forget_old()
    ClientSession.objects.create(
        digest=_digest(id_),
        user=user,
        token=token,
        password_mark=_mark(user),
        last_used=now,
    )
    _forget_oldest(user)
    return id_


def find_session(id_: str) -> Found | None:
    """Return whose session this is; None for one that is unknown, over or cut off."""
    now = timezone.now()
    alive = Q(token=None) | Q(token__expires=None) | Q(token__expires__gt=now)
    row = (
        ClientSession.objects.filter(alive, user__is_active=True, digest=_digest(id_))
        .filter(last_used__gt=now - IDLE - USE_NOTED_EVERY, created__gt=now - longest())
        .select_related("user", "token")
        .first()
    )
    if row is None or not constant_time_compare(row.password_mark, _mark(row.user)):
        return None
    row.user.token_scope = row.token.scope if row.token else ""
    return Found(row.user, _note_use(row, now))


def longest() -> timedelta:
    """Return how long a session lives at most, however much it is used."""
    return timedelta(hours=settings.TCSYNC_SESSION_HOURS)


def forget_old() -> None:
    """Delete the sessions that are over."""
    now = timezone.now()
    over = Q(last_used__lte=now - IDLE - USE_NOTED_EVERY) | Q(created__lte=now - longest())
    ClientSession.objects.filter(over).delete()


def end_session(id_: str) -> None:
    """End a session; one that is not there is over already."""
    ClientSession.objects.filter(digest=_digest(id_)).delete()


def _forget_oldest(user: User) -> None:
    newest = ClientSession.objects.filter(user=user).order_by("-pk")
    surplus = list(newest.values_list("pk", flat=True)[SESSIONS_AT_MOST : SESSIONS_AT_MOST + 100])
    if surplus:
        ClientSession.objects.filter(pk__in=surplus).delete()


def _note_use(row: ClientSession, now: datetime) -> bool:
    is_due = row.last_used <= now - USE_NOTED_EVERY
    if is_due:
        ClientSession.objects.filter(pk=row.pk).update(last_used=now)
    return is_due


def _mark(user: User) -> str:
    # Another password gives another mark; the mark tells nothing about either.
    return user.get_session_auth_hash()


def _digest(id_: str) -> str:
    return hashlib.sha256(id_.encode("utf-8", "surrogatepass")).hexdigest()
