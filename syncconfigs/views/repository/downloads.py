"""Files of a revision: all elements, one element, an artifact. Nothing is shown in the browser."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from syncconfigs.downloads import PIECE_BYTES, artifact_pieces, begun, safe_name
from syncconfigs.forms.repository import ElementAsked
from syncconfigs.views.repository.about import readable, revision_of
from tcsync.packs import Kind
from tcsync.repository.browsing import element_lines
from tcsync.repository.states import History, artifact_ref

JSON_LINES = "application/x-ndjson"
JSON = "application/json"
UNKNOWN = "application/octet-stream"
"""Whatever an artifact is: a browser that does not know cannot be talked into running it."""


def _as_file(answer: HttpResponseBase, name: str) -> HttpResponseBase:
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@require_safe
@login_required
@readable
def download_elements(request: HttpRequest, id_: str, number: int) -> HttpResponseBase:
    """Send all elements of a revision, a line of canonical JSON each."""
    found = revision_of(request, id_, number)
    lines = begun(_gathered(element_lines(History(id_), number)))
    name = f"{safe_name(found.resource.name, 'resource')}-{number}.jsonl"
    return _as_file(StreamingHttpResponse(lines, content_type=JSON_LINES), name)


def _gathered(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Join lines to pieces: a network packet for each would take a minute per million."""
    held, size = [], 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= PIECE_BYTES >> 2:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


@require_safe
@login_required
@readable
def download_element(request: HttpRequest, id_: str, number: int) -> HttpResponseBase:
    """Send the canonical JSON of one element."""
    revision_of(request, id_, number)
    wanted = ElementAsked(request.GET).said("id")
    body = History(id_).get(number, wanted) if wanted else None
    if body is None:
        raise Http404
    return _as_file(HttpResponse(body, content_type=JSON), f"{safe_name(wanted, 'element')}.json")


@require_safe
@login_required
@readable
def download_artifact(request: HttpRequest, id_: str, number: int) -> HttpResponseBase:
    """Send the bytes of an artifact."""
    revision_of(request, id_, number)
    wanted = ElementAsked(request.GET).said("id")
    body = History(id_).get(number, wanted, Kind.ARTIFACT) if wanted else None
    if body is None:
        raise Http404
    ref = artifact_ref(wanted, body)
    answer = StreamingHttpResponse(begun(artifact_pieces(ref)), content_type=UNKNOWN)
    answer.headers["Content-Length"] = str(ref.size)
    return _as_file(answer, safe_name(ref.name, "artifact"))
