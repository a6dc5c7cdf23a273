"""Making a copy editable, and read-only again, on a page of its own with typed confirmation."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from syncconfigs import datamanager, usage
from syncconfigs.forms.flags import FlagForm
from syncconfigs.views.page import Told, forbidden, show
from syncconfigs.views.repository.about import path_of, resource_of
from tcsync.access.actors import web_actor
from tcsync.access.permissions import Action, require
from tcsync.repository import writing
from tcsync.repository.models import Resource
from tcsync.repository.reading import Tree


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def make_editable(request: HttpRequest, id_: str) -> HttpResponse:
    """Say what it means to take the read-only flag off, then take it off."""
    row = _resource(request, id_)
    if not row.read_only:
        raise Http404
    owners = datamanager.owners_of([row])
    form = FlagForm(request.POST or None, row, is_owned=bool(owners))
    if form.is_valid():
        with Told(request):
            datamanager.make_editable(
                web_actor(request),
                datamanager.Chosen((row,)),
                reason=form.cleaned_data["reason"],
                detach=form.cleaned_data.get("detach", False),
            )
            messages.success(request, _("%s is a local resource now.") % row.name)
            return redirect("resource-detail", row.id)
    named = [datamanager.named(web_actor(request), owner.config) for owner in owners]
    return _shown(request, row, form, {"owners": named})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def make_read_only(request: HttpRequest, id_: str) -> HttpResponse:
    """Put the read-only flag back on what nobody changed since it was taken off."""
    row = _resource(request, id_)
    if row.released_at is None:
        raise Http404
    form = FlagForm(request.POST or None, row)
    if form.is_valid():
        with Told(request):
            chosen, reason = datamanager.Chosen((row,)), form.cleaned_data["reason"]
            datamanager.make_read_only(web_actor(request), chosen, reason=reason)
            messages.success(request, _("%s is a read-only copy again.") % row.name)
            return redirect("resource-detail", row.id)
    return _shown(request, row, form, {"is_unchanged": writing.is_unchanged(row)})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def delete_copy(request: HttpRequest, id_: str) -> HttpResponse:
    """Say what goes with a copy, then mark it as deleted and take it out of its configuration."""
    row = _resource(request, id_)
    if not row.read_only or row.removed_at is not None:
        raise Http404
    form, owners = FlagForm(request.POST or None, row), datamanager.owners_of([row])
    if form.is_valid():
        with Told(request):
            chosen, reason = datamanager.Chosen((row,)), form.cleaned_data["reason"]
            datamanager.delete(web_actor(request), chosen, reason=reason, detach=True)
            messages.success(request, _("%s is marked as deleted.") % row.name)
            return redirect("resource-detail", row.id)
    would_miss = usage.local_users(request.user, [row])
    context = {
        "resource": row,
        "path": path_of(request, row.category_id),
        "form": form,
        "owners": [datamanager.named(web_actor(request), owner.config) for owner in owners],
        "users": {one.user.name for one in would_miss.seen},
        "hidden_users": would_miss.hidden,
    }
    return show(request, "repository/delete_copy.html", context)


def _resource(request: HttpRequest, id_: str) -> Resource:
    row = resource_of(request, id_)
    with forbidden():
        require(request.user, Action.SYNCHRONIZE, Tree.load().path(row.category_id))
    return row


def _shown(
    request: HttpRequest, row: Resource, form: FlagForm, more: dict[str, object]
) -> HttpResponse:
    path = path_of(request, row.category_id)
    context = {"resource": row, "path": path, "form": form, **more}
    return show(request, "repository/flag.html", context)
