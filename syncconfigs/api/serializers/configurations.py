"""Configurations: what is followed into which category, and when."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from syncconfigs import standing
from syncconfigs.api.serializers import timing
from syncconfigs.api.serializers.fields import (
    LARGEST_INTEGER,
    Answer,
    Body,
    Choice,
    Count,
    Flag,
    Id,
    Moment,
    Number,
    PageQuery,
    Query,
    QueryFlag,
    Several,
    Text,
)
from syncconfigs.api.serializers.plans import Plan
from syncconfigs.api.serializers.problems import Refusal
from syncconfigs.api.serializers.uses import UsedProjects
from syncconfigs.configurations import finding
from syncconfigs.models import Claim, SyncConfig
from tcsync.repository.models import Resource

MOST_PICKED = 1000
MOST_TAGS = 100
STATUSES = [*SyncConfig.Status.values, finding.LATE, finding.PAUSED]
ORDERS = [sign + key for key in ("name", "status", "success", "behind") for sign in ("", "-")]


class NotYet(serializers.Field):
    """A field that this version takes only empty: what cannot be kept must not be promised."""

    default_error_messages = {"later": _("This version does not support it: leave it out.")}  # noqa: RUF012

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, allow_null=True, default=None, **more)

    def to_internal_value(self, data: Any) -> None:
        """Refuse all but null and false. Raises ValidationError."""
        if data is not False:
            raise serializers.ValidationError(self.error_messages["later"], code="not_supported")

    def to_representation(self, value: Any) -> Any:
        """Return the value."""
        return value


class Trigger(Answer):
    """When it is synchronized."""

    type = serializers.ChoiceField(SyncConfig.Trigger.choices, source="trigger")
    tags = serializers.ListField(child=Text())
    late_tags = serializers.BooleanField(
        help_text="Whether tags that are put later on old revisions count."
    )


class Configuration(Answer):
    """One selection at a server, followed into a category here."""

    id = serializers.IntegerField()
    server = serializers.IntegerField(source="server_id")
    server_name = Text(source="server.name")
    kind = serializers.ChoiceField(SyncConfig.Kind.choices)
    source_id = Id(help_text="The id of the resource or category at the source.")
    source_name = Text()
    target_category = Id(source="target_category_id")
    trigger = Trigger(source="*")
    schedule = serializers.SerializerMethodField(help_text="null: at once, at any hour.")
    include_used_projects = serializers.BooleanField(
        help_text="Whether used projects come along, each with a configuration of its own."
    )
    allow_equal_names = serializers.BooleanField()
    flatten = serializers.BooleanField()
    version_policy = Text()
    paused = serializers.BooleanField()
    status = serializers.ChoiceField(SyncConfig.Status.choices)
    percent = serializers.SerializerMethodField(help_text="Of the run that is under way.")
    late = serializers.SerializerMethodField()
    reason = Text(help_text="Why it stands like this, and what to do.")
    behind = serializers.IntegerField(help_text="Revisions that are still to come.")
    run = serializers.IntegerField(allow_null=True, help_text="The run that is under way.")
    last_run = serializers.IntegerField(allow_null=True)
    checked_at = Moment(allow_null=True)
    succeeded_at = Moment(allow_null=True)
    created = Moment()
    created_by = Text()

    def get_late(self, config: SyncConfig) -> bool:
        """Tell whether it breaks its promise: to be looked at, or to keep its dates."""
        return standing.is_late(config, timezone.now())

    @extend_schema_field({"type": "integer", "nullable": True})
    def get_percent(self, config: SyncConfig) -> int | None:
        """Return how much of the run that is under way is done; null where that is not known."""
        if config.status != SyncConfig.Status.SYNCHRONIZING:
            return None
        return standing.percent(config.runs.first())

    @extend_schema_field(timing.Schedule(allow_null=True))
    def get_schedule(self, config: SyncConfig) -> dict[str, object] | None:
        """Return when what its trigger finds may travel."""
        return timing.shown(config.schedule)


class TriggerBody(Body):
    """When to synchronize."""

    type = Choice(SyncConfig.Trigger.choices)
    tags = Several(
        child=Text(max_length=200),
        required=False,
        default=list,
        max_length=MOST_TAGS,
        help_text="For commit_tag: names, or patterns like release-*.",
    )

    late_tags = Flag(
        required=False, default=True, help_text="Whether tags on old revisions count, put later."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that tags are there exactly where they count."""
        by_tag = attrs["type"] == SyncConfig.Trigger.COMMIT_TAG
        if by_tag and not attrs["tags"]:
            raise serializers.ValidationError({"tags": [_("Name at least one tag.")]})
        if attrs["tags"] and not by_tag:
            raise serializers.ValidationError({"tags": [_("This trigger looks at no tags.")]})
        return attrs


