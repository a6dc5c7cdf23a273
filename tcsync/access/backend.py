"""Name and password, for every way of signing in: counted first, then hashed once."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from tcsync.access.guessing import attempt
from tcsync.access.models import User


class CountedBackend(ModelBackend):
    """Django's backend behind the limits. It hashes once for each name, whether it exists or not.

    That is Django's own: `ModelBackend` hashes for an unknown name too, and `check_password` for
    an account that has no password.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Return the account, None where name or password is wrong. Raises TooManyLogins."""
        if username is None or password is None:
            return None
        tried = attempt(request, User.normalize_username(username))
        found = super().authenticate(request, username, password, **kwargs)
        if not isinstance(found, User):
            return None
        tried.succeeded()
        return found

    async def aauthenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Do the same: Django's own would go past the limits."""
        return await sync_to_async(self.authenticate)(request, username, password, **kwargs)
