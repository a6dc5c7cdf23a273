"""Login and logout, and what answers before anybody is known."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from tcsync.access.logins import check_password
from tcsync.access.models import User
from tcsync.access.sessions import end_session, find_session, open_session
from tcsync.api.osmc import answers
from tcsync.api.osmc.door import (
    credentials,
    door,
    drop_cookies,
    open_door,
    put_cookies,
    session_id,
)
from tcsync.errors import LoginRefused


@open_door
def login(request: HttpRequest) -> HttpResponseBase:
    """Open a session; name and password may also come as form fields or in the query."""
    if request.method not in ("GET", "HEAD", "POST"):
        return door(GET=login, POST=login)(request)
    user, session = _session(request)
    answer = answers.empty()
    put_cookies(answer, user, session)
    return answer


@open_door
def logout(request: HttpRequest) -> HttpResponseBase:
    """End the session of the cookies."""
    if request.method not in ("GET", "HEAD", "POST"):
        return door(GET=logout, POST=logout)(request)
    session = session_id(request)
    if not session or find_session(session) is None:
        credentials(request)
    end_session(session)
    answer = answers.empty()
    drop_cookies(answer)
    return answer


def _session(request: HttpRequest) -> tuple[User, str]:
    """Return who signs in and the id of the session. Raises LoginRefused."""
    said = {**request.GET.dict(), **request.POST.dict()}
    if request.method == "POST" and "username" in said:
        user = check_password(request, str(said["username"]), str(said.get("password", "")))
        if user is None:
            raise LoginRefused("User name or password is wrong.")
        return user, open_session(user)
    found = find_session(session_id(request)) if "Authorization" not in request.headers else None
    if found is not None:
        return found.user, session_id(request)
    user, token = credentials(request)
    return user, open_session(user, token)
