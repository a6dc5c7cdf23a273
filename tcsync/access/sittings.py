"""How long somebody stays signed in in a browser: idle, and in all. Kept in the session itself."""

from __future__ import annotations

import time
from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from tcsync.access.actors import web_actor
from tcsync.audit.recording import record

USE_NOTED_EVERY_SECONDS = 60
"""A session may so live that much longer than the limit, and never shorter."""
_SINCE, _SEEN, _ENDED = "signed_in_at", "seen_at", "ended"


class Ended(StrEnum):
    """Which limit ended a session."""

    IDLE = "idle"
    LONGEST = "longest"


def over(request: HttpRequest) -> Ended | None:
    """Tell whether the session of a signed-in person is over, and by which limit."""
    session, now = request.session, time.time()
    if now - session.get(_SINCE, now) > settings.TCSYNC_SESSION_HOURS * 3600:
        return Ended.LONGEST
    idle = settings.TCSYNC_SESSION_IDLE_MINUTES * 60 + USE_NOTED_EVERY_SECONDS
    return Ended.IDLE if now - session.get(_SEEN, now) > idle else None


def end(request: HttpRequest, why: Ended) -> None:
    """End the session, and remember why for the page that asks to sign in again."""
    user = request.user
    with transaction.atomic():
        summary = f"session of {user.get_username()} ended: {why}"
        record(
            web_actor(request),
            "user.session_ended",
            target_kind="user",
            target_id=str(user.pk),
            target_name=user.get_username(),
            summary=summary,
        )
    request.session.flush()
    request.session[_ENDED] = why.value


def why_ended(request: HttpRequest) -> Ended | None:
    """Return, once, why the last session in this browser ended by itself."""
    said = request.session.pop(_ENDED, None)
    return Ended(said) if said else None


def note(request: HttpRequest) -> None:
    """Note that somebody uses the session; written once a minute."""
    session, now = request.session, int(time.time())
    if _SINCE not in session:
        session[_SINCE] = now
    if now - session.get(_SEEN, 0) >= USE_NOTED_EVERY_SECONDS:
        session[_SEEN] = now
