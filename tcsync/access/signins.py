"""Records sign-ins, failed ones and sign-outs; connected to Django's signals in `apps`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from tcsync.access.actors import user_actor, web_origin
from tcsync.access.models import User
from tcsync.audit.recording import Actor, record


def record_sign_in(request: HttpRequest | None, user: User, **_kwargs: Any) -> None:
    """Say who signed in, and from where."""
    _record(user_actor(user, web_origin(request)), "user.sign_in", f"{user} signed in", user)


def record_sign_out(request: HttpRequest | None, user: User | None, **_kwargs: Any) -> None:
    """Say who signed out; a visitor who was not signed in leaves no trace."""
    if user is not None:
        _record(user_actor(user, web_origin(request)), "user.sign_out", f"{user} signed out", user)


def record_failed_sign_in(
    credentials: Mapping[str, Any], request: HttpRequest | None = None, **_kwargs: Any
) -> None:
    """Say which name was tried, and from where; nothing else of what was typed."""
    name = str(credentials.get(User.USERNAME_FIELD, ""))
    actor = Actor("anonymous", origin=web_origin(request))
    with transaction.atomic():
        record(
            actor,
            "user.sign_in_failed",
            target_kind="user",
            target_name=name,
            summary=f"sign-in as {name} failed",
        )


def _record(actor: Actor, action: str, summary: str, user: User) -> None:
    with transaction.atomic():
        record(
            actor,
            action,
            target_kind="user",
            target_id=str(user.pk),
            target_name=user.get_username(),
            summary=summary,
        )
