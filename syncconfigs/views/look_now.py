"""The address that a server calls when something changed there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from syncconfigs import look_now


@csrf_exempt
@require_POST
def look(_request: HttpRequest, key: str) -> HttpResponse:
    """Note that there may be news. Every key gets the same answer; the body is never read."""
    look_now.asked(key)
    return HttpResponse(status=204, headers={"Cache-Control": "no-store"})
