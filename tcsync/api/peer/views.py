"""Views of the peer API: parse, ask the repository, answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET, require_POST

from tcsync import frames
from tcsync.access.models import User
from tcsync.api.auth import for_tokens, readable_categories
from tcsync.api.peer import streams, telling
from tcsync.errors import BadAnswer
from tcsync.repository import reading, snapshots, using

T = TypeVar("T")
CURSOR_DIGITS = 19
MOST_RECORDS = 200
"""As `tcsync.sources.base.RECORDS_AT_ONCE` has it."""


def _body(request: HttpRequest, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(request.body, type=shape)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise BadAnswer(
            f"The body of the request is not what docs/formats/transfer.md says: {error}.",
            next_step="Check that both nodes run the same version of the protocol.",
        ) from error


def _json(value: object) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(value), content_type="application/json")


@require_GET
@for_tokens
def handshake(_request: HttpRequest, user: User) -> HttpResponseBase:
    """Say who this node is, and as whom it knows the asking account."""
    me = replace(reading.identity(), account=user.get_username())
    return _json({"protocol": frames.PROTOCOL, "identity": me})


@require_POST
@for_tokens
def snapshot(request: HttpRequest, user: User) -> HttpResponseBase:
    """Say what this node holds within a selection, and what the asking side lacks of it."""
    asked = _body(request, frames.SnapshotRequest)
    may_read = readable_categories(user)
    return _json(snapshots.snapshot(asked.selection, asked.known, may_read))


@require_POST
@for_tokens
def records(request: HttpRequest, user: User) -> HttpResponseBase:
    """Say of some revisions who made them when, and by what digests they are known."""
    asked = _body(request, frames.RecordsRequest)
    homes = reading.categories_of([asked.resource], removed=False)
    may_read = readable_categories(user)
    if asked.resource not in homes or not may_read(homes[asked.resource]):
        return _json([])
    rows = reading.revisions(asked.resource, asked.numbers[:MOST_RECORDS])
    return _json([reading.revision_record(row) for row in rows])


@require_POST
@for_tokens
def uses(request: HttpRequest, user: User) -> HttpResponseBase:
    """Say what resources use at the heads of their branches."""
    asked = _body(request, frames.UsesRequest)
    return _json({"uses": using.told_at_heads(asked.resources, readable_categories(user))})


@require_GET
@for_tokens
def changes(request: HttpRequest, user: User) -> HttpResponseBase:
    """Say which resources changed after a cursor."""
    after = request.GET.get("after", "")
    if after and not (after.isdecimal() and len(after) < CURSOR_DIGITS):
        raise BadAnswer(f"{after[:40]!r} is not a cursor of the feed.")
    found = reading.changes_after(int(after) if after else None)
    if found.resources:
        may_read = readable_categories(user)
        homes = reading.categories_of(found.resources)
        visible = (id_ for id_ in found.resources if id_ in homes and may_read(homes[id_]))
        found = replace(found, resources=tuple(visible))
    return _json(found)


@require_POST
@for_tokens
def packs(request: HttpRequest, user: User) -> HttpResponseBase:
    """Stream the packs of revisions."""
    asked = _body(request, frames.PacksRequest)
    return _stream(streams.packs(asked, readable_categories(user)))


@require_POST
@for_tokens
def artifacts(request: HttpRequest, user: User) -> HttpResponseBase:
    """Stream the bytes of artifacts."""
    asked = _body(request, frames.ArtifactsRequest)
    return _stream(streams.artifacts(asked, readable_categories(user)))


@require_POST
@for_tokens
def chronicles(request: HttpRequest, user: User) -> HttpResponseBase:
    """Stream what listings show of resources: branches, tags and every revision's record."""
    asked = _body(request, frames.ChroniclesRequest)
    return _stream(telling.chronicles(asked, readable_categories(user)))


@require_POST
@for_tokens
def walk(request: HttpRequest, user: User) -> HttpResponseBase:
    """Stream everything that lives at a revision."""
    asked = _body(request, frames.WalkRequest)
    return _stream(telling.walk(asked, readable_categories(user)))


def _stream(pieces: Iterator[bytes]) -> StreamingHttpResponse:
    return StreamingHttpResponse(frames.gathered(pieces), content_type=frames.MEDIA_TYPE)
