"""The command that makes API tokens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tcsync.access.models import ApiToken, User
from tcsync.access.tokens import authenticate_token
from tcsync.audit.models import AuditEntry


def test_it_prints_the_token_alone(bob: User, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_api_token", "bob")
    out = capsys.readouterr().out
    assert out == out.strip() + "\n"
    assert authenticate_token(out.strip()) == bob


def test_name_and_days_are_kept(bob: User) -> None:
    call_command("create_api_token", "bob", name="backup", days=7)
    token = ApiToken.objects.get()
    assert token.name == "backup"
    assert token.expires is not None
    assert abs(token.expires - timezone.now() - timedelta(days=7)) < timedelta(minutes=1)


def test_it_is_recorded_as_a_command(bob: User) -> None:
    call_command("create_api_token", "bob")
    assert AuditEntry.objects.get().origin == "command"


@pytest.mark.django_db
def test_an_unknown_user_is_named() -> None:
    with pytest.raises(CommandError, match="no user 'nobody'"):
        call_command("create_api_token", "nobody")


def test_a_disabled_user_gets_no_token(bob: User) -> None:
    User.objects.update(is_active=False)
    with pytest.raises(CommandError, match="disabled"):
        call_command("create_api_token", "bob")


@pytest.mark.parametrize("days", [0, -1, 10**9])
def test_impossible_days_are_refused(bob: User, days: int) -> None:
    with pytest.raises(CommandError, match="--days"):
        call_command("create_api_token", "bob", days=days)


def test_a_name_that_is_too_long_or_empty_is_refused(bob: User) -> None:
    for name in ("n" * 201, " "):
        with pytest.raises(CommandError, match="--name"):
            call_command("create_api_token", "bob", name=name)
