"""Who stands in the audit record for a request or a command."""

from __future__ import annotations

import getpass

from django.http import HttpRequest

from tcsync.access.models import User
from tcsync.audit.recording import SYSTEM, Actor


def web_origin(request: HttpRequest | None) -> str:
    """Return from where a request comes: `web 10.0.0.1`."""
    return f"web {request.META.get('REMOTE_ADDR', '')}".rstrip() if request else "web"


def web_actor(request: HttpRequest) -> Actor:
    """Return the signed-in user of a request; the system where nobody is signed in."""
    return user_actor(request.user, web_origin(request))


def user_actor(user: object, origin: str) -> Actor:
    """Return an account as an actor: `origin` like `api 10.0.0.1`."""
    if not isinstance(user, User):
        return Actor("anonymous", origin=origin)
    return Actor(user.get_username(), user.pk, origin)


def command_actor() -> Actor:
    """Return the person of the operating system who runs a command."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in containers
        name = SYSTEM.name
    return Actor(name, origin="command")
