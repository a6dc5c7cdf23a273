"""A plan, as tcsync.sync.render.to_document has it."""

from __future__ import annotations

from rest_framework import serializers

from syncconfigs.api.serializers.fields import Answer, Id, Text


class PlanSource(Answer):
    """The node that the plan reads."""

    node = Text()
    name = Text()


class PlanTotals(Answer):
    """How much it is."""

    categories = serializers.IntegerField()
    resources = serializers.IntegerField()
    revisions = serializers.IntegerField()
    elements = serializers.IntegerField(help_text="Changed by these revisions.")
    raw_bytes = serializers.IntegerField(help_text="Uncompressed.")
    at_least = serializers.BooleanField(
        help_text="true: the source cannot tell all of it, there may be more."
    )
    refusals = serializers.IntegerField()
    released = serializers.IntegerField()
    followed = serializers.IntegerField()


class PlanCategory(Answer):
    """A category to be made, renamed or moved here."""

    id = Id(help_text="At the source.")
    name = Text()
    marks = serializers.ListField(child=Text())


class PlanResource(Answer):
    """A resource to be brought up to date."""

    resource = Id()
    name = Text()
    renamed_from = Text(help_text="The name of the copy that gets another one; else empty.")
    marks = serializers.ListField(child=Text(), help_text="What changes, such as new, revisions.")
    revisions = serializers.IntegerField(help_text="To be fetched.")
    first = serializers.IntegerField(allow_null=True)
    last = serializers.IntegerField(allow_null=True)
    elements = serializers.IntegerField()
    raw_bytes = serializers.IntegerField()


class PlanHolder(Answer):
    """What is in the way here, where the account may see it."""

    kind = serializers.ChoiceField(["resource", "configuration"])
    id = Id()
    name = Text()
    where = serializers.ListField(child=Text(), help_text="The categories, from the top down.")


class PlanTooMuch(Answer):
    """So much changes at once that somebody has to confirm it: `confirm-change/`."""

    code = Text()
    reason = Text()
    next_step = Text()
    copies = serializers.IntegerField()
    renamed = serializers.IntegerField()
    moved = serializers.IntegerField()
    dropped = serializers.IntegerField()
    digest = Text(help_text="By what exactly this change is known.")


class PlanRefusal(Answer):
    """A resource that is left alone, and why."""

    resource = Id()
    name = Text()
    code = Text()
    reason = Text()
    next_step = Text()
    facts = serializers.DictField(
        help_text="Such as number, ours, theirs and history of what was rewritten."
    )
    holder = PlanHolder(allow_null=True)


class PlanReleased(Answer):
    """A copy that is no longer synchronized; it stays."""

    resource = Id()
    name = Text()
    reason = Text()


class Plan(Answer):
    """What a run would do."""

    source = PlanSource()  # type: ignore[assignment]
    totals = PlanTotals()
    categories = PlanCategory(many=True)
    resources = PlanResource(many=True)
    refusals = PlanRefusal(many=True)
    released = PlanReleased(many=True)
    missing = serializers.ListField(child=Id(), help_text="What was picked and is not shown.")
    warnings = serializers.ListField(child=Text())
    too_much_change = PlanTooMuch(allow_null=True)
