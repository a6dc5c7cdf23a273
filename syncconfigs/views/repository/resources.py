"""One resource with its branches, tags and revisions; new name and place of local ones."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from syncconfigs import places, usage, visible
from syncconfigs.forms.repository import ChangeForm, RevisionFilter
from syncconfigs.views.history import RevisionRow
from syncconfigs.views.page import Told, forbidden, page_of, show
from syncconfigs.views.repository.about import banner, may_edit, path_of, resource_of, used_at
from syncconfigs.views.repository.graph import graph_of
from tcsync.access.actors import web_actor
from tcsync.access.permissions import Action, require
from tcsync.repository.models import Resource, Revision
from tcsync.repository.reading import Tree


@require_safe
@login_required
def resource(request: HttpRequest, id_: str) -> HttpResponse:
    """Show a resource: what it is a copy of, its branches, tags and revisions."""
    row = resource_of(request, id_)
    form = RevisionFilter(request.GET, row.branches.all())
    page = page_of(request, form.rows(row.revisions.order_by("-number")))
    rows = _rows(row, list(page))
    context = {
        "resource": row,
        "path": path_of(request, row.category_id),
        **banner(request, row),
        "form": form,
        "page": page,
        "revisions": rows,
        "graph": graph_of(rows) if len(rows) > 1 else None,
        "branches": page_of(request, row.branches.order_by("name", "uid"), "branches"),
        "tags": page_of(request, row.tags.order_by("-number", "name"), "tags"),
        "trunk": row.branches.filter(uid=row.trunk).first(),
        "head": row.revisions.filter(number=row.head_number).first(),
        **_used(request, row),
    }
    return show(request, "repository/resource.html", context)


def _used(request: HttpRequest, row: Resource) -> dict[str, Any]:
    """Return what the newest revision of the trunk uses, what of it is missing, and who uses it."""
    at = usage.at_trunk(row)
    shown = used_at(request, at) if at is not None else {"uses": ()}
    return {
        **shown,
        "uses_at": at,
        "has_lacking": any(one.row is None and one.use.key for one in shown["uses"]),
        "may_raise": may_edit(request, row),
        "users_page": page_of(request, usage.users_of(request.user, row), "users"),
    }


def _rows(row: Resource, revisions: list[Revision]) -> list[RevisionRow]:
    """Return revisions with the names of their branches and tags."""
    names = dict(row.branches.values_list("uid", "name"))
    tags: dict[int, list[str]] = {}
    found = row.tags.filter(number__in=[revision.number for revision in revisions])
    for number, name in found.order_by("name").values_list("number", "name"):
        tags.setdefault(number, []).append(name)
    return [RevisionRow.of(one, names, tags.get(one.number, ())) for one in revisions]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change(request: HttpRequest, id_: str) -> HttpResponse:
    """Rename a local resource and move it to another category."""
    row = resource_of(request, id_)
    _require_edit(request, row)
    sent = request.POST if request.method == "POST" else None
    form = ChangeForm(sent, row, _offered(request))
    if form.is_valid() and _changed(request, row, form.cleaned_data):
        return redirect("resource-detail", row.id)
    context = {"resource": row, "path": path_of(request, row.category_id), "form": form}
    return show(request, "repository/change.html", context)


def _require_edit(request: HttpRequest, row: Resource) -> None:
    """Raise PermissionDenied for what is not local, and for who may not edit here."""
    with forbidden():
        require(request.user, Action.EDIT, Tree.load().path(row.category_id))
    if row.read_only or row.removed_at is not None:
        raise PermissionDenied(_("A copy has the name that it has at its source."))


def _offered(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the categories that one may edit, each with its path of names."""
    allowed = visible.categories(request.user, Action.EDIT)
    ids = Tree.load().categories if allowed is None else allowed
    named = visible.names(request.user, *ids)
    paths = ((id_, " / ".join(names)) for id_, names in named.items())
    return sorted(paths, key=lambda choice: choice[1].casefold())


def _changed(request: HttpRequest, row: Resource, wanted: dict[str, Any]) -> bool:
    """Do what differs from now; return False after telling why it was refused."""
    actor = web_actor(request)
    with Told(request):
        if wanted["name"] != row.name:
            places.rename_resource(actor, row, wanted["name"])
        if wanted["category"] != row.category_id:
            places.move_resource(actor, row, wanted["category"])
        messages.success(request, _("Saved."))
        return True
    return False
