"""What a revision holds: elements, how they change, artifacts."""

from __future__ import annotations

from typing import Any

import orjson
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from syncconfigs.api.serializers.fields import (
    Answer,
    Choice,
    Id,
    Number,
    Query,
    Text,
)

FIELDS = ("name", "type", "id", "any")
OPERATIONS = ("added", "edited", "removed")
MOST_HITS = 1000


class Outline(Answer):
    """An element as a line."""

    id = Id()
    type = Text(help_text="Empty: there is no such element at this revision.")
    name = Text(allow_null=True)
    owner = Id(allow_null=True)
    child_count = serializers.IntegerField()


class Value(Answer):
    """One attribute: a text, or a reference to another element."""

    path = Text(help_text="Such as data.kerml:ownedElement[3].")
    text = Text(allow_null=True)
    reference = Id(allow_null=True)
    target = Outline(
        allow_null=True, help_text="What the reference leads to; null: not in this resource."
    )


class Element(Answer):
    """An element in full."""

    outline = Outline()
    ns_uri = Text()
    path = Outline(many=True, help_text="Its owners, from the root down.")
    values = Value(many=True)
    truncated = serializers.BooleanField(help_text="It has more values than are given.")
    body = serializers.SerializerMethodField()

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_body(self, element: dict[str, Any]) -> orjson.Fragment:
        """Return the element as it is stored; its numbers go out as they came."""
        return orjson.Fragment(element["body"])


class Touch(Answer):
    """A revision that changed an element."""

    number = serializers.IntegerField()
    operation = serializers.ChoiceField(OPERATIONS)
    time = Text(allow_null=True)
    author = Text()
    message = Text()


class Past(Answer):
    """What changed an element, the newest first, from this revision on towards the root."""

    results = Touch(many=True)
    next = serializers.URLField(allow_null=True)


class Found(Answer):
    """What a search met so far. It stops after about a second: `next` goes on."""

    results = Outline(many=True)
    searched = serializers.IntegerField()
    total = serializers.IntegerField(help_text="Elements of the revision.")
    next = serializers.URLField(allow_null=True)


class AttributeChange(Answer):
    """An attribute that differs; null: it is not there."""

    path = Text()
    before = Text(allow_null=True)
    after = Text(allow_null=True)


class ElementChange(Answer):
    """An element that differs."""

    outline = Outline()
    operation = serializers.ChoiceField(OPERATIONS)
    attributes = AttributeChange(many=True)
    truncated = serializers.BooleanField()


class Artifact(Answer):
    """An entry of the artifact manifest."""

    id = Id()
    name = Text()
    digest = Text(help_text="SHA-256.")
    size = serializers.IntegerField(help_text="Bytes.")


class ArtifactChange(Answer):
    """An artifact that differs."""

    id = Id()
    operation = serializers.ChoiceField(OPERATIONS)
    before = Artifact(allow_null=True)
    after = Artifact(allow_null=True)


class Difference(Answer):
    """What differs, by rising id. Artifacts are on the first part only."""

    before = serializers.IntegerField()
    after = serializers.IntegerField()
    elements = ElementChange(many=True)
    artifacts = ArtifactChange(many=True)
    next = serializers.URLField(allow_null=True)


class PastQuery(Query):
    """How much of it."""

    limit = Number(required=False, default=50, min_value=1, max_value=MOST_HITS)


class CursorQuery(Query):
    """How much, and from where on."""

    limit = Number(required=False, default=100, min_value=1, max_value=MOST_HITS)
    after = Id(required=False, default="", max_length=1000, help_text="The cursor of `next`.")


class SearchQuery(CursorQuery):
    """What to look for."""

    text = Text(max_length=200, help_text="A part of it, whatever its case.")
    field = Choice(FIELDS, required=False, default="name")
