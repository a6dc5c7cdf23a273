"""The repository to look into: categories, resources, revisions. Nothing is changed here."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from syncconfigs.models import Claim, Exclusion
from syncconfigs.views import history, visible
from syncconfigs.views.outline import outline
from syncconfigs.views.page import page_of, show
from tcsync.domain import Category as CategoryValue
from tcsync.errors import ContentError, StorageFull
from tcsync.repository.models import Category, Resource, Revision
from tcsync.repository.reading import Tree
from tcsync.repository.states import History

ARTIFACTS_SHOWN = 500


@require_safe
@login_required
def tree(request: HttpRequest) -> HttpResponse:
    """Show the category tree, as far as this person may read it."""
    found = visible.resources(request.user).filter(removed_at=None).order_by()
    held = dict(found.values_list("category").annotate(n=Count("pk")).values_list("category", "n"))
    rows = visible.category_rows(request.user).values_list("id", "name", "parent_id")
    categories = [CategoryValue(*row) for row in rows]
    roots = outline(categories, held, size=int)
    context = {"roots": roots, "count": len(categories), "resources": sum(held.values())}
    return show(request, "repository/tree.html", context)


@require_safe
@login_required
def category(request: HttpRequest, id_: str) -> HttpResponse:
    """Show the categories and resources in a category."""
    row = get_object_or_404(visible.category_rows(request.user), id=id_)
    below = visible.category_rows(request.user).filter(parent=row).order_by("name", "id")
    resources = visible.resources(request.user).filter(category=row, removed_at=None)
    context = {
        "category": row,
        "path": path_of(request, row.id)[:-1],
        "below": page_of(request, below, "below"),
        "page": page_of(request, resources.order_by("name", "id")),
    }
    return show(request, "repository/category.html", context)


def path_of(request: HttpRequest, category_id: str) -> list[Category]:
    """Return the categories from the top down to this one that this person may read."""
    path = Tree.load().path(category_id)
    found = visible.category_rows(request.user).in_bulk(path)
    return [found[id_] for id_ in path if id_ in found]


@require_safe
@login_required
def resource(request: HttpRequest, id_: str) -> HttpResponse:
    """Show a resource: what it is a copy of, its branches, tags and revisions."""
    row = get_object_or_404(visible.resources(request.user), id=id_)
    names = dict(row.branches.values_list("uid", "name"))
    page = page_of(request, row.revisions.order_by("-number"))
    context = {
        **_about(request, row),
        "branches": page_of(request, row.branches.order_by("name", "uid"), "branches"),
        "tags": page_of(request, row.tags.order_by("-number", "name"), "tags"),
        "page": page,
        "revisions": [history.RevisionRow.of(revision, names) for revision in page],
    }
    return show(request, "repository/resource.html", context)


def _about(request: HttpRequest, row: Resource) -> dict[str, Any]:
    """Return what the banner of a resource says."""
    claim = Claim.objects.filter(resource=row.id).first()
    followed = None
    if claim is not None:
        followed = visible.configs(request.user).filter(pk=claim.config_id).first()
    return {
        "resource": row,
        "path": path_of(request, row.category_id),
        "hops": history.hops_of(row),
        "claim": claim,
        "config": followed,
        "exclusion": Exclusion.objects.filter(resource=row.id).first(),
        "trunk": row.branches.filter(uid=row.trunk).first(),
    }


@require_safe
@login_required
def revision(request: HttpRequest, id_: str, number: int) -> HttpResponse:
    """Show a revision: who, when, why, how much changed, and its artifacts."""
    row = get_object_or_404(visible.resources(request.user), id=id_)
    found = get_object_or_404(Revision, resource=row, number=number)
    names = dict(row.branches.values_list("uid", "name"))
    context = {
        **_about(request, row),
        "revision": history.RevisionRow.of(found, names),
        "tags": row.tags.filter(number=number).order_by("name"),
        "children": row.revisions.filter(parent=number).order_by("number")[:20],
        **_artifacts(row, found),
    }
    return show(request, "repository/revision.html", context)


def _artifacts(row: Resource, revision: Revision) -> dict[str, Any]:
    """Return the artifact manifest, or the sentence that says why it cannot be read."""
    # Reading a manifest opens every pack down to the root: not for resources without artifacts.
    if not row.revisions.filter(artifacts_changed__gt=0).exists():
        return {"artifacts": (), "artifacts_count": 0}
    try:
        refs = History(row.id).artifacts(revision.number)
    except (ContentError, StorageFull) as error:
        return {"artifacts": (), "artifacts_error": str(error)}
    ordered = sorted(refs, key=lambda ref: (ref.name.casefold(), ref.id))
    return {"artifacts": ordered[:ARTIFACTS_SHOWN], "artifacts_count": len(refs)}
