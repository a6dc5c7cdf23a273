"""Exclusions: which copies no configuration brings back, and letting one come again."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from syncconfigs import configurations as use_cases
from syncconfigs import visible
from syncconfigs.views.page import Told, page_of, show
from tcsync.access.actors import web_actor


@require_safe
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """List the exclusions that this person may see, the newest first."""
    return show(
        request,
        "configs/exclusions.html",
        {"page": page_of(request, visible.exclusions(request.user))},
    )


@require_POST
@login_required
def take_back(request: HttpRequest, resource: str) -> HttpResponse:
    """Let a copy come again."""
    found = get_object_or_404(visible.exclusions(request.user), pk=resource)
    with Told(request):
        use_cases.take_back(web_actor(request), found)
        messages.success(request, _("%s comes again with the next run that selects it.") % found)
    return redirect("config-exclusions")
