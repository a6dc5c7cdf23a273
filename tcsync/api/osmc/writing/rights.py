"""Who may write where: role Resource Contributor in the category, and never to a copy."""

from __future__ import annotations

from django.http import HttpRequest

from tcsync.access.actors import user_actor
from tcsync.access.models import User
from tcsync.access.permissions import Action, may, require
from tcsync.api.osmc import place
from tcsync.audit.recording import Actor
from tcsync.errors import NotAllowed, ReadOnly
from tcsync.repository.models import Category, Resource
from tcsync.repository.reading import Tree


def actor_of(request: HttpRequest, user: User) -> Actor:
    """Return who writes, for the audit record and as the author of revisions."""
    return user_actor(user, f"osmc {request.META.get('REMOTE_ADDR', '')}".rstrip())


def resource(user: User, r: str, w: str = "") -> Resource:
    """Return a resource that this account may change. Raises Absent, NotAllowed, ReadOnly."""
    row = place.resource(user, r, w)
    require(user, Action.EDIT, Tree.load().path(row.category_id))
    if row.read_only:
        raise ReadOnly(
            f"{row.name} is a read-only copy.", next_step="Change the resource at its source."
        )
    return row


def category(user: User, id_: str) -> Category:
    """Return a category in which this account may write. Raises Absent, NotAllowed."""
    row = place.category(user, id_)
    require(user, Action.EDIT, Tree.load().path(row.id))
    return row


def top(user: User) -> None:
    """Raise NotAllowed unless this account may write outside of every category."""
    require(user, Action.EDIT, ())


def inside(user: User, category: str | None, action: Action = Action.EDIT) -> None:
    """Raise NotAllowed unless this account may do this in a category; None: outside of all."""
    require(user, action, Tree.load().path(category) if category else ())


def project_id(user: User) -> None:
    """Raise NotAllowed unless this account may choose Project IDs: they are told when taken."""
    if not may(user, Action.EDIT, ()):
        raise NotAllowed(
            "Only who may write everywhere chooses a Project ID.",
            next_step="Leave `PROJECT_ID` out to get a fresh one.",
        )
