"""Branches as pairs. What Teamwork Cloud keeps with a branch is read off its first revision."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase

from tcsync.access.models import User
from tcsync.api.osmc import answers, asked, place
from tcsync.repository.models import Branch, Resource, Revision

Json = dict[str, Any]
ITSELF = "#it"


def listed(request: HttpRequest, user: User, r: str, w: str = "") -> HttpResponseBase:
    """List the branches of a resource. Those that were deleted here are archived: not listed."""
    resource = place.resource(user, r, w)
    found = Branch.objects.filter(resource=resource, archived=False).order_by("pk")
    # The trunk is the oldest at Teamwork Cloud, whatever the order that a copy came in.
    rows = sorted(found, key=lambda row: row.uid != resource.trunk)
    if asked.flag(request, "includeBody"):
        base, firsts = place.base_of(request), _firsts(resource)
        contains: list[Any] = [_inner_pair(base, row, firsts.get(row.uid)) for row in rows]
    else:
        contains = asked.references(row.uid for row in rows)
    container = {
        "ldp:membershipResource": {"@id": ITSELF},
        "@type": ["ldp:DirectContainer"],
        "ldp:contains": contains,
        "ldp:hasMemberRelation": "kerml:branches",
        "@id": "",
        "@context": f"{place.base_of(request)}/schemas/branchesContainer",
    }
    return answers.json(request, container)


def detail(request: HttpRequest, user: User, r: str, b: str, w: str = "") -> HttpResponseBase:
    """Return a branch with its revisions, those that it began with included."""
    resource = place.resource(user, r, w)
    return answers.json(request, pair(request, resource, place.branch(resource, b)))


def to_branch(request: HttpRequest, user: User, r: str, b: str, w: str = "") -> HttpResponseBase:
    """Lead from the revisions of a branch to the branch, which lists them."""
    resource = place.resource(user, r, w)
    place.branch(resource, b)
    within = f"workspaces/{w}/" if w else ""
    return answers.moved(request, f"{within}resources/{r}/branches/{b}")


def pair(request: HttpRequest, resource: Resource, row: Branch) -> list[Json]:
    """Return a branch as a pair."""
    numbers = place.numbers_on(resource, row)
    base = place.base_of(request)
    first = _firsts(resource).get(row.uid)
    return [
        {
            "ldp:membershipResource": {"@id": ITSELF},
            "@type": ["ldp:DirectContainer", "kerml:Branch"],
            "ldp:contains": numbers,
            "ldp:hasMemberRelation": "kerml:revisions",
            "@id": "",
            "@context": f"{base}/schemas/branchContainer",
        },
        {
            **_branch(base, row, first),
            "kerml:revisions": numbers,
            "@id": {"@id": ITSELF},
        },
    ]


def _inner_pair(base: str, row: Branch, first: Revision | None) -> list[Json]:
    """Return a branch as it stands in a list: without its revisions."""
    return [
        {
            "ldp:membershipResource": {"@id": f"#{row.uid}"},
            "@type": ["ldp:DirectContainer", "kerml:Branch"],
            "ldp:hasMemberRelation": "kerml:revisions",
            "@id": row.uid,
            "@context": f"{base}/schemas/branchContainer",
        },
        {**_branch(base, row, first), "@id": f"#{row.uid}"},
    ]


def _branch(base: str, row: Branch, first: Revision | None) -> Json:
    said: Json = {
        "resourceID": row.resource_id,
        "createdDate": first.time if first else 0,
        "startRevision": row.start or (first.number if first else 0),
        "author": first.author if first else "",
        "@type": ["kerml:Branch"],
        "authorInfo": {"deleted": False, "name": first.author if first else ""},
        "dcterms:title": row.name,
        "ID": row.uid,
        "latestRevision": place.head_of(row) or 0,
        "@context": f"{base}/schemas/branch",
    }
    if row.start and first:
        said["dcterms:description"] = first.message
    if row.archived:
        said["removed"] = True
    return said


def _firsts(resource: Resource) -> dict[str, Revision]:
    """Return the revision that each branch was made with, else the one that it was made from."""
    found: dict[str, Revision] = {}
    for row in Branch.objects.filter(resource=resource):
        own = Revision.objects.filter(resource=resource, branch=row.uid).order_by("number")
        start = Revision.objects.filter(resource=resource, number=row.start or 0)
        facts = ("number", "time", "author", "message")
        first = own.only(*facts).first() or start.only(*facts).first()
        if first is not None:
            found[row.uid] = first
    return found
