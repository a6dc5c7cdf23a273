"""Resources: Teamwork Cloud's projects."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from tcsync.access.models import User
from tcsync.api.osmc import answers, asked, place
from tcsync.repository.models import Resource

MODEL_SUFFIX = ".MASTER"
SUFFIXES = (MODEL_SUFFIX, ".CC")
"""What a title has behind the name of the project: of a model, of a Collaborator document.

Names are stored without the first one, and clients look for it (rest-api, section 6)."""


def listed(request: HttpRequest, user: User) -> HttpResponseBase:
    """List all resources: their ids, or with what they are."""
    rows = wanted(request, user)
    if asked.flag(request, "includeBody"):
        base = place.base_of(request)
        return answers.json(request, [shown(base, row) for row in rows])
    return answers.json(request, [row.id for row in rows])


def detail(request: HttpRequest, user: User, r: str, w: str = "") -> HttpResponseBase:
    """Return a resource; one marked as deleted only to who asks for those."""
    removed = asked.flag(request, "includeRemovedResource")
    row = place.resource(user, r, w, removed=removed)
    return answers.json(request, shown(place.base_of(request), row))


def wanted(request: HttpRequest, user: User, category: str = "") -> list[Resource]:
    """Return the resources that a list is asked for.

    `modifiedDate` picks what changed after these epoch seconds.
    """
    rows = place.resources(user, category, removed=asked.flag(request, "includeRemovedResource"))
    if "modifiedDate" in request.GET:
        seconds = min(asked.number(request, "modifiedDate"), _LATEST)
        rows = rows.filter(modified__gt=datetime.fromtimestamp(seconds, UTC))
    return list(rows)


_LATEST = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp())


def shown(base: str, row: Resource) -> dict[str, Any]:
    """Return a resource as Teamwork Cloud shows it."""
    return {
        "@base": place.resource_address(base, row),
        "@type": "kerml:Resource",
        "@id": "",
        "@context": f"{base}/schemas/resource",
        "ID": row.id,
        "dcterms:title": title_of(row.name),
        "dcterms:description": row.description,
        "categoryID": row.category_id,
        "metadata": {"name": project_name(row.name), "PROJECT_ID": row.project_id},
        "removed": row.removed_at is not None,
        "trunkID": row.trunk,
        "kerml:branches": "branches",
        "createdDate": int(row.created.timestamp()),
        "modifiedDate": int(row.modified.timestamp()),
    }


def title_of(name: str) -> str:
    """Return the title of a resource that is called so here."""
    return name if name.endswith(SUFFIXES) else name + MODEL_SUFFIX


def name_of(title: str) -> str:
    """Return what a resource with this title is called here."""
    return title.removesuffix(MODEL_SUFFIX) or title


def project_name(name: str) -> str:
    """Return the name of the project alone."""
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix)
    return name
