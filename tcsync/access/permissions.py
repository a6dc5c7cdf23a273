"""The one place that decides whether somebody may do something here. Everything else asks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from django.contrib.auth.models import AnonymousUser

from tcsync.access.models import ApiToken, Role, RoleGrant, User
from tcsync.audit.recording import Actor
from tcsync.errors import NotAllowed


class Action(StrEnum):
    """What somebody can want to do."""

    READ = "read"
    """See a category and what is in it."""
    EDIT = "edit"
    """Change local resources."""
    SYNCHRONIZE = "synchronize"
    """Make, change and run configurations into a category; delete copies."""
    SERVERS = "servers"
    """Manage remote servers."""
    ADMINISTER = "administer"
    """Manage accounts, roles and the node itself."""
    AUDIT = "audit"
    """Read the audit record."""


NODE_WIDE = frozenset({Action.SERVERS, Action.ADMINISTER, Action.AUDIT})
"""What concerns the whole node: only a grant without a category allows it."""

ALLOWED: Mapping[Role, frozenset[Action]] = {
    Role.ADMINISTRATOR: frozenset(Action),
    Role.SYNCHRONIZATION_MANAGER: frozenset({Action.READ, Action.SYNCHRONIZE, Action.SERVERS}),
    Role.CONTRIBUTOR: frozenset({Action.READ, Action.EDIT}),
    Role.REVIEWER: frozenset({Action.READ}),
    Role.AUDITOR: frozenset({Action.READ, Action.AUDIT}),
}

_WORDS: Mapping[Action, str] = {
    Action.READ: "read what is here",
    Action.EDIT: "change local resources here",
    Action.SYNCHRONIZE: "synchronize into this category",
    Action.SERVERS: "manage remote servers",
    Action.ADMINISTER: "administer this node",
    Action.AUDIT: "read the audit record",
}

COMMAND = "command"
"""The origin of an actor who runs commands on this machine."""

Person = User | AnonymousUser
"""Whoever a request comes from."""


def granted_roots(user: Person, action: Action) -> frozenset[str] | None:
    """Return the categories in and below which the user may do this; None means everywhere.

    Asks the database each time, so that a role or account that was taken away counts at once.
    """
    if not isinstance(user, User) or _is_beyond_token(user, action):
        return frozenset()
    account = User.objects.filter(pk=user.pk, is_active=True).only("is_superuser").first()
    if account is None:
        return frozenset()
    if account.is_superuser:
        return None
    grants = RoleGrant.objects.filter(user=account, role__in=roles_for(action))
    categories = frozenset(grants.values_list("category", flat=True))
    if "" in categories:
        return None
    return frozenset() if action in NODE_WIDE else categories


def may(user: Person, action: Action, category_path: Sequence[str] | None = None) -> bool:
    """Tell whether the user may do this in a category.

    `category_path`: the ids from the root category down to the one in question, as the tree stands
    now; an empty one is the place outside of every category. None asks for anywhere at all.
    """
    roots = granted_roots(user, action)
    if roots is None:
        return True
    return bool(roots) if category_path is None else not roots.isdisjoint(category_path)


def require(user: Person, action: Action, category_path: Sequence[str] | None = None) -> None:
    """Raise NotAllowed, naming the roles that would do, unless the user may."""
    if may(user, action, category_path):
        return
    if isinstance(user, User) and _is_beyond_token(user, action):
        raise NotAllowed(
            f"This API token may not {_WORDS[action]}.",
            next_step="Make a token that may do everything, on the page of your account.",
        )
    name = user.get_username() or "Somebody who is not signed in"
    roles = " or ".join(str(role.label) for role in roles_for(action))
    scope = "without a category" if action in NODE_WIDE else "for this category"
    raise NotAllowed(
        f"{name} may not {_WORDS[action]}.",
        next_step=f"Ask an administrator for the role {roles}, {scope}.",
    )


def require_of(actor: Actor, action: Action) -> None:
    """Raise NotAllowed unless the account behind an actor may do this; commands may do all.

    Who runs commands on this machine can read the database and its keys.
    """
    if actor.user_id is None and actor.origin == COMMAND:
        return
    account = User.objects.filter(pk=actor.user_id or 0).first()
    require(account or User(username=actor.name), action)


def _is_beyond_token(user: User, action: Action) -> bool:
    """Tell whether the request's token leaves local resources alone; calls check the rest."""
    return action is Action.EDIT and user.token_scope not in ("", ApiToken.Scope.ALL)


def roles_for(action: Action) -> list[Role]:
    """Return the roles that allow this, the least powerful first."""
    return sorted((r for r in Role if action in ALLOWED[r]), key=lambda r: len(ALLOWED[r]))
