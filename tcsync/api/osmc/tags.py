"""Tags of commits. Who put one, and when, is not kept here."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase

from tcsync.access.models import User
from tcsync.api.osmc import answers, asked, place
from tcsync.api.osmc.answers import Absent
from tcsync.repository.models import Resource, Revision, Tag

Json = dict[str, Any]


def listed(request: HttpRequest, user: User, r: str, w: str = "") -> HttpResponseBase:
    """List the tags of a resource."""
    resource = place.resource(user, r, w)
    rows = list(Tag.objects.filter(resource=resource).order_by("number", "pk"))
    is_full = asked.flag(request, "includeBody")
    said = {
        "ldp:membershipResource": {"@id": "#it"},
        "@type": ["ldp:DirectContainer"],
        "ldp:contains": shown(resource, rows) if is_full else _references(rows),
        "ldp:hasMemberRelation": "kerml:tags",
        "@id": "",
        "@context": f"{place.base_of(request)}/schemas/tagContainer",
    }
    return answers.json(request, said)


def detail(request: HttpRequest, user: User, r: str, t: str, w: str = "") -> HttpResponseBase:
    """Return a tag."""
    resource = place.resource(user, r, w)
    return answers.json(request, shown(resource, [tag(resource, t)])[0])


def many(request: HttpRequest, user: User, r: str, w: str = "") -> HttpResponseBase:
    """Return tags by their ids, each with a status of its own."""
    resource = place.resource(user, r, w)
    here = {row.uid: row for row in Tag.objects.filter(resource=resource)}
    wanted = dict.fromkeys(asked.ids(request))
    bodies = {one["@id"]: one for one in shown(resource, [here[i] for i in wanted if i in here])}
    said = {
        id_: {"data": bodies[id_], "status": 200} if id_ in bodies else {"data": [], "status": 404}
        for id_ in wanted
    }
    return answers.json(request, said)


def tag(resource: Resource, uid: str) -> Tag:
    """Return a tag of a resource. Raises Absent."""
    row = Tag.objects.filter(resource=resource, uid=uid).first()
    if row is None:
        raise Absent
    return row


def shown(resource: Resource, rows: list[Tag]) -> list[Json]:
    """Return tags as Teamwork Cloud shows them."""
    numbers = {row.number for row in rows}
    found = Revision.objects.filter(resource=resource, number__in=numbers)
    branches = dict(found.values_list("number", "branch"))
    return [
        {
            "@type": ["kerml:Tag", "ldp:DirectContainer"],
            "@id": row.uid,
            "dcterms:title": row.name,
            "dcterms:description": row.description,
            "commitID": row.number,
            "branchID": branches.get(row.number, ""),
        }
        for row in rows
    ]


def _references(rows: list[Tag]) -> list[dict[str, str]]:
    return asked.references(row.uid for row in rows)
