"""The OpenAPI document, the page that shows it, and one to try it out."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from syncconfigs.api.auth import SessionOrToken
from syncconfigs.api.reference import Reference


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI document: the same for everybody, so made once."""
    return dict(SchemaGenerator().get_schema(request=None, public=True))


class Schema(APIView):
    """The document, for programs; a token or a session of the portal."""

    authentication_classes = (SessionOrToken,)
    schema = None
    http_method_names = ["get", "head"]  # noqa: RUF012

    def get(self, _request: Request) -> Response:
        """Send it."""
        return Response(document(), content_type="application/vnd.oai.openapi+json")


@require_safe
@login_required
def page(request: HttpRequest) -> HttpResponse:
    """Show the document to people."""
    context = {"areas": _reference().areas, "node_name": settings.TCSYNC_NODE_NAME}
    return render(request, "api/docs.html", context)


@cache
def _reference() -> Reference:
    return Reference(document())


@require_safe
@login_required
def try_out(request: HttpRequest) -> HttpResponse:
    """Let people send requests, with a token that they type."""
    context = {"is_try": True, "node_name": settings.TCSYNC_NODE_NAME}
    return render(request, "api/try.html", context)
