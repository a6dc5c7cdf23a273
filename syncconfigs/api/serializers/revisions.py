"""Revisions: who, when, why, how much changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rest_framework import serializers

from syncconfigs.api.serializers.fields import Answer, Id, Number, PageQuery, Text
from tcsync.repository.models import Revision as RevisionRow

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(seconds: int) -> str | None:
    """Return UTC epoch seconds as text (ISO 8601); None for a time that no calendar has."""
    try:
        return (_EPOCH + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
    except OverflowError:
        return None


class Revision(Answer):
    """An immutable, numbered state of a resource."""

    number = serializers.IntegerField()
    branch = Id()
    branch_name = serializers.SerializerMethodField()
    parent = serializers.IntegerField(allow_null=True)  # type: ignore[assignment]
    merged = serializers.ListField(child=serializers.IntegerField())
    picked = serializers.ListField(child=serializers.IntegerField())
    time = serializers.SerializerMethodField()
    epoch_seconds = serializers.IntegerField(source="time")
    author = Text()
    message = Text()
    commit_type = Text()
    digest = Text(help_text="Covers everything that is fixed, and all history before it.")
    content_digest = Text()
    artifact_digest = Text()
    tags = serializers.SerializerMethodField()
    added = serializers.IntegerField(help_text="Elements.")
    edited = serializers.IntegerField(help_text="Elements.")
    removed = serializers.IntegerField(help_text="Elements.")
    artifacts_changed = serializers.IntegerField()
    elements = serializers.IntegerField(source="total", help_text="In all.")
    raw_bytes = serializers.IntegerField(help_text="Of its changes, uncompressed.")
    hole_before = serializers.BooleanField(help_text="Its direct parent is not here.")
    gone_at_source = serializers.BooleanField()

    def get_branch_name(self, row: RevisionRow) -> str:
        """Return the name of the branch now."""
        return str(self.context["branches"].get(row.branch, row.branch))

    def get_time(self, row: RevisionRow) -> str | None:
        """Return the moment of the commit; null for one that no calendar has."""
        return moment(row.time)

    def get_tags(self, row: RevisionRow) -> list[str]:
        """Return the names of the tags on it."""
        return list(self.context["tags"].get(row.number, ()))


class OneRevision(Revision):
    """A revision with what only one of them shows."""

    root_ids = serializers.ListField(child=Id())
    used_projects = serializers.ListField(child=serializers.DictField())
    children = serializers.SerializerMethodField()

    def get_children(self, row: RevisionRow) -> list[int]:
        """Return the revisions made directly from it."""
        return list(self.context["children"])


class RevisionsQuery(PageQuery):
    """Which revisions."""

    branch = Id(required=False, help_text="The id or the name of a branch.")
    author = Text(required=False, help_text="A part of the author's name.")
    message = Text(required=False, help_text="A part of the message.")
    since = Number(required=False, help_text="The lowest number.")
    until = Number(required=False, help_text="The highest number.")
