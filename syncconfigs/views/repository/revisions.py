"""One revision, and its artifacts."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from syncconfigs.forms.repository import ArtifactFilter
from syncconfigs.views.page import page_of, show
from syncconfigs.views.repository.about import of_revision, readable, revision_of, used_at
from tcsync.domain import ArtifactRef
from tcsync.errors import ContentError, StorageFull
from tcsync.repository.models import Revision
from tcsync.repository.states import History

CHILDREN_SHOWN = 20
ARTIFACTS_SHOWN = 10
"""On the page of the revision; all of them have a page of their own."""


@require_safe
@login_required
def revision(request: HttpRequest, id_: str, number: int) -> HttpResponse:
    """Show a revision: who, when, why, how much changed, what comes before and after it."""
    found = revision_of(request, id_, number)
    row = found.resource
    children = row.revisions.filter(parent=number).order_by("number")
    context = {
        **of_revision(request, found, "revision"),
        "tags": row.tags.filter(number=number).order_by("name"),
        "branches": row.branches.filter(head=number).order_by("name"),
        "children": children[:CHILDREN_SHOWN],
        "children_count": children.count(),
        **used_at(request, found),
        **_artifacts(found),
    }
    return show(request, "repository/revision.html", context)


def _artifacts(found: Revision) -> dict[str, Any]:
    """Return the first artifacts, or the sentence that says why they cannot be read."""
    try:
        refs = _manifest(found)
    except (ContentError, StorageFull) as error:
        return {"artifacts": (), "artifacts_error": str(error)}
    return {"artifacts": refs[:ARTIFACTS_SHOWN], "artifacts_count": len(refs)}


def _manifest(found: Revision) -> list[ArtifactRef]:
    # Reading a manifest opens every pack down to the root: not for resources without artifacts.
    if not found.resource.revisions.filter(artifacts_changed__gt=0).exists():
        return []
    refs = History(found.resource_id).artifacts(found.number)
    return sorted(refs, key=lambda ref: (ref.name.casefold(), ref.id))


@require_safe
@login_required
@readable
def artifacts(request: HttpRequest, id_: str, number: int) -> HttpResponse:
    """List the artifacts of a revision."""
    found = revision_of(request, id_, number)
    form, refs = ArtifactFilter(request.GET), _manifest(found)
    text = (form.said("q") or "").casefold()
    some = [ref for ref in refs if text in ref.name.casefold() or text in ref.id.casefold()]
    context = {
        **of_revision(request, found, "artifacts"),
        "form": form,
        "page": page_of(request, some),
        "count": len(refs),
    }
    return show(request, "repository/artifacts.html", context)
