"""Browsers in which somebody has signed in: they keep a lane of their own when others guess.

The cookie is signed, names no account, and lets nobody in; it only says "not a stranger" for the
name with which it was got ("device cookies", OWASP).
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from tcsync.access.limits import key

KNOWN_SECONDS = 180 * 24 * 3600
_SALT = "tcsync.access.devices"


def device_of(request: HttpRequest | None, name: str) -> str:
    """Return the id of the browser if somebody has signed in there by this name; else empty."""
    cookie = request.COOKIES.get(settings.TCSYNC_DEVICE_COOKIE, "") if request else ""
    try:
        said = signing.loads(cookie, salt=_SALT, max_age=KNOWN_SECONDS)
    except signing.BadSignature:
        return ""
    is_of_name = isinstance(said, list) and said[0] == _mark(name)
    return str(said[1]) if is_of_name else ""


def put_device(request: HttpRequest, answer: HttpResponseBase, name: str) -> None:
    """Have the browser keep that somebody has signed in there by this name."""
    id_ = device_of(request, name) or secrets.token_urlsafe(16)
    answer.set_cookie(
        settings.TCSYNC_DEVICE_COOKIE,
        signing.dumps([_mark(name), id_], salt=_SALT),
        max_age=KNOWN_SECONDS,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )


def _mark(name: str) -> str:
    return key("device", name)[:32]
