"""Fields and bases of the shapes: strict, because a value that is bent to fit hides a mistake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tcsync.repository.models.tree import ID_LENGTH, NAME_LENGTH

LARGEST_INTEGER = 2**63 - 1
"""What both databases and most readers of JSON can hold."""
MOST_ROWS = 1000
DEFAULT_ROWS = 50
LAST_PAGE = 1_000_000
MOST_NAMED = 20


class Text(serializers.CharField):
    """A text; a number is none."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"max_length": NAME_LENGTH, **more})

    def to_internal_value(self, data: Any) -> str:
        """Return the text. Raises ValidationError."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Id(Text):
    """An id: opaque, so that blanks at its ends belong to it."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"max_length": ID_LENGTH, "trim_whitespace": False, **more})


class Secret(Text):
    """A password or token: goes in, never comes out, and is taken as it is."""

    def __init__(self, **more: Any) -> None:
        fixed = {"write_only": True, "trim_whitespace": False, "style": {"input_type": "password"}}
        super().__init__(**{**fixed, "max_length": 10_000, **more})


class Choice(serializers.ChoiceField):
    """One of a few words. What was sent instead is not repeated."""

    def __init__(self, choices: Any, **more: Any) -> None:
        words = [choice[0] if isinstance(choice, tuple) else choice for choice in choices]
        sentence = _("Choose one of: %s.") % ", ".join(map(str, words))
        super().__init__(choices, error_messages={"invalid_choice": sentence}, **more)

    def to_internal_value(self, data: Any) -> Any:
        """Return the word. Raises ValidationError."""
        if not isinstance(data, str):
            self.fail("invalid_choice", input="")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """`true` or `false`, and nothing that could stand for them."""

    def to_internal_value(self, data: Any) -> bool:
        """Return the flag. Raises ValidationError."""
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class QueryFlag(serializers.BooleanField):
    """`true` or `false` in a query string."""

    default_error_messages = {"invalid": _("Say true or false.")}  # noqa: RUF012

    def to_internal_value(self, data: Any) -> bool:
        """Return the flag. Raises ValidationError."""
        if data not in {"true", "false"}:
            self.fail("invalid")
        return bool(data == "true")


class Number(serializers.IntegerField):
    """A whole number that both databases can hold, from 0 on."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": LARGEST_INTEGER, **more})


class Count(Number):
    """A number in a body; neither a text nor a truth value."""

    def to_internal_value(self, data: Any) -> int:
        """Return the number. Raises ValidationError."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return int(data)


class Several(serializers.ListField):
    """A list with a largest length; the entries of a longer one are not looked at."""

    def to_internal_value(self, data: Any) -> list[Any]:
        """Return the entries. Raises ValidationError."""
        most = self.max_length
        if most is not None and isinstance(data, list) and len(data) > most:
            sentence = _("At most %(most)d entries.") % {"most": most}
            raise serializers.ValidationError([sentence])
        found: list[Any] = super().to_internal_value(data)
        return found


class Moment(serializers.DateTimeField):
    """A moment, in UTC."""

    def __init__(self, **more: Any) -> None:
        super().__init__(default_timezone=UTC, **more)


class Answer(serializers.Serializer):
    """A part of what the API says."""


class Body(serializers.Serializer):
    """What a request carries. A field that is not declared is refused."""

    unknown = _("There is no such field.")

    def to_internal_value(self, data: Any) -> Any:
        """Return the values by field. Raises ValidationError."""
        if isinstance(data, Mapping):
            unknown = [str(name) for name in data if name not in self.fields]
            if unknown:
                raise serializers.ValidationError(
                    {name: [self.unknown] for name in unknown[:MOST_NAMED]}
                )
        return super().to_internal_value(data)


class Query(Body):
    """What may stand behind the question mark."""

    unknown = _("There is no such parameter.")

    def to_internal_value(self, data: Any) -> Any:
        """Return the values by parameter. Raises ValidationError."""
        return super().to_internal_value(self._plain(data))

    def _plain(self, data: QueryDict) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, values in data.lists():
            if isinstance(self.fields.get(name), serializers.ListField):
                found[name] = values
            elif len(values) > 1 and name in self.fields:
                raise serializers.ValidationError({name: [_("Give this only once.")]})
            else:
                found[name] = values[0]
        return found


class Nothing(Body):
    """An empty body, or `{}`."""


class PageQuery(Query):
    """Which part of a list is asked for."""

    page = Number(
        required=False, default=1, min_value=1, max_value=LAST_PAGE, help_text="From 1 on."
    )
    page_size = Number(
        required=False,
        default=DEFAULT_ROWS,
        min_value=1,
        max_value=MOST_ROWS,
        help_text="Entries of a page.",
    )
