"""Used projects: on the pages of resources and configurations, letting them come, raising."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from syncconfigs import configurations, usage, visible
from syncconfigs.forms.repository import RaiseForm
from syncconfigs.models import SyncConfig
from syncconfigs.views.page import Told, forbidden, page_of, show
from syncconfigs.views.repository.about import resource_of
from tcsync.access.actors import web_actor
from tcsync.errors import NotAllowed, TcsyncError


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def of_config(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a configuration follows uses, as the source tells it now; let it come along."""
    config = get_object_or_404(visible.configs(request.user), pk=pk)
    with forbidden():
        visible.require_synchronize(request.user, config)
    if request.method == "POST":
        with Told(request):
            made = configurations.include(web_actor(request), config)
            messages.success(request, _said(len(made)))
            return redirect("config-detail", config.pk)
    return show(request, "used/of_config.html", _looked(request, config))


def _said(count: int) -> str:
    if not count:
        return _("Used projects come along from now on. Nothing could come now.")
    text = ngettext(
        "%d used project comes along.",
        "%d used projects come along.",
        count,
    )
    return text % count


def _looked(request: HttpRequest, config: SyncConfig) -> dict[str, Any]:
    try:
        used = configurations.used_of(web_actor(request), config)
    except NotAllowed:
        raise
    except TcsyncError as error:
        return {"config": config, "error": error}
    return {"config": config, "used": used, "used_page": page_of(request, used.projects, "used")}


@require_POST
@login_required
def raise_version(request: HttpRequest, id_: str) -> HttpResponse:
    """Let a local resource use a newer revision of a project: one new revision."""
    row = resource_of(request, id_)
    form = RaiseForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Enter the number of a revision that is here."))
        return redirect("resource-detail", row.id)
    with Told(request):
        said = form.cleaned_data
        made = usage.raise_version(web_actor(request), row, said["key"], said["version"])
        messages.success(request, _("Revision %d uses the newer version.") % made)
    return redirect("resource-detail", row.id)
