"""Accounts as administrators see them, and API tokens."""

from __future__ import annotations

from rest_framework import serializers

from syncconfigs.api.serializers.fields import Answer, Body, Choice, Count, Moment, Text
from tcsync.access.models import ApiToken
from tcsync.access.second_factor import LONGEST_REASON

MOST_DAYS = 36_500


class Token(Answer):
    """An API token, without the token itself."""

    id = serializers.IntegerField()
    name = Text()
    account = Text(source="user.username")
    prefix = Text(help_text="How the token begins.")
    scope = serializers.ChoiceField(ApiToken.Scope.choices)
    created = Moment()
    expires = Moment(allow_null=True)
    last_used = Moment(allow_null=True, help_text="To the minute.")


class NewToken(Body):
    """A token to be made for the account that asks."""

    name = Text(max_length=200, help_text="What it is for.")
    scope = Choice(
        ApiToken.Scope.choices,
        default=ApiToken.Scope.READ.value,
        help_text="What it may do of what the account may.",
    )
    days = Count(
        min_value=1,
        max_value=MOST_DAYS,
        allow_null=True,
        default=90,
        help_text="Days until it ends; `null`: never.",
    )


class MadeToken(Answer):
    """The token itself, shown only now."""

    token = Text()


class Account(Answer):
    """An account, and how it signs in."""

    id = serializers.IntegerField()
    username = Text()
    is_active = serializers.BooleanField()
    second_factor = serializers.BooleanField(source="factors")
    tokens = serializers.IntegerField(source="token_count")
    last_login = Moment(allow_null=True)


class Reset(Body):
    """Why."""

    reason = Text(max_length=LONGEST_REASON, help_text="It stands in the audit record.")
