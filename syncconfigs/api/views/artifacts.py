"""Artifacts of a revision: the manifest, and the bytes of each."""

from __future__ import annotations

from django.http import Http404, StreamingHttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from syncconfigs.api.schema import operation, page_of
from syncconfigs.api.serializers.elements import Artifact
from syncconfigs.api.serializers.fields import PageQuery
from syncconfigs.api.views.elements import DAMAGED
from syncconfigs.api.views.revisions import OfResource
from syncconfigs.downloads import artifact_pieces, begun, safe_name
from tcsync.packs import Kind
from tcsync.repository.states import History, artifact_ref


class Artifacts(OfResource):
    """All of a revision."""

    @operation(
        "artifacts-list",
        "List the artifacts of a revision",
        query=PageQuery,
        answers={200: page_of(Artifact)},
        problems=[404, DAMAGED],
    )
    def get(self, _request: Request, id: str, number: int) -> Response:
        """List them by name."""
        row, asked = self.revision(id, number), self.query(PageQuery)
        # A manifest is read from every pack down to the root: not where none can hold an entry.
        has_some = row.resource.revisions.filter(artifacts_changed__gt=0).exists()
        refs = History(id).artifacts(number) if has_some else ()
        return self.page(sorted(refs, key=lambda r: (r.name.casefold(), r.id)), asked, Artifact)


class Bytes(OfResource):
    """One of them."""

    @operation(
        "artifacts-download",
        "Download an artifact",
        answers={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        problems=[404, DAMAGED],
    )
    def get(self, _request: Request, id: str, number: int, artifact: str) -> StreamingHttpResponse:
        """Send its bytes."""
        self.revision(id, number)
        body = History(id).get(number, artifact, Kind.ARTIFACT)
        if body is None:
            raise Http404
        ref = artifact_ref(artifact, body)
        kind = "application/octet-stream"
        answer = StreamingHttpResponse(begun(artifact_pieces(ref)), content_type=kind)
        answer["Content-Length"] = str(ref.size)
        answer["Content-Disposition"] = _disposition(ref.name)
        answer["ETag"] = f'"{ref.digest}"'
        return answer


def _disposition(name: str) -> str:
    return content_disposition_header(True, safe_name(name, "artifact")) or "attachment"
