"""Categories, which this API calls workspaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from tcsync.access.models import User
from tcsync.api.osmc import answers, asked, place, resources
from tcsync.repository.models import Category

Json = dict[str, Any]


def listed(request: HttpRequest, user: User) -> HttpResponseBase:
    """List all categories that may be read, those in others too."""
    rows = _readable(user)
    base = place.base_of(request)
    if asked.flag(request, "includeBody"):
        inside = _inside(rows)
        contains: list[Any] = [_pair(base, row, inside) for row in rows.values()]
    else:
        contains = asked.references(rows)
    said = {
        "@id": "",
        "@type": ["ldp:DirectContainer"],
        "@context": f"{base}/schemas/workspacesContainer",
        "ldp:membershipResource": {"@id": "#it"},
        "ldp:hasMemberRelation": "kerml:workspaces",
        "ldp:contains": contains,
    }
    return answers.json(request, said)


def many(request: HttpRequest, user: User) -> HttpResponseBase:
    """Return categories by their ids, each with a status of its own."""
    rows, base = _readable(user), place.base_of(request)
    inside = _inside(rows)
    said = {
        id_: {"data": _pair(base, rows[id_], inside), "status": 200}
        if id_ in rows
        else {"data": [], "status": 404}
        for id_ in dict.fromkeys(asked.ids(request))
    }
    return answers.json(request, said)


def to_resources(request: HttpRequest, user: User, w: str) -> HttpResponseBase:
    """Lead from a category to what is in it."""
    place.category(user, w)
    return answers.moved(request, f"workspaces/{w}/resources")


def detail(request: HttpRequest, user: User, w: str) -> HttpResponseBase:
    """Return a category with its resources."""
    row = place.category(user, w)
    inside = resources.wanted(request, user, w)
    base = place.base_of(request)
    references = asked.references(resource.id for resource in inside)
    is_full = asked.flag(request, "includeBody")
    bodies = [resources.shown(base, resource) for resource in inside] if is_full else references
    container, shown = pair(request, user, row)
    container["ldp:contains"] = references
    shown["kerml:resources"] = bodies
    return answers.json(request, [container, shown])


def pair(request: HttpRequest, user: User, row: Category) -> list[Json]:
    """Return a category as a pair."""
    return _pair(place.base_of(request), row, _inside(_readable(user)))


def _readable(user: User) -> dict[str, Category]:
    allowed = place.categories(user)
    rows = Category.objects.order_by("name", "id")
    return {row.id: row for row in rows if allowed is None or row.id in allowed}


def _inside(readable: Mapping[str, Category]) -> dict[str, list[str]]:
    """Return which categories lie in each of those that may be read."""
    inside: dict[str, list[str]] = {id_: [] for id_ in readable}
    for id_, row in readable.items():
        if row.parent_id in inside:
            inside[row.parent_id].append(id_)
    return inside


def _pair(base: str, row: Category, inside: Mapping[str, list[str]]) -> list[Json]:
    # A client climbs to the top by this; above what it may read is nothing for it.
    parent = row.parent_id if row.parent_id in inside else ""
    return [
        {
            "ldp:membershipResource": {"@id": f"#{row.id}"},
            "@type": ["ldp:DirectContainer", "kerml:Workspace"],
            "ldp:hasMemberRelation": "kerml:resources",
            "@id": row.id,
            "@context": f"{base}/schemas/workspaceContainer",
        },
        {
            "@base": f"{base}/workspaces/{row.id}",
            "@type": ["kerml:Workspace"],
            "@id": f"#{row.id}",
            "@context": f"{base}/schemas/workspace",
            "ID": row.id,
            "dcterms:title": row.name,
            "dcterms:description": "",
            "kerml:parentID": parent,
            "kerml:categories": asked.references(inside[row.id]),
        },
    ]
