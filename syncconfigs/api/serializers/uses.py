"""Used projects: what a revision uses, who uses a resource, and the closure of what is picked."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from syncconfigs.api.serializers.fields import Answer, Body, Count, Id, Number, Query, Text
from syncconfigs.configurations import Mark, UsedProject
from tcsync.repository.using import Used

MOST_USES = 1_000


class UsedHere(Answer):
    """A used project, and how it stands here."""

    resource = Text(source="use.resource", help_text="The Resource ID, where the source tells it.")
    project = Text(source="use.project", help_text="The Project ID, where the source tells it.")
    branch = Text(source="use.branch", help_text="The id of the branch that is used.")
    version = Text(source="use.version", help_text="It sticks until somebody raises it.")
    uri = Text(source="use.uri")
    name = serializers.SerializerMethodField()
    here = serializers.SerializerMethodField()
    read_only = serializers.SerializerMethodField()  # type: ignore[assignment]
    version_here = serializers.BooleanField(
        source="is_version_here",
        allow_null=True,
        help_text="Whether that revision is here; null where it names none, or nothing is here.",
    )
    newest = serializers.IntegerField(allow_null=True, help_text="The newest revision here.")
    newer = serializers.BooleanField(source="has_newer", help_text="A newer one is here.")

    def get_name(self, one: Used) -> str:
        """Return its name here, else what the source lets guess."""
        return one.row.name if one.row is not None else one.use.label

    def get_here(self, one: Used) -> str | None:
        """Return its Resource ID here; null where it is not here, or may not be seen."""
        return one.row.pk if one.row is not None else None

    def get_read_only(self, one: Used) -> bool | None:
        """Tell whether it is a copy; null where it is not here."""
        return one.row.read_only if one.row is not None else None


class UsesAt(Answer):
    """What a revision uses."""

    revision = serializers.IntegerField(allow_null=True, help_text="null: there is none yet.")
    count = serializers.IntegerField()
    results = UsedHere(many=True, help_text=f"At most {MOST_USES}.")


class UsesQuery(Query):
    """At which revision."""

    revision = Number(required=False, help_text="Without it: the newest of the trunk.")


class User(Answer):
    """A resource here that uses the one that was asked for."""

    resource = Id(source="user.id")
    name = Text(source="user.name")
    category = Id(source="user.category_id")
    read_only = serializers.BooleanField(source="user.read_only")  # type: ignore[assignment]
    branches = serializers.ListField(child=Text(), help_text="Whose newest revisions use it.")
    version = Text(source="use.version")
    newer = serializers.BooleanField(source="has_newer", help_text="A newer one is here.")


class RaiseBody(Body):
    """Which used project is to be used at a newer revision: by one of the two ids."""

    resource = Id(required=False, allow_blank=False)
    project = Id(required=False, allow_blank=False)
    version = Count(
        required=False, allow_null=True, default=None, min_value=1, help_text="null: the newest."
    )
    branch = Id(required=False, default="", allow_blank=True, help_text="Empty: the trunk.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that it is one of the two."""
        if ("resource" in attrs) == ("project" in attrs):
            sentence = _("Name the used project by `resource` or by `project`, as it is told.")
            raise serializers.ValidationError({"resource": [sentence]})
        return attrs


class Raised(Answer):
    """The revision that was made."""

    revision = serializers.IntegerField()


class UsedOne(Answer):
    """A project of the closure."""

    resource = Text(help_text="The Resource ID, where it is known.")
    project = Text(help_text="The Project ID, where it is known.")
    name = Text()
    mark = serializers.ChoiceField([(mark.value, mark.value) for mark in Mark])
    reason = Text(help_text="What blocks it.")
    depth = serializers.IntegerField(help_text="1: something that is picked uses it.")
    versions = serializers.ListField(child=Text(), help_text="Those that are used.")
    used_by = serializers.ListField(child=Text(), source="users", help_text="Names.")
    here = serializers.SerializerMethodField()
    newest = serializers.SerializerMethodField()
    absent = serializers.ListField(child=Text(), help_text="Used revisions that are not here.")
    configuration = serializers.IntegerField(allow_null=True, source="config")

    def get_here(self, one: UsedProject) -> str | None:
        """Return its Resource ID here; null where it is not here, or may not be seen."""
        return one.row.pk if one.row is not None else None

    def get_newest(self, one: UsedProject) -> int | None:
        """Return its newest revision here; null where it is not here."""
        return one.row.head_number if one.row is not None else None


class UsedProjects(Answer):
    """What is used by what is picked, by that again, and so on; the nearest first."""

    projects = UsedOne(many=True)
    unread = serializers.ListField(
        child=Text(), help_text="Names of what could not be asked what it uses."
    )
    left = serializers.IntegerField(help_text="How many were not asked any more; 0: it is whole.")
    can_tell = serializers.BooleanField(help_text="false: the source does not know the question.")
    error = Text(help_text="Why it could not be asked; empty: it was.")
