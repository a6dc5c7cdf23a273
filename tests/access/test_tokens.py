"""API tokens: made once, known by their digest, over when they should be."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tcsync.access.models import ApiToken, User
from tcsync.access.tokens import authenticate_token, create_token
from tcsync.audit.models import AuditEntry
from tcsync.audit.recording import Actor


def test_a_token_stands_for_its_user(bob: User) -> None:
    text = create_token(bob, "laptop")
    assert authenticate_token(text) == bob
    assert text.startswith("tcs_")
    assert len(text) == 4 + 43


def test_the_token_itself_is_kept_nowhere(bob: User) -> None:
    text = create_token(bob, "laptop", actor=Actor("alice"))
    rows = [*ApiToken.objects.values_list(), *AuditEntry.objects.values_list()]
    assert text not in repr(rows)
    assert ApiToken.objects.get().prefix == text[:8]


def test_making_a_token_is_recorded(bob: User) -> None:
    create_token(bob, "laptop", actor=Actor("alice"))
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.details["user"]) == ("alice", "token.create", "bob")


@pytest.mark.parametrize("change", ["", "x", "tcs_", "\ud800", "tcs_" + "a" * 43, "é" * 100_000])
def test_what_is_not_a_token_stands_for_nobody(bob: User, change: str) -> None:
    create_token(bob, "laptop")
    assert authenticate_token(change) is None


def test_a_changed_or_padded_token_stands_for_nobody(bob: User) -> None:
    text = create_token(bob, "laptop")
    assert [authenticate_token(t) for t in (text[:-1], text + " ", text.upper())] == [None] * 3


def test_a_token_is_over_when_it_expires(bob: User) -> None:
    text = create_token(bob, "laptop", expires=timezone.now() + timedelta(days=1))
    assert authenticate_token(text) == bob
    with time_machine.travel(timezone.now() + timedelta(days=1, seconds=1)):
        assert authenticate_token(text) is None


def test_the_token_of_a_disabled_account_stands_for_nobody(bob: User) -> None:
    text = create_token(bob, "laptop")
    User.objects.update(is_active=False)
    assert authenticate_token(text) is None


def test_the_last_use_is_noted_once_a_minute(bob: User) -> None:
    text, uses = create_token(bob, "laptop"), []
    start = timezone.now()
    for seconds in (0, 59, 61):
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
            authenticate_token(text)
        uses.append(ApiToken.objects.get().last_used)
    assert uses == [start, start, start + timedelta(seconds=61)]
