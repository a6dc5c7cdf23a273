"""Resources: Teamwork Cloud's projects."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from tcsync.access.models import User
from tcsync.api.osmc import answers, asked, place
from tcsync.repository.models import Resource

MODEL = ".MASTER"
"""What the title of a model has behind its name. Copies carry the name alone, as the source does
(docs/twc.md); other suffixes are part of it."""
SUFFIXES = (MODEL, ".CC")
"""The last one is that of a Collaborator document."""


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
    """Return the title of a resource as clients of Teamwork Cloud know it."""
    return name if name.endswith(SUFFIXES) else name + MODEL


def name_of(title: str) -> str:
    """Return the name under which a resource with this title is kept here."""
    return title.removesuffix(MODEL) or title


def project_name(name: str) -> str:
    """Return the name of a project without any suffix."""
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix)
    return name
