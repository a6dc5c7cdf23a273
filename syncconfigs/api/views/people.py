"""Who asks, who this node is, and what was done here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from syncconfigs import visible
from syncconfigs.api.endpoint import Endpoint
from syncconfigs.api.schema import operation, page_of
from syncconfigs.api.serializers import people as shapes
from syncconfigs.models import SyncConfig, SyncRun
from tcsync.access.permissions import Action, Person, granted_roots, require
from tcsync.audit.exporting import as_json_lines, file_name, record_export
from tcsync.audit.models import AuditEntry
from tcsync.repository import reading

FILTERS = {
    "actor": "actor",
    "action": "action__startswith",
    "target_kind": "target_kind",
    "target_id": "target_id",
    "text": "summary__icontains",
    "since": "at__gte",
    "until": "at__lte",
    "after": "seq__gt",
}


class Me(Endpoint):
    """The account of the token."""

    @operation("me-read", "Tell who I am and what I may do", answers={200: shapes.Me})
    def get(self, _request: Request) -> Response:
        """Show it."""
        said = {
            "id": self.user.pk,
            "username": self.user.get_username(),
            "is_superuser": self.user.is_superuser,
            "token_scope": self.user.token_scope,
            "roles": self.user.grants.order_by("role", "category"),
            "rights": {action.value: _right(self.user, action) for action in Action},
        }
        return Response(shapes.Me(said).data)


def _right(user: Person, action: Action) -> dict[str, object]:
    roots = granted_roots(user, action)
    return {"everywhere": roots is None, "categories": sorted(roots or ())}


class Node(Endpoint):
    """This node."""

    @operation("node-read", "Tell who this node is and what it holds", answers={200: shapes.Node})
    def get(self, _request: Request) -> Response:
        """Show it."""
        who = reading.identity()
        said = {
            "uuid": who.uuid,
            "epoch": who.epoch,
            "name": who.name,
            "major_version": who.major_version,
            "counts": _counts(self.user),
        }
        return Response(shapes.Node(said).data)


def _counts(user: Person) -> dict[str, int]:
    present = visible.resources(user).filter(removed_at=None)
    found = present.aggregate(
        resources=Count("pk"),
        copies=Count("pk", filter=Q(read_only=True)),
        revisions=Sum("revision_count", default=0),
        stored_bytes=Sum("stored_bytes", default=0),
    )
    good = Q(status=SyncConfig.Status.SYNCHRONIZED)
    found |= visible.configs(user).aggregate(
        configurations=Count("pk"), synchronized=Count("pk", filter=good)
    )
    active = visible.runs(user).filter(state__in=SyncRun.ACTIVE)
    return {**found, "active_runs": active.count()}


class Audit(Endpoint):
    """The audit record."""

    @operation(
        "audit-list",
        "List what was done, the newest first",
        query=shapes.AuditQuery,
        answers={200: page_of(shapes.Entry)},
        problems=[403],
    )
    def get(self, _request: Request) -> Response:
        """List the entries."""
        require(self.user, Action.AUDIT)
        asked = self.query(shapes.AuditQuery)
        return self.page(_entries(asked).order_by("-seq"), asked, shapes.Entry)


class AuditExport(Endpoint):
    """The audit record as a file."""

    @operation(
        "audit-export",
        "Download the audit record, one JSON text in each line",
        detail="By rising number, with the hashes that chain them. To go on later, give the last"
        " number as `after`. The record says that somebody did.",
        query=shapes.AuditFilter,
        answers={(200, "application/x-ndjson"): OpenApiTypes.STR},
        problems=[403],
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """Send the entries."""
        require(self.user, Action.AUDIT)
        rows = _entries(self.query(shapes.AuditFilter)).order_by("seq")
        record_export(self.actor, "jsonl", request.query_params.urlencode())
        answer = StreamingHttpResponse(as_json_lines(rows), content_type="application/x-ndjson")
        answer["Content-Disposition"] = f'attachment; filename="{file_name("jsonl")}"'
        return answer


def _entries(asked: Mapping[str, Any]) -> QuerySet[AuditEntry]:
    wanted = {FILTERS[name]: value for name, value in asked.items() if name in FILTERS}
    return AuditEntry.objects.filter(**wanted)
