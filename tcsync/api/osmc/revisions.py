"""Revisions and the difference of two of them."""

from __future__ import annotations

from typing import Any

import orjson
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase

from tcsync.access.models import User
from tcsync.api.osmc import answers, asked, place
from tcsync.repository.diffing import changed
from tcsync.repository.models import Branch, Resource, Revision, Tag
from tcsync.repository.states import History

ROWS_AT_ONCE = 500
NONE = -1
"""What stands for a revision that there is not."""
_KEYS = {"removed": "removed", "added": "added", "edited": "changed"}
"""What we call a change, and what Teamwork Cloud calls it."""


def listed(request: HttpRequest, user: User, r: str, w: str = "") -> HttpResponseBase:
    """List the revisions of a resource, newest first: numbers, or with what they are."""
    resource = place.resource(user, r, w)
    rows = _page(request, _matching(request, resource))
    if not asked.flag(request, "includeBody"):
        numbers = list(rows.values_list("number", flat=True))
        return answers.json(request, numbers, media=answers.JSON)
    texts = (orjson.dumps(_listed(row)) for row in rows.iterator(ROWS_AT_ONCE))
    return answers.streamed(request, answers.items(texts, b"[", b"]"), media=answers.JSON)


def detail(request: HttpRequest, user: User, n: int, **where: Any) -> HttpResponseBase:
    """Return one revision: in a list, as real servers do."""
    at = place.at(request, user, n=n, **where)
    return answers.json(request, [_alone(at)])


def difference(request: HttpRequest, user: User, r: str, w: str = "") -> HttpResponseBase:
    """Say which elements were added, changed and removed from one revision to another."""
    resource = place.resource(user, r, w)
    source, target = (
        place.revision(resource, asked.number(request, name)).number
        for name in ("source", "target")
    )
    found: dict[str, list[str]] = {key: [] for key in _KEYS.values()}
    for id_, operation in changed(History(resource.id), source, target):
        found[_KEYS[operation]].append(id_)
    is_empty = not any(found.values())
    return answers.json(request, {**found, "empty": is_empty}, media=answers.JSON)


def _matching(request: HttpRequest, resource: Resource) -> QuerySet[Revision]:
    rows = Revision.objects.filter(resource=resource).order_by("-number")
    said = request.GET.get("search", "")
    if not said:
        return rows
    branches = Branch.objects.filter(resource=resource, name__icontains=said)
    tags = Tag.objects.filter(resource=resource, name__icontains=said)
    wanted = Q(author__icontains=said) | Q(message__icontains=said)
    wanted |= Q(branch__in=branches.values("uid")) | Q(number__in=tags.values("number"))
    if said.isdecimal() and len(said) <= asked.MOST_DIGITS:
        wanted |= Q(number=int(said))
    return rows.filter(wanted)


def _page(request: HttpRequest, rows: QuerySet[Revision]) -> QuerySet[Revision]:
    size = asked.number(request, "items", 0)
    start = max(0, asked.number(request, "page", 1) - 1) * size
    return rows[start : start + size] if size and start < place.HIGHEST_NUMBER else rows


def _facts(row: Revision) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "commitType": row.commit_type,
        "createdDate": row.time,
        "author": row.author,
        "authorInfo": {"deleted": False, "name": row.author},
        "pickedRevision": row.picked[0] if row.picked else NONE,
        "description": row.message,
        "directParent": NONE if row.parent is None else row.parent,
        "dependencies": [],
        "rootObjectIDs": row.root_ids,
    }
    if row.merged:
        facts["mergedParent"] = row.merged[0]
    return facts


def _listed(row: Revision) -> dict[str, Any]:
    ids = {"branchID": row.branch, "resourceID": row.resource_id, "ID": row.number}
    return {**ids, **_facts(row)}


def _alone(at: place.Place) -> dict[str, Any]:
    """Return a revision by itself: its number is in the address only, ids are ways from there."""
    below = f"/branches/{at.branch}" if at.is_on_branch else ""
    return {
        **_facts(at.revision),
        "branchID": "../.." if at.is_on_branch else f"../../../branches/{at.revision.branch}",
        "resourceID": "../../../.." if at.is_on_branch else "../../..",
        "@base": f"{at.resource_address}{below}/revisions/{at.number}/elements",
        "@type": ["RDFSource", "kerml:Revision"],
        "@context": f"{at.base}/schemas/revision",
        "ID": "",
        "artifacts": "artifacts",
    }
