"""Categories, as rows of their tree."""

from __future__ import annotations

from rest_framework import serializers

from syncconfigs.api.serializers.fields import Answer, Body, Id, PageQuery, Text
from tcsync.repository.models.tree import NAME_LENGTH


class Category(Answer):
    """A category of this node."""

    id = Id()
    name = Text()
    parent = Id(allow_null=True, help_text="null at the top, or where it may not be seen.")  # type: ignore[assignment]
    path = serializers.ListField(child=Text(), help_text="The names from the top down to it.")
    resources = serializers.IntegerField(help_text="Directly in it, without those below.")
    configuration = serializers.IntegerField(
        allow_null=True, help_text="The configuration that made it as a copy."
    )


class CategoryBody(Body):
    """A category to be made."""

    name = Text(max_length=NAME_LENGTH)
    parent = Id(required=False, allow_null=True, default=None, help_text="null: at the top.")  # type: ignore[assignment]


class CategoriesQuery(PageQuery):
    """Which categories."""

    parent = Id(required=False, help_text="The category that they lie directly in.")  # type: ignore[assignment]
    name = Text(required=False, help_text="A part of the name.")
