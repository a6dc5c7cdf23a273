"""What a revision holds: its tree of elements, one of them, searches, differences."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import Http404, StreamingHttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.utils.urls import replace_query_param

from syncconfigs.api.schema import operation, page_of
from syncconfigs.api.serializers import elements as shapes
from syncconfigs.api.serializers.fields import PageQuery
from syncconfigs.api.serializers.revisions import moment
from syncconfigs.api.views.revisions import OfResource
from syncconfigs.downloads import begun
from tcsync.repository import browsing
from tcsync.repository.models import Revision
from tcsync.repository.reading import revisions
from tcsync.repository.states import History

DAMAGED = HTTPStatus.SERVICE_UNAVAILABLE
NOTHING = 0
"""Stands for the state before the first revision."""


class OfRevision(OfResource):
    """What belongs to one revision."""

    def lines(self, found: browsing.Lines, asked: dict[str, Any]) -> Response:
        """Answer with a page of elements."""
        if found.total and not found.lines:
            raise Http404
        return self.part(found.lines, found.total, asked, shapes.Outline)


def bounds(asked: dict[str, Any]) -> tuple[int, int]:
    """Return offset and limit of a page."""
    return (asked["page"] - 1) * asked["page_size"], asked["page_size"]


class Roots(OfRevision):
    """Where the tree begins."""

    @operation(
        "elements-roots",
        "List the root elements of a revision",
        query=PageQuery,
        answers={200: page_of(shapes.Outline)},
        problems=[404, DAMAGED],
    )
    def get(self, _request: Request, id: str, number: int) -> Response:
        """List them."""
        row, asked = self.revision(id, number), self.query(PageQuery)
        return self.lines(browsing.roots(History(id), row, *bounds(asked)), asked)


class Children(OfRevision):
    """One level of the tree."""

    @operation(
        "elements-children",
        "List the children of an element",
        query=PageQuery,
        answers={200: page_of(shapes.Outline)},
        problems=[404, DAMAGED],
    )
    def get(self, _request: Request, id: str, number: int, element: str) -> Response:
        """List them in the order of their owner."""
        self.revision(id, number)
        asked = self.query(PageQuery)
        found = browsing.children(History(id), number, element, *bounds(asked))
        return self.lines(found, asked)


class OneElement(OfRevision):
    """One of them."""

    @operation(
        "elements-read",
        "Read an element at a revision",
        answers={200: shapes.Element},
        problems=[404, DAMAGED],
    )
    def get(self, _request: Request, id: str, number: int, element: str) -> Response:
        """Show it."""
        self.revision(id, number)
        history = History(id)
        found = browsing.element(history, number, element)
        said = {
            "outline": found.outline,
            "ns_uri": found.ns_uri,
            "path": browsing.path_to(history, number, element),
            "values": found.values,
            "truncated": found.truncated,
            "body": found.body,
        }
        return Response(shapes.Element(said).data)


class Past(OfRevision):
    """Its history."""

    @operation(
        "elements-history",
        "List the revisions that changed an element, the newest first",
        detail="From this revision on towards the root. A call takes about a second at most:"
        " `next` goes on, also where `results` is empty.",
        query=shapes.PastQuery,
        answers={200: shapes.Past},
        problems=[404, DAMAGED],
    )
    def get(self, request: Request, id: str, number: int, element: str) -> Response:
        """List them."""
        self.revision(id, number)
        limit = self.query(shapes.PastQuery)["limit"]
        found = browsing.past(History(id), number, element, limit)
        rows = {row.number: row for row in revisions(id, [one.number for one in found.touches])}
        older = None
        if found.older is not None:
            path = reverse("api-element-history", [id, found.older, element], request=request)
            older = replace_query_param(path, "limit", limit)
        said = {"results": [_touch(one, rows) for one in found.touches], "next": older}
        return Response(shapes.Past(said).data)


def _touch(one: browsing.Touch, rows: dict[int, Revision]) -> dict[str, object]:
    row = rows[one.number]
    return {
        "number": one.number,
        "operation": one.operation,
        "time": moment(row.time),
        "author": row.author,
        "message": row.message,
    }


class Search(OfRevision):
    """Looking for some."""

    @operation(
        "elements-search",
        "Search the elements of a revision",
        detail="A call takes about a second: where `next` is not null, it goes on there.",
        query=shapes.SearchQuery,
        answers={200: shapes.Found},
        problems=[404, DAMAGED],
    )
    def get(self, _request: Request, id: str, number: int) -> Response:
        """Search."""
        row, asked = self.revision(id, number), self.query(shapes.SearchQuery)
        query = browsing.Query(asked["text"], asked["field"])
        found = browsing.search(History(id), row, query, asked["after"], asked["limit"])
        said = {
            "results": found.hits,
            "searched": found.searched,
            "total": found.total,
            "next": self.going_on("after", found.after),
        }
        return Response(shapes.Found(said).data)


class Difference(OfRevision):
    """Two revisions."""

    @operation(
        "elements-difference",
        "Compare with another revision, attribute by attribute",
        detail="What changed on the way from `other` to `number`; `other` 0: everything was added."
        " A call takes about a second: where `next` is not null, it goes on there.",
        query=shapes.CursorQuery,
        answers={200: shapes.Difference},
        problems=[404, DAMAGED],
    )
    def get(self, _request: Request, id: str, number: int, other: int) -> Response:
        """Compare."""
        self.revision(id, number)
        before = None if other == NOTHING else self.revision(id, other).number
        asked, history = self.query(shapes.CursorQuery), History(id)
        found = browsing.changes(history, before, number, asked["after"], asked["limit"])
        is_first = not asked["after"]
        said = {
            "before": other,
            "after": number,
            "elements": found.changes,
            "artifacts": browsing.artifact_changes(history, before, number) if is_first else (),
            "next": self.going_on("after", found.after),
        }
        return Response(shapes.Difference(said).data)


class Download(OfRevision):
    """All elements as a file."""

    @operation(
        "elements-download",
        "Download all elements of a revision, one JSON text in each line",
        answers={(200, "application/x-ndjson"): OpenApiTypes.STR},
        problems=[404, DAMAGED],
    )
    def get(self, _request: Request, id: str, number: int) -> StreamingHttpResponse:
        """Send them by rising id."""
        self.revision(id, number)
        lines = begun(browsing.element_lines(History(id), number))
        answer = StreamingHttpResponse(lines, content_type="application/x-ndjson")
        name = f"{id} {number}.jsonl"
        answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        return answer
