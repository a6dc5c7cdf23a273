"""User name and password that come with a request: checked, slowed down, not hashed twice.

Hashing a password costs 0.4 s of CPU on purpose. Programs send it with each call, so this process
remembers for a while which ones were right; guessing is stopped before anything is hashed.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict

from django.contrib.auth import authenticate, user_logged_in
from django.http import HttpRequest

from tcsync.access import guessing, second_factor
from tcsync.access.guessing import TooManyLogins
from tcsync.access.models import User
from tcsync.errors import LoginRefused

__all__ = ["LONGEST_PASSWORD", "TooManyLogins", "check_own_password", "check_password"]
LONGEST_PASSWORD = 4096
REMEMBERED_SECONDS = 15 * 60
REMEMBERED_AT_MOST = 1_000
_NOBODY = User(pk=0)


class Remembered:
    """Which passwords were right here, under a key that this process alone has."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, tuple[str, float]] = OrderedDict()
        self._lock = threading.Lock()

    def knows(self, user: User, password: str) -> bool:
        """Tell whether this was the account's password a while ago, and still is."""
        with self._lock:
            stored, until = self._known.get(self._mark(user, password), ("", 0.0))
        return stored == user.get_session_auth_hash() and time.monotonic() < until

    def add(self, user: User, password: str) -> None:
        """Remember a password that was right."""
        until = time.monotonic() + REMEMBERED_SECONDS
        with self._lock:
            self._known[self._mark(user, password)] = (user.get_session_auth_hash(), until)
            while len(self._known) > REMEMBERED_AT_MOST:
                self._known.popitem(last=False)

    def _mark(self, user: User, password: str) -> bytes:
        said = f"{user.pk}:{password}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, said, hashlib.sha256)


_remembered = Remembered()


def check_password(request: HttpRequest, name: str, password: str) -> User | None:
    """Return the account with this name and password, None where there is none.

    A password that was not seen lately is a sign-in: recorded, right or wrong. Raises
    TooManyLogins, and LoginRefused where the account has a second factor.
    """
    name = User.normalize_username(name)
    if "\0" in name or len(password) > LONGEST_PASSWORD:
        return None
    user = User.objects.filter(username=name, is_active=True).first()
    # The same work for a name that does not exist.
    if _remembered.knows(user or _NOBODY, password) and user and not second_factor.is_due(user):
        return user
    found = authenticate(request, username=name, password=password)
    if not isinstance(found, User):
        return None
    _refuse_half(request, found)
    _remembered.add(found, password)
    user_logged_in.send(sender=User, request=request, user=found)
    return found


def _refuse_half(request: HttpRequest, user: User) -> None:
    """Raise LoginRefused where a password is only half of what is asked for."""
    if second_factor.is_on(user) or second_factor.is_due(user):
        # It counts as wrong: a program that does not listen must not cost a hash with each call.
        guessing.attempt(request, user.get_username())
        raise LoginRefused(
            "A password alone is not enough for this account: it has, or needs, a second factor.",
            next_step="Use an API token, which this person makes on the page of the account.",
        )


def check_own_password(request: HttpRequest, user: User, password: str) -> bool:
    """Tell whether somebody who is signed in gives the right password. Raises TooManyLogins."""
    if len(password) > LONGEST_PASSWORD:
        return False
    tried = guessing.attempt_again(request, user.get_username(), user.pk)
    is_right = user.check_password(password)
    if is_right:
        tried.succeeded()
    return is_right
