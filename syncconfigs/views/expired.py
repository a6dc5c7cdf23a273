"""What htmx is told when the session has ended: to open the sign-in, not to put it in the page."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse


class SessionEnded:
    """Middleware: a redirect to the sign-in would be followed by the browser, inside the page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        asked = request.headers.get("HX-Request") == "true"
        if not asked or not isinstance(response, HttpResponseRedirect):
            return response
        sign_in = reverse("sign-in")
        if urlsplit(response.url).path != sign_in:
            return response
        shown = _path_of(request.headers.get("HX-Current-URL", ""))
        return HttpResponse(headers={"HX-Redirect": f"{sign_in}?{urlencode({'next': shown})}"})


def _path_of(address: str) -> str:
    try:
        return urlsplit(address).path or "/"
    except ValueError:
        return "/"
