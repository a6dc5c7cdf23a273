"""Artifacts of a revision: which there are, what each is, its bytes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from tcsync.access.models import User
from tcsync.api.osmc import answers, asked, place
from tcsync.api.osmc.answers import Absent
from tcsync.domain import ArtifactRef
from tcsync.packs import Kind
from tcsync.repository.artifacts import artifact_pieces, begun
from tcsync.repository.states import artifact_ref

UNKNOWN = "application/octet-stream"
"""Whatever an artifact is: a browser that does not know cannot be talked into running it."""


def listed(request: HttpRequest, user: User, **where: Any) -> HttpResponseBase:
    """List the artifacts of a revision: plain ids, unlike all other lists."""
    at = place.at(request, user, **where)
    said = {
        "@id": "",
        "@type": ["ldp:Container", "ldp:BasicContainer"],
        "@context": f"{at.base}/schemas/artifactContainer",
        "ldp:contains": [ref.id for ref in at.history.artifacts(at.number)],
        **_where(at),
    }
    return answers.json(request, said)


def detail(request: HttpRequest, user: User, a: str, **where: Any) -> HttpResponseBase:
    """Say what an artifact is; with `?download=true` send its bytes."""
    at = place.at(request, user, **where)
    body = at.history.get(at.number, a, Kind.ARTIFACT)
    if body is None:
        raise Absent
    ref = artifact_ref(a, body)
    if asked.flag(request, "download"):
        return _bytes(ref)
    said = {
        "@type": ["Resource", "NonRDFSource"],
        "@context": f"{at.base}/schemas/artifact",
        "ID": ref.id,
        "ownResourceID": at.resource.id,
        "size": ref.size,
        "metadata": {"name": ref.name, "sha256": ref.digest},
        "download": "?download",
        **_where(at),
    }
    return answers.json(request, said)


def _where(at: place.Place) -> dict[str, str]:
    resource = f"{at.base}/resources/{at.resource.id}"
    return {
        "kerml:resource": resource,
        "kerml:revision": f"{resource}/revisions/{at.number}",
        "kerml:modifiedTime": at.modified,
    }


def _bytes(ref: ArtifactRef) -> HttpResponseBase:
    answer = StreamingHttpResponse(begun(artifact_pieces(ref)), content_type=UNKNOWN)
    answer["Content-Length"] = str(ref.size)
    name = ref.name.replace("\\", "/").rpartition("/")[2]
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
