"""Refuses addresses with a NUL before any view sees them: no text of ours holds one.

PostgreSQL cannot even compare with it, and each view would have to look for itself.
"""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase

from tcsync.api.auth import problem
from tcsync.errors import TcsyncError

NUL = "\0"
ENCODED = "%00"
PROGRAMS = ("/api/", "/osmc/")
"""Where programs call: they are answered in JSON."""


class AddressUnreadable(TcsyncError):
    """The address of a request is not one of ours."""

    code = "bad_request"


class NulRefused:
    """Middleware. Bodies are left to forms and decoders, which name the field."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        query = request.META.get("QUERY_STRING", "")
        if NUL not in request.path_info and ENCODED not in query and NUL not in query:
            return self._get_response(request)
        if request.path_info.startswith(PROGRAMS):
            error = AddressUnreadable("The address contains a NUL.", next_step="Leave it out.")
            return problem(error, 400)
        raise BadRequest("The address contains a NUL.")
