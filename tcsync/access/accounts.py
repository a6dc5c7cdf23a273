"""Use cases on accounts: one transaction each, with its audit entry."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from tcsync.access.models import User
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
