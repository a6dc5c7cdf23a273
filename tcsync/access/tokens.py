"""API tokens: making them, and telling whose one is. Only the SHA-256 of a token is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from tcsync.access.models import ApiToken, User
from tcsync.audit.recording import SYSTEM, Actor, record

MARK = "tcs_"
SECRET_BYTES = 32
SHOWN_CHARACTERS = 8
USE_NOTED_EVERY = timedelta(minutes=1)


def create_token(
    user: User, name: str, *, expires: datetime | None = None, actor: Actor = SYSTEM
) -> str:
    """Make a token for a user and return it: the only time that anybody sees it.

    `expires` is aware of its time zone; None: never.
    """
    text = MARK + secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        token = ApiToken.objects.create(
            user=user,
            name=name,
            digest=_digest(text),
            prefix=text[:SHOWN_CHARACTERS],
            expires=expires,
        )
        record(
            actor,
            "token.create",
            target_kind="token",
            target_id=str(token.pk),
            target_name=str(token),
            summary=f"token {token} made for {user.get_username()}",
            details={"user": user.get_username(), "expires": expires},
        )
    return text


def authenticate_token(text: str) -> User | None:
    """Return the user for whom a token stands, None for one that is unknown, over or disabled."""
    token = valid_token(text)
    return None if token is None else token.user


def valid_token(text: str) -> ApiToken | None:
    """Return the row of a token, its user beside it; None for what `authenticate_token` refuses.

    The work is the same for each of these: one hash and one look at an index of hashes, whose order
    tells nothing about the tokens.
    """
    now = timezone.now()
    token = (
        ApiToken.objects.filter(Q(expires=None) | Q(expires__gt=now), user__is_active=True)
        .select_related("user")
        .filter(digest=_digest(text))
        .first()
    )
    if token is None:
        return None
    _note_use(token, now)
    return token


def _note_use(token: ApiToken, now: datetime) -> None:
    if token.last_used is None or token.last_used <= now - USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used=now)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
