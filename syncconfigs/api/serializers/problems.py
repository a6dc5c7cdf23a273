"""The shape of a problem: syncconfigs.api.problems makes them."""

from __future__ import annotations

from rest_framework import serializers

from syncconfigs.api.serializers.fields import Answer, Id, Text


class Refusal(Answer):
    """Something picked of which no configuration can be made."""

    kind = serializers.ChoiceField(["resource", "category"])
    id = Id()
    name = Text()
    code = Text(help_text="Such as clash, name_taken, claimed, loop, excluded.")
    reason = Text()
    next_step = Text()


class Problem(Answer):
    """An error (RFC 9457), as application/problem+json."""

    type = Text(help_text="urn:tcsync:error: and the code")
    title = Text()
    status = serializers.IntegerField()
    code = Text(help_text="Stable: programs decide by it.")
    detail = Text(help_text="What is wrong, in a sentence.")
    next_step = Text(help_text="What to do about it.")
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=Text()),
        required=False,
        help_text="Sentences by field; a field inside another is a dotted path.",
    )
    stage = Text(
        required=False, help_text="How far a question to another server came: dns, tcp, tls, ..."
    )
    refusals = Refusal(many=True, required=False)