class ConfigurationBody(Body):
    """What to follow, into which category, and when."""

    server = Count(min_value=1)
    resources = Several(child=Id(), required=False, default=list, max_length=MOST_PICKED)
    categories = Several(child=Id(), required=False, default=list, max_length=MOST_PICKED)
    target_category = Id(
        required=False, allow_null=True, default=None, help_text="null: Uncategorized."
    )
    trigger = TriggerBody(required=False)
    schedule = timing.ScheduleBody(
        required=False, allow_null=True, default=None, help_text="null: at once, at any hour."
    )
    include_used_projects = Flag(
        required=False,
        allow_null=True,
        default=False,
        help_text="Those that can come along get configurations of their own, with these values.",
    )
    allow_equal_names = Flag(required=False, default=False)
    flatten = Flag(required=False, default=False, help_text="All into the category itself.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that something is picked, and nothing twice."""
        if not attrs["resources"] and not attrs["categories"]:
            sentence = _("Pick at least one resource or category.")
            raise serializers.ValidationError({"resources": [sentence]})
        for name in ("resources", "categories"):
            if len(set(attrs[name])) < len(attrs[name]):
                raise serializers.ValidationError({name: [_("An id comes twice.")]})
        return attrs


class ConfigurationChange(Body):
    """What is to be changed of how it follows; the rest stays as it is."""

    trigger = TriggerBody(required=False)
    schedule = timing.ScheduleBody(
        required=False, allow_null=True, help_text="null: at once, at any hour."
    )
    include_used_projects = Flag(
        required=False,
        allow_null=True,
        help_text="true: what is used comes along, at once.",
    )
    allow_equal_names = Flag(required=False)


class ConfigurationsQuery(PageQuery):
    """Which configurations."""

    status = serializers.ListField(
        child=Choice(STATUSES), required=False, help_text="Any of these, as the portal shows them."
    )
    server = Number(required=False)
    target_category = Id(required=False)
    trigger = Choice(SyncConfig.Trigger.choices, required=False)
    paused = QueryFlag(required=False)
    attention = QueryFlag(
        required=False, help_text="true: those that need a person, or are late; false: the others."
    )
    order = Choice(ORDERS, required=False, default="name", help_text="- turns it round.")
    name = Text(required=False, help_text="A part of the name at the source.")


class DeleteQuery(Query):
    """What goes with a configuration."""

    copies = Choice(
        ["keep", "delete"], required=False, default="keep", help_text="delete: its copies go too."
    )


class Copy(Answer):
    """A copy that would go with its configuration."""

    id = Id()
    project_id = Id()
    name = Text()
    category = Id(source="category_id")
    revision_count = serializers.IntegerField()
    stored_bytes = serializers.IntegerField()
    used_by = serializers.SerializerMethodField()

    def get_used_by(self, copy: Resource) -> list[str]:
        """Return the Resource IDs of local resources that use it and may be seen."""
        return list(self.context["users"].get(copy.pk, ()))


class ClaimRow(Answer):
    """A resource that a configuration owns here."""

    resource = Id()
    name = serializers.SerializerMethodField()
    state = serializers.ChoiceField(Claim.State.choices)
    reason = Text()
    damage = Text()
    since = Moment()

    def get_name(self, claim: Claim) -> str | None:
        """Return the name here; null where it is not here yet, or may not be seen."""
        found = self.context["names"].get(claim.resource)
        return None if found is None else str(found)


class Why(Answer):
    """Why there is no plan."""

    code = Text()
    reason = Text()
    next_step = Text()


class Preview(Answer):
    """What one configuration would do at first: its plan, or why there is none."""

    kind = serializers.ChoiceField(SyncConfig.Kind.choices)
    id = Id()
    name = Text()
    plan = Plan(allow_null=True)
    error = Why(allow_null=True)


class Previews(Answer):
    """What is to be expected of a POST with the same body."""

    would_create = serializers.BooleanField(help_text="Whether all of them would be made.")
    refusals = Refusal(many=True)
    previews = Preview(
        many=True, help_text="Of what is picked, then of what comes along because it is used."
    )
    used = UsedProjects()


class VerifyBody(Body):
    """How far a verification goes."""

    every_revision = Flag(
        required=False,
        default=False,
        help_text="true: every revision is compared in full, artifacts are fetched anew, and a"
        " report is signed (slow).",
    )


class Started(Answer):
    """A run that works on it now, or will."""

    run = serializers.IntegerField(max_value=LARGEST_INTEGER, help_text="See /api/v1/runs/{pk}/.")
