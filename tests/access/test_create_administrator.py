"""The command that makes the first account."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from tcsync.access.models import User
from tcsync.access.permissions import Action, may
from tcsync.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_password_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TCSYNC_ADMIN_PASSWORD", raising=False)


def create(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run the command for `admin` and return what it wrote to standard output."""
    call_command("create_administrator", "admin", *arguments)
    return capsys.readouterr().out


def test_it_prints_a_password_that_opens_the_account(capsys: pytest.CaptureFixture[str]) -> None:
    password = create(capsys).strip()
    admin = User.objects.get(username="admin")
    assert admin.check_password(password)
    assert may(admin, Action.ADMINISTER)
    assert admin.is_staff


def test_a_second_time_changes_and_records_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    password = create(capsys).strip()
    assert create(capsys) == ""
    assert User.objects.get().check_password(password)
    assert AuditEntry.objects.count() == 1


def test_reset_makes_another_password(capsys: pytest.CaptureFixture[str]) -> None:
    old = create(capsys).strip()
    new = create(capsys, "--reset").strip()
    assert old != new
    assert User.objects.get().check_password(new)


def test_the_environment_can_give_the_password(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TCSYNC_ADMIN_PASSWORD", "correct horse battery")
    assert create(capsys) == ""
    assert User.objects.get().check_password("correct horse battery")


@pytest.mark.parametrize("password", ["admin", "password", "admin1234"])
def test_a_weak_password_from_the_environment_is_refused(
    monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    monkeypatch.setenv("TCSYNC_ADMIN_PASSWORD", password)
    with pytest.raises(CommandError, match="TCSYNC_ADMIN_PASSWORD"):
        call_command("create_administrator", "admin")
    assert not User.objects.exists()


def test_a_disabled_account_becomes_an_administrator_with_its_own_password(
    capsys: pytest.CaptureFixture[str],
) -> None:
    User.objects.create(username="admin", is_active=False, password="kept")
    assert create(capsys) == ""
    admin = User.objects.get()
    assert (admin.is_active, admin.is_superuser, admin.password) == (True, True, "kept")
    assert AuditEntry.objects.get().details["is_active"] == {"before": False, "after": True}


def test_the_password_is_not_recorded(capsys: pytest.CaptureFixture[str]) -> None:
    password = create(capsys).strip()
    entry = AuditEntry.objects.get()
    assert entry.details["password"] == "changed"
    assert password not in repr(AuditEntry.objects.values_list())


@pytest.mark.parametrize("name", ["", "two words", "x" * 151])
def test_an_impossible_name_is_refused(name: str) -> None:
    with pytest.raises(CommandError, match="cannot be a user name"):
        call_command("create_administrator", name)
