"""Categories: the tree that opens by branch, one of them, finding by name or id."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from syncconfigs import visible
from syncconfigs.forms.repository import PartAsked, PlaceSearch
from syncconfigs.views.outline import TOP, Branch, Places, held_of
from syncconfigs.views.page import page_of, show
from syncconfigs.views.repository.about import path_of
from tcsync.domain import Category as CategoryValue

SMALL = 80
"""Entries of a tree that is shown with all of its branches open."""


class _Seen:
    """What somebody may see: asked for once, because it takes the whole tree to find out."""

    def __init__(self, request: HttpRequest) -> None:
        self.rows = visible.category_rows(request.user)
        self.resources = visible.resources(request.user).filter(removed_at=None)
        values = self.rows.values_list("id", "name", "parent_id")
        self.places = Places((CategoryValue(*row) for row in values), held_of(self.resources))


@require_safe
@login_required
def tree(request: HttpRequest) -> HttpResponse:
    """Show the category tree as far as `open` says, or what a search finds."""
    seen, form = _Seen(request), PlaceSearch(request.GET)
    places = seen.places
    context: dict[str, Any] = {
        "form": form,
        "count": len(places.categories),
        "resources": sum(places.held.values()),
    }
    offset = PartAsked(request.GET).said("offset") or 0
    if offset and request.htmx:  # type: ignore[attr-defined]
        found = places.branch(TOP, offset, seen.resources)
        return render(request, "repository/_branch.html", {"branch": found, "is_part": True})
    if form.is_narrowing:
        context |= _found(request, seen, form)
    else:
        context["branch"] = _open(request, seen, offset)
    return show(request, "repository/tree.html", context)


def _found(request: HttpRequest, seen: _Seen, form: PlaceSearch) -> dict[str, Any]:
    places = seen.places
    below = page_of(request, form.categories(seen.rows).order_by("name", "id"), "categories")
    page = page_of(request, form.rows(seen.resources).order_by("name", "id"))
    return {
        "below": below,
        "found_categories": [(row, places.names(row.id)[:-1]) for row in below],
        "page": page,
        "found_resources": [(row, places.names(row.category_id)) for row in page],
    }


def _open(request: HttpRequest, seen: _Seen, offset: int) -> Branch:
    """Return the tree as it is drawn at first: a small one whole, else one path of it."""
    places, resources = seen.places, seen.resources
    wanted = request.GET.get("open", "")
    if wanted not in places.categories:
        if places.size <= SMALL:
            return places.whole(resources.order_by("name", "id"))
        roots = places.below(TOP)
        if len(roots) > 1:
            return places.branch(TOP, offset, resources)
        wanted = roots[0].id
    return places.opened(places.path(wanted), resources)


@require_safe
@login_required
def branch(request: HttpRequest, id_: str) -> HttpResponse:
    """Show a part of what lies in a category, as entries to be put into its branch of the tree."""
    seen = _Seen(request)
    if id_ not in seen.places.categories:
        raise Http404
    offset = PartAsked(request.GET).said("offset") or 0
    found = seen.places.branch(id_, offset, seen.resources)
    return render(request, "repository/_branch.html", {"branch": found, "is_part": bool(offset)})


@require_safe
@login_required
def category(request: HttpRequest, id_: str) -> HttpResponse:
    """Show the categories and resources in a category."""
    form, seen = PlaceSearch(request.GET), _Seen(request)
    row = get_object_or_404(seen.rows, id=id_)
    held = seen.resources.filter(category=row)
    context = {
        "category": row,
        "form": form,
        "path": path_of(request, row.id)[:-1],
        "below": page_of(request, seen.places.twigs(row.id), "below"),
        "total": seen.places.totals.get(row.id, 0),
        "page": page_of(request, form.narrowed(held).order_by("name", "id")),
    }
    return show(request, "repository/category.html", context)
