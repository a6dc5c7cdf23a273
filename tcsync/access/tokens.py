"""API tokens: making and revoking them, and telling whose one is. Only their SHA-256 is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from tcsync.access.models import ApiToken, User
from tcsync.access.permissions import Action, may, require_of
from tcsync.audit.recording import SYSTEM, Actor, record
from tcsync.errors import NotAllowed

MARK = "tcs_"
SECRET_BYTES = 32
SHOWN_CHARACTERS = 8
USE_NOTED_EVERY = timedelta(minutes=1)


def create_token(
    user: User,
    name: str,
    *,
    scope: str = ApiToken.Scope.ALL,
    expires: datetime | None = None,
    actor: Actor = SYSTEM,
) -> str:
    """Make a token for a user and return it: the only time that anybody sees it.

    `scope` is one of ApiToken.Scope; `expires` is aware of its time zone, None: never.
    """
    text = MARK + secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        token = ApiToken.objects.create(
            user=user,
            name=name,
            digest=_digest(text),
            prefix=text[:SHOWN_CHARACTERS],
            scope=ApiToken.Scope(scope),
            expires=expires,
        )
        record(
            actor,
            "token.create",
            target_kind="token",
            target_id=str(token.pk),
            target_name=str(token),
            summary=f"token {token} made for {user.get_username()}",
            details={"user": user.get_username(), "scope": str(scope), "expires": expires},
        )
    return text


def visible_tokens(user: User) -> QuerySet[ApiToken]:
    """Return the tokens that somebody may see: the own ones; an administrator all of them."""
    rows = ApiToken.objects.select_related("user").order_by("user__username", "-created", "pk")
    return rows if may(user, Action.ADMINISTER) else rows.filter(user=user)


def revoke_token(token: ApiToken, actor: Actor) -> None:
    """Let a token end at once, with the sessions that it opened. Raises NotAllowed.

    An own one, or any of them by an administrator or a command on this machine.
    """
    if actor.user_id != token.user_id:
        require_of(actor, Action.ADMINISTER)
    with transaction.atomic():
        number, said = str(token.pk), str(token)
        before = {"user": token.user.get_username(), "name": token.name, "scope": token.scope}
        token.delete()
        record(
            actor,
            "token.delete",
            target_kind="token",
            target_id=number,
            target_name=said,
            summary=f"token {said} of {before['user']} revoked",
            details={name: {"before": value} for name, value in before.items()},
        )


def require_scope(user: User, needed: str) -> None:
    """Raise NotAllowed where the token that came with the request may not do this."""
    order = list(ApiToken.Scope.values)
    if user.token_scope and order.index(user.token_scope) < order.index(needed):
        raise NotAllowed(
            f"This API token may only {ApiToken.Scope(user.token_scope).label}.",
            next_step="Make a token that may do more, on the page of your account.",
        )


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
    token.user.token_scope = token.scope
    return token


def _note_use(token: ApiToken, now: datetime) -> None:
    if token.last_used is None or token.last_used <= now - USE_NOTED_EVERY:
        # Conditional: many calls at once write it once.
        rows = ApiToken.objects.filter(pk=token.pk, last_used=token.last_used)
        rows.update(last_used=now)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
