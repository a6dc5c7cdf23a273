"""Configurations: what is followed into which category, and when."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from syncconfigs import standing
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
from syncconfigs.models import Claim, SyncConfig

MOST_PICKED = 1000
MOST_TAGS = 100
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


@extend_schema_field({"type": "string", "nullable": True, "enum": [None]})
class NoSchedule(NotYet):
    """A schedule."""


@extend_schema_field({"type": "boolean", "nullable": True, "enum": [False, None]})
class NoUsedProjects(NotYet):
    """Whether used projects come along."""


class Trigger(Answer):
    """When it is synchronized."""

    type = serializers.ChoiceField(SyncConfig.Trigger.choices, source="trigger")
    tags = serializers.ListField(child=Text())


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
    schedule = serializers.SerializerMethodField()
    include_used_projects = serializers.SerializerMethodField()
    allow_equal_names = serializers.BooleanField()
    flatten = serializers.BooleanField()
    version_policy = Text()
    paused = serializers.BooleanField()
    status = serializers.ChoiceField(SyncConfig.Status.choices)
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
        """Tell whether nobody has looked for too long at what is called synchronized."""
        believed = config.status == SyncConfig.Status.SYNCHRONIZED and not config.paused
        return believed and standing.is_late(config, timezone.now())

    def get_schedule(self, _config: SyncConfig) -> str | None:
        """Return when it is synchronized by the clock: never, in this version."""
        return None

    def get_include_used_projects(self, _config: SyncConfig) -> bool:
        """Return whether used projects come along: not in this version."""
        return False


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
    schedule = NoSchedule(help_text="null: this version has no schedules.")
    include_used_projects = NoUsedProjects(help_text="false: this version brings none.")
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
    schedule = NoSchedule(help_text="null: this version has no schedules.")
    include_used_projects = NoUsedProjects(help_text="false: this version brings none.")
    allow_equal_names = Flag(required=False)


class ConfigurationsQuery(PageQuery):
    """Which configurations."""

    status = serializers.ListField(
        child=Choice(SyncConfig.Status.choices), required=False, help_text="Any of these."
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
    previews = Preview(many=True)


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
