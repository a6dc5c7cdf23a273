"""Who may ask for a use case: the account behind an actor, or this machine's operator.

Use cases take an Actor, so that the audit record and the check speak of the same person.
"""

from __future__ import annotations

from collections.abc import Sequence

from syncconfigs import visible
from tcsync.access.models import User
from tcsync.access.permissions import Action
from tcsync.access.permissions import require as require_of_account
from tcsync.audit.recording import Actor
from tcsync.errors import NotAllowed
from tcsync.repository.models import Category
from tcsync.repository.reading import Tree

COMMAND = "command"
"""The origin of those who run commands: who can read the database and its keys may do all."""


def require(actor: Actor, action: Action, category_path: Sequence[str] | None = None) -> None:
    """Raise NotAllowed unless the account behind the actor may do this."""
    if actor.user_id is None:
        if actor.origin != COMMAND:
            raise NotAllowed(
                f"{actor.name} has no account here.", next_step="Sign in with an account."
            )
        return
    user = User.objects.filter(pk=actor.user_id).first()
    if user is None:
        raise NotAllowed(f"The account {actor.name} no longer exists.")
    require_of_account(user, action, category_path)


def may(actor: Actor, action: Action, category_path: Sequence[str] | None = None) -> bool:
    """Tell whether the account behind the actor may do this."""
    try:
        require(actor, action, category_path)
    except NotAllowed:
        return False
    return True


def readable_categories(actor: Actor) -> set[str] | None:
    """Return the ids of the categories that the actor may read; None means all of them."""
    if actor.user_id is None:
        return None if actor.origin == COMMAND else set()
    user = User.objects.filter(pk=actor.user_id).first()
    return set() if user is None else visible.categories(user)


def require_synchronize(actor: Actor, category: Category | str) -> None:
    """Raise NotAllowed unless the actor may synchronize into this category."""
    id_ = category if isinstance(category, str) else category.pk
    require(actor, Action.SYNCHRONIZE, Tree.load().path(id_))
