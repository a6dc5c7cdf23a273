"""Exclusions."""

from __future__ import annotations

from rest_framework import serializers

from syncconfigs.api.serializers.fields import Answer, Id, Moment, Text


class Exclusion(Answer):
    """A copy that somebody deleted or detached here."""

    resource = Id()
    name = Text()
    reason = Text()
    configuration = serializers.IntegerField(source="config_id", allow_null=True)
    at = Moment()
    by = Text()
