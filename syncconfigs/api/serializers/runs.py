"""Runs: what was asked for, how far it is, what came of it."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from syncconfigs.api.serializers.fields import Answer, Choice, Id, Moment, Number, PageQuery, Text
from syncconfigs.models import RunStep, SyncRun
from syncconfigs.runs.pace import Pace


class Counts(Answer):
    """How much is done, of how much. The totals are 0 until they are counted."""

    resources = serializers.IntegerField(source="resources_done")
    resources_total = serializers.IntegerField()
    revisions = serializers.IntegerField(source="revisions_done")
    revisions_total = serializers.IntegerField()
    elements = serializers.IntegerField(source="elements_done")
    raw_bytes = serializers.IntegerField(source="raw_done", help_text="Uncompressed.")
    raw_bytes_total = serializers.IntegerField(source="raw_total")
    counted = serializers.IntegerField(help_text="In a phase without a total.")


class Step(Answer):
    """What the run does with one resource, or why it does not."""

    position = serializers.IntegerField()
    resource = Id()
    name = Text()
    marks = serializers.ListField(child=Text(), help_text="What changes, such as new, revisions.")
    state = serializers.ChoiceField(RunStep.State.choices)
    revisions = serializers.IntegerField(source="revisions_done")
    revisions_total = serializers.IntegerField()
    code = Text()
    reason = Text()
    next_step = Text()
    cause = Text(help_text="Equal for failures with the same cause.")


class Run(Answer):
    """One synchronization or verification of one configuration, or one run of a comparison."""

    id = serializers.IntegerField()
    configuration = serializers.IntegerField(
        source="config_id",
        allow_null=True,
        help_text="null: it was deleted, or it is a comparison's.",
    )
    comparison = serializers.IntegerField(source="comparison_id", allow_null=True)
    configuration_name = Text(source="config_name")
    kind = serializers.ChoiceField(SyncRun.Kind.choices)
    state = serializers.ChoiceField(SyncRun.State.choices)
    code = Text(help_text="Why it failed or waits; empty: it does not.")
    reason = Text()
    next_step = Text()
    trigger = Text(help_text="Why it was asked for.")
    requested_by = Text()
    phase = Text(help_text="What is done now.")
    phase_since = Moment(source="phase_at", allow_null=True)
    resource_now = Id(help_text="The resource that is worked on.")
    counts = Counts(source="*")
    bytes = serializers.IntegerField(
        source="bytes_done", help_text="Stored so far: packs and artifacts."
    )
    verified = Text(help_text="How what came was verified.")
    cancel_requested = serializers.BooleanField()
    cancelled_by = Text()
    retry_of = serializers.IntegerField(source="retry_of_id", allow_null=True)
    attempts = serializers.IntegerField(help_text="Since the last progress.")
    not_before = Moment(allow_null=True, help_text="When it is tried again.")
    created = Moment()
    started = Moment(source="started_at", allow_null=True)
    finished = Moment(source="finished_at", allow_null=True)
    progress_at = Moment(allow_null=True)


class RunPace(Answer):
    """How fast a run transfers, over the last seconds. null: it does not, or just began."""

    bytes_per_second = serializers.FloatField(allow_null=True, help_text="As stored, like `bytes`.")
    seconds_left = serializers.FloatField(allow_null=True, help_text="Estimated from that.")


class OneRun(Run):
    """A run with its pace and its first steps: failed, then refused, pending, done."""

    pace = serializers.SerializerMethodField()
    steps = serializers.SerializerMethodField()
    step_counts = serializers.SerializerMethodField()
    steps_url = serializers.SerializerMethodField()

    @extend_schema_field(RunPace)
    def get_pace(self, run: SyncRun) -> dict[str, object]:
        """Return how fast it goes at this moment."""
        now = timezone.now()
        pace = Pace.of(run, now)
        said = {"bytes_per_second": pace.stored, "seconds_left": pace.seconds_left(run, now)}
        return dict(RunPace(said).data)

    @extend_schema_field(Step(many=True))
    def get_steps(self, _run: SyncRun) -> list[dict[str, object]]:
        """Return the first steps."""
        return list(Step(self.context["steps"], many=True).data)

    def get_step_counts(self, _run: SyncRun) -> dict[str, int]:
        """Return how many steps stand in which state."""
        return {**dict.fromkeys(RunStep.State.values, 0), **self.context["step_counts"]}

    def get_steps_url(self, _run: SyncRun) -> str:
        """Return where all of them are, in pages."""
        return str(self.context["steps_url"])


class RunsQuery(PageQuery):
    """Which runs."""

    state = serializers.ListField(
        child=Choice(SyncRun.State.choices), required=False, help_text="Any of these."
    )
    configuration = Number(required=False)
    kind = Choice(SyncRun.Kind.choices, required=False)


class StepsQuery(PageQuery):
    """Which steps."""

    state = serializers.ListField(
        child=Choice(RunStep.State.choices), required=False, help_text="Any of these."
    )
