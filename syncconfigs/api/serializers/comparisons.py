"""Comparisons, their reports and notices."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from syncconfigs.api.serializers.fields import (
    Answer,
    Body,
    Choice,
    Count,
    Id,
    Moment,
    PageQuery,
    Several,
    Text,
)
from syncconfigs.models import ComparedResource, Comparison
from syncconfigs.schedules import LONGEST_MINUTES
from tcsync.sync.differences import Kind

MOST_IDS = 10_000
LONGEST_PATIENCE = 24 * 366


class ComparisonScheduleBody(Body):
    """When it is run by itself: an interval, or a cron expression in a time zone."""

    every_minutes = Count(required=False, allow_null=True, default=None, max_value=LONGEST_MINUTES)
    cron = Text(max_length=200, required=False, allow_blank=True, default="")
    time_zone = Text(max_length=60, required=False, default="UTC")


class ComparisonBody(Body):
    """What to compare. A side that is null is this node itself."""

    name = Text(max_length=200, required=False, default="", allow_blank=True)
    one = Count(min_value=1, allow_null=True, help_text="The first side: a server, or null.")
    other = Count(min_value=1, allow_null=True, help_text="The second side.")
    resources = Several(child=Id(), required=False, default=list, max_length=MOST_IDS)
    categories = Several(
        child=Id(),
        required=False,
        default=list,
        max_length=MOST_IDS,
        help_text="Ids of the first side. Without any resource or category: everything.",
    )
    depth = Choice(Comparison.Depth.choices, required=False, default="listings")
    patience_hours = Count(required=False, default=24, max_value=LONGEST_PATIENCE)
    schedule = ComparisonScheduleBody(required=False, allow_null=True, default=None)


class ComparisonChange(ComparisonBody):
    """What is to be changed; the rest stays as it is."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{**more, "partial": True})
        for field in self.fields.values():
            field.required = False


class ComparedSide(Answer):
    """A side of a comparison."""

    id = serializers.IntegerField(help_text="The number of the server.")
    name = Text()
    kind = Text()


class ComparisonSchedule(Answer):
    """When it is run by itself."""

    every_minutes = serializers.IntegerField(allow_null=True)
    cron = Text()
    time_zone = Text()
    next = Moment(source="next_at", allow_null=True)


class OneComparison(Answer):
    """Two sides that are compared."""

    id = serializers.IntegerField()
    name = Text()
    one = ComparedSide(allow_null=True, help_text="null: this node itself.")
    other = ComparedSide(allow_null=True)
    resources = serializers.ListField(child=Id())
    categories = serializers.ListField(child=Id())
    depth = serializers.ChoiceField(Comparison.Depth.choices)
    patience_hours = serializers.IntegerField(help_text="So long a copy may be behind.")
    schedule = serializers.SerializerMethodField(help_text="null: it is run by hand.")
    created = Moment()
    created_by = Text()

    @extend_schema_field(ComparisonSchedule(allow_null=True))
    def get_schedule(self, comparison: Comparison) -> dict[str, object] | None:
        """Return when it is run by itself."""
        if comparison.every_minutes is None and not comparison.cron:
            return None
        return dict(ComparisonSchedule(comparison).data)


class ReportSide(Answer):
    """Who was asked, as whom, with what rights."""

    name = Text()
    kind = Text()
    address = Text()
    calls_itself = Text()
    uuid = Text()
    major_version = Text()
    account = Text()
    rights = Text(help_text="What it may not see could not be compared.")


class Report(Answer):
    """What one run found, without its resources."""

    run = serializers.IntegerField(source="run_id")
    comparison = serializers.IntegerField(source="run.comparison_id", allow_null=True)
    began = Moment(source="run.started_at", allow_null=True)
    sides = ReportSide(many=True)
    equal = serializers.IntegerField()
    different = serializers.IntegerField()
    not_compared = serializers.IntegerField(source="unknown")
    kinds = serializers.DictField(
        child=serializers.IntegerField(), help_text="Resources in which such a thing differs."
    )
    sha256 = Text(source="digest", help_text="Of the canonical JSON: what is signed.")


class DifferenceOf(Answer):
    """One thing that differs."""

    kind = Text()
    what = Text()
    one = Text()
    other = Text()


class Compared(Answer):
    """One resource in a report."""

    resource = Id()
    name = Text()
    verdict = serializers.ChoiceField(ComparedResource.Verdict.choices)
    was_equal = serializers.BooleanField(help_text="When it was last told, before this run.")
    differences = serializers.SerializerMethodField()
    notes = serializers.SerializerMethodField()
    one = serializers.SerializerMethodField(help_text="What the first side shows; null: nothing.")
    other = serializers.SerializerMethodField()
    states_walked = serializers.IntegerField(source="states")
    elements_walked = serializers.IntegerField(source="elements")

    @extend_schema_field(serializers.DictField(allow_null=True))
    def get_one(self, row: ComparedResource) -> dict[str, object] | None:
        """Return what the first side shows."""
        return row.facts.get("one")

    @extend_schema_field(serializers.DictField(allow_null=True))
    def get_other(self, row: ComparedResource) -> dict[str, object] | None:
        """Return what the second side shows."""
        return row.facts.get("other")

    @extend_schema_field(DifferenceOf(many=True))
    def get_differences(self, row: ComparedResource) -> list[dict[str, str]]:
        """Return what differs."""
        return [_said(entry) for entry in (*row.differences, *row.walks)]

    @extend_schema_field(DifferenceOf(many=True))
    def get_notes(self, row: ComparedResource) -> list[dict[str, str]]:
        """Return what is worth knowing and the same on both sides."""
        return [_said(entry) for entry in row.notes]


def _said(entry: list[str]) -> dict[str, str]:
    return dict(zip(("kind", "what", "one", "other"), entry, strict=True))


class Notice(Answer):
    """Something that was equal no longer is."""

    id = serializers.IntegerField()
    comparison = serializers.IntegerField(source="comparison_id")
    run = serializers.IntegerField(source="run_id", allow_null=True)
    count = serializers.IntegerField(help_text="Resources.")
    names = serializers.ListField(child=Text(), help_text="The first of them.")
    at = Moment()


class ComparedQuery(PageQuery):
    """Which resources of a report."""

    verdict = serializers.ListField(
        child=Choice(ComparedResource.Verdict.choices), required=False, help_text="Any of these."
    )
    kind = Choice([kind.value for kind in Kind], required=False, help_text="Such a thing differs.")


class PruneBody(Body):
    """How many reports stay."""

    keep = Count(min_value=1, max_value=MOST_IDS, help_text="The newest ones.")


class Pruned(Answer):
    """How many reports went."""

    deleted = serializers.IntegerField(help_text=str(_("Reports with their resources.")))
