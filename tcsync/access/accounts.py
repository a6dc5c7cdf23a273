"""Use cases on accounts: one transaction each, with its audit entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from tcsync.access.models import ApiToken, ClientSession, User
from tcsync.audit.recording import CHANGED, Actor, record

_POWERS = {"is_active": True, "is_staff": True, "is_superuser": True}


@dataclass(frozen=True, slots=True)
class Administrator:
    """What `ensure_administrator` did."""

    user: User
    created: bool
    password_set: bool


def ensure_administrator(
    username: str, password: str, *, reset: bool, actor: Actor
) -> Administrator:
    """Make an account an administrator, creating it with this password where there is none.

    An account that exists keeps its password unless `reset`. Where nothing changes, nothing is
    recorded.
    """
    with transaction.atomic():
        user, created = User.objects.select_for_update().get_or_create(
            username=User.normalize_username(username), defaults=_POWERS
        )
        missing = {name: on for name, on in _POWERS.items() if getattr(user, name) is not on}
        details: dict[str, object] = {
            name: {"before": not on, "after": on} for name, on in missing.items()
        }
        for name, on in missing.items():
            setattr(user, name, on)
        if created or reset:
            user.set_password(password)
            details["password"] = CHANGED
        if details:
            user.save()
            _record(actor, user, created, details)
    return Administrator(user, created, password_set=created or reset)


def change_password(user: User, password: str, actor: Actor, *, tokens_too: bool = False) -> int:
    """Give an account another password; return how many of its API tokens were revoked.

    All its sessions end: they carry a mark of the password.
    """
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        tokens = [str(token) for token in user.tokens.all()] if tokens_too else []
        if tokens_too:
            ApiToken.objects.filter(user=user).delete()
        end_sessions(user)
        gone = {"tokens": {"before": tokens}} if tokens else {}
        _record_of(actor, user, "user.change", "password of {} changed", password=CHANGED, **gone)
    return len(tokens)


def with_sign_in() -> QuerySet[Any]:
    """Return all accounts by name, with `factors` (0 or 1 second factor) and `token_count`."""
    confirmed = Q(second_factor__confirmed__isnull=False)
    return User.objects.annotate(
        factors=Count("second_factor", filter=confirmed, distinct=True),
        token_count=Count("tokens", distinct=True),
    ).order_by("username")


def end_all_sessions(user: User, actor: Actor) -> None:
    """End all sessions of an account, in browsers and of programs, and record it."""
    with transaction.atomic():
        end_sessions(user)
        _record_of(actor, user, "user.sessions_ended", "all sessions of {} ended")


def end_sessions(user: User) -> None:
    """End all sessions of an account; `user` knows it afterwards. The caller records why."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
    ClientSession.objects.filter(user=user).delete()


def _record_of(actor: Actor, user: User, action: str, summary: str, **details: object) -> None:
    record(
        actor,
        action,
        target_kind="user",
        target_id=str(user.pk),
        target_name=user.get_username(),
        summary=summary.format(user.get_username()),
        details=details,
    )


def _record(actor: Actor, user: User, created: bool, details: dict[str, object]) -> None:
    done = "created" if created else "changed"
    record(
        actor,
        "user.create" if created else "user.change",
        target_kind="user",
        target_id=str(user.pk),
        target_name=user.get_username(),
        summary=f"administrator {user.get_username()} {done}",
        details=details,
    )
