"""The door to `/osmc/...`: who calls, which method, every error as JSON.

Basic, `Token` or the two session cookies let a client in. A call with credentials and without
cookies opens a session too (rest-api, section 2).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.utils import timezone
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from tcsync.access.logins import TooManyLogins, check_password
from tcsync.access.models import ApiToken, User
from tcsync.access.sessions import IDLE, find_session, open_session
from tcsync.access.tokens import valid_token
from tcsync.api.osmc import answers
from tcsync.errors import LoginRefused, NotAllowed, TcsyncError

USER_COOKIE = "twc-rest-current-user"
SESSION_COOKIE = "twc-rest-session-id"
COOKIE_PATH = "/osmc"
CHALLENGE = 'Basic realm="Teamwork Cloud", Token'
OVERRIDE = "X-HTTP-Method-Override"
_READING = ("GET", "HEAD", "OPTIONS")
_FOREIGN = ("cross-site", "same-site")

View = Callable[..., HttpResponseBase]


class Caller(NamedTuple):
    """Who calls. `fresh` is the id of the session whose cookies the answer must carry, if any."""

    user: User
    fresh: str = ""


def credentials(request: HttpRequest) -> tuple[User, ApiToken | None]:
    """Return whose name and password, or token, the request carries. Raises LoginRefused."""
    scheme, _, said = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "token":
        token = valid_token(said.strip())
        if token is not None:
            return token.user, token
    elif scheme.lower() == "basic":
        user = check_password(request, *_name_and_password(said))
        if user is not None:
            return user, None
    raise _refused()


def session_id(request: HttpRequest) -> str:
    """Return the id of the session that the request's cookies name, empty where there is none."""
    return request.COOKIES.get(SESSION_COOKIE, "")


def put_cookies(answer: HttpResponseBase, user: User, session: str) -> None:
    """Have the client keep a session: first the user, then the id, as clients read them."""
    expires = http_date((timezone.now() + IDLE).timestamp())
    # A header holds Latin-1 at most, a name all of Unicode.
    shown = quote(user.get_username(), safe="@+")
    for name, value in ((USER_COOKIE, shown), (SESSION_COOKIE, session)):
        answer.set_cookie(
            name,
            value,
            expires=expires,
            path=COOKIE_PATH,
            secure=bool(settings.SESSION_COOKIE_SECURE),
            httponly=True,
            # No foreign page can make a browser write with them.
            samesite="Strict",
        )


def drop_cookies(answer: HttpResponseBase) -> None:
    """Have the client forget its session."""
    for name in (USER_COOKIE, SESSION_COOKIE):
        answer.delete_cookie(name, path=COOKIE_PATH, samesite="Strict")


def door(**views: View) -> View:
    """Return the view of an address: `door(GET=view, POST=other)`, each `view(request, user, ...)`.

    HEAD goes with GET.
    """
    allowed = ", ".join([*views, "HEAD", "OPTIONS"] if "GET" in views else [*views, "OPTIONS"])

    def called(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        method = _method(request)
        view = views.get("GET" if method == "HEAD" else method)
        if method == "OPTIONS" or view is None:
            return _told(allowed, method)
        caller = _caller(request)
        answer = view(request, caller.user, *args, **kwargs)
        if caller.fresh:
            put_cookies(answer, caller.user, caller.fresh)
        return answer

    return open_door(called)


def open_door(view: View) -> View:
    """Answer what a view raises as JSON; for what lets everybody in, or looks for itself."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            _refuse_foreign_page(request)
            answer = view(request, *args, **kwargs)
        except TooManyLogins as error:
            answer = answers.refusal(error, HTTPStatus.TOO_MANY_REQUESTS)
            answer["Retry-After"] = str(error.seconds)
        except TcsyncError as error:
            answer = answers.refusal(error)
        except RequestDataTooBig:
            much = f"The body is longer than {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes."
            answer = answers.refusal(answers.TooLarge(much, next_step="Send less at once."))
        except UnreadablePostError:
            answer = answers.refusal(answers.Unreadable("The body broke off."))
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            answer["WWW-Authenticate"] = CHALLENGE
        answer["Cache-Control"] = "no-store"
        return _without_body(answer) if request.method == "HEAD" else answer

    return guarded


@open_door
def nothing(request: HttpRequest, *_args: object, **_named: object) -> HttpResponseBase:
    """Answer for an address that leads nowhere."""
    _caller(request)
    raise answers.Absent


def _refuse_foreign_page(request: HttpRequest) -> None:
    """Raise NotAllowed for what another site's page has a browser send.

    A browser adds the password that it remembers by itself. Programs send neither header.
    """
    if request.method in _READING:
        return
    origin = request.headers.get("Origin")
    is_foreign = request.headers.get("Sec-Fetch-Site", "") in _FOREIGN
    if is_foreign or (origin is not None and not _is_own(request, origin)):
        raise NotAllowed(
            "A page of another site may not write here.",
            next_step="Send the request from a program, or from a page of this node.",
        )


def _is_own(request: HttpRequest, origin: str) -> bool:
    """Tell whether an origin is this node; a proxy before it may have ended TLS."""
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        return urlsplit(origin).netloc.lower() == request.get_host().lower()
    except ValueError:
        return False


def _caller(request: HttpRequest) -> Caller:
    """Return who calls. Cookies come first: a password next to them need not be hashed."""
    cookie = session_id(request)
    found = find_session(cookie) if cookie else None
    has_credentials = "Authorization" in request.headers
    if found is not None and (not has_credentials or _is_same(request, found.user)):
        return Caller(found.user, cookie if found.is_noted else "")
    if not has_credentials:
        raise _refused()
    user, token = credentials(request)
    return Caller(user, open_session(user, token))


def _is_same(request: HttpRequest, user: User) -> bool:
    """Tell whether credentials beside a session's cookies are in the name of its account."""
    scheme, _, said = request.headers["Authorization"].partition(" ")
    if scheme.lower() == "basic":
        return User.normalize_username(_name_and_password(said)[0]) == user.get_username()
    token = valid_token(said.strip()) if scheme.lower() == "token" else None
    return token is not None and token.user == user


def _name_and_password(said: str) -> tuple[str, str]:
    try:
        raw = base64.b64decode(said.strip(), validate=True)
    except (binascii.Error, ValueError):
        return "", ""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        # What Python's and other older clients send (RFC 7617 leaves it open).
        text = raw.decode("latin-1")
    name, _, password = text.partition(":")
    return name, password


def _refused() -> LoginRefused:
    return LoginRefused(
        "Nobody is signed in.",
        next_step="Send user name and password as Basic, an API token as Token, or the cookies of"
        " /osmc/login.",
    )


def _method(request: HttpRequest) -> str:
    method = request.method or ""
    # Some Java clients cannot send a PATCH.
    return request.headers.get(OVERRIDE, method).upper() if method == "POST" else method


def _told(allowed: str, method: str) -> HttpResponse:
    if method == "OPTIONS":
        answer = answers.empty()
    else:
        step = "The header Allow lists the methods of this address."
        error = answers.Unreadable("This address knows no such method.", next_step=step)
        answer = answers.refusal(error, HTTPStatus.METHOD_NOT_ALLOWED)
    answer["Allow"] = allowed
    return answer


def _without_body(answer: HttpResponseBase) -> HttpResponseBase:
    bare = HttpResponse(status=answer.status_code, headers=dict(answer.items()))
    if not answer.streaming:
        bare["Content-Length"] = str(len(getattr(answer, "content", b"")))
    bare.cookies = answer.cookies
    answer.close()
    return bare
