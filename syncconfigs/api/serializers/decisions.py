"""What somebody decides about a plan, and the two histories that it is decided on."""

from __future__ import annotations

from rest_framework import serializers

from syncconfigs.api.serializers.fields import Answer, Body, Id, Text
from syncconfigs.configurations.deciding import LONGEST_REASON


class ConfirmBody(Body):
    """Which change is meant, and why."""

    digest = Text(help_text="`too_much_change.digest` of the preview.")
    reason = Text(max_length=LONGEST_REASON, help_text="Stands in the audit record.")


class KeepBody(Body):
    """Of which copy, and why."""

    name = Text(help_text="The name of the copy, typed as a check.")
    reason = Text(max_length=LONGEST_REASON, help_text="Stands in the audit record.")


class AcceptBody(KeepBody):
    """Of which copy, which of the source's histories, and why."""

    history = Text(help_text="`history` of the two histories.")


class ToldRevision(Answer):
    """A revision on one side. Empty where a node is too old to tell."""

    digest = Text()
    branch = Id()
    author = Text()
    time = serializers.IntegerField(allow_null=True, help_text="UTC epoch seconds.")
    message = Text()


class RevisionPair(Answer):
    """A number on both sides, null where there is none."""

    number = serializers.IntegerField()
    equal = serializers.BooleanField()
    ours = ToldRevision(allow_null=True)
    theirs = ToldRevision(allow_null=True)


class Histories(Answer):
    """The history of a copy beside that of its source, around the point where they part."""

    resource = Id()
    name = Text()
    reason = Text(help_text="Why it is refused; empty: it is not.")
    history = Text(help_text="By what exactly these two are known; empty: nothing to decide.")
    parts_at = serializers.IntegerField(allow_null=True, help_text="The first that differs.")
    compared_by = serializers.ChoiceField(["revision digest", "listing fingerprint"])
    hint = Text(help_text="What else may be the cause.")
    ours_count = serializers.IntegerField()
    theirs_count = serializers.IntegerField()
    revisions = RevisionPair(many=True)
