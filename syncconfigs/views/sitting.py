"""Middleware for who is signed in: sessions end in time, administrators set up a second factor.

Programs have no session cookie and pass untouched.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from tcsync.access import second_factor, sittings
from tcsync.access.models import User

WITHOUT_SECOND_FACTOR = frozenset(
    {"account-second-factor", "account", "account-password", "sign-out", "sign-in", "healthz"}
)
"""What somebody may open who has to set up a second factor first."""


class SessionLimits:
    """Ends a session that was idle, or is too old."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look before the page is made, and note afterwards that somebody uses the session."""
        if not _has_session(request):
            return self._get_response(request)
        if request.user.is_authenticated and (why := sittings.over(request)):
            sittings.end(request, why)
            request.user = AnonymousUser()
        response = self._get_response(request)
        if request.user.is_authenticated and not _is_polled(request):
            sittings.note(request)
        return response


class SecondFactorAsked:
    """Leads whoever needs a second factor and has none to the page where it is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on."""
        return self._get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponseBase | None:
        """Redirect, once it is known which page is asked for."""
        if not settings.TCSYNC_ADMINISTRATORS_NEED_TOTP or not _has_session(request):
            return None
        name = request.resolver_match.url_name if request.resolver_match else None
        user = request.user
        if name in WITHOUT_SECOND_FACTOR or not isinstance(user, User):
            return None
        if not second_factor.is_due(user):
            return None
        return HttpResponseRedirect(reverse("account-second-factor"))


def _has_session(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def _is_polled(request: HttpRequest) -> bool:
    """Tell whether a page asked by itself: that is nobody who uses the session."""
    name = request.resolver_match.url_name if request.resolver_match else None
    asks_itself = name == "run-progress" or "live" in request.GET
    return asks_itself and request.headers.get("HX-Request") == "true"
