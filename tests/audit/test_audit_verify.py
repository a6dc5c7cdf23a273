"""The command that checks the record."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tcsync.audit.models import AuditEntry


def test_a_whole_record_ends_well_and_prints_its_anchor(
    entries: list[AuditEntry], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("audit_verify")
    assert f"12:{entries[-1].hash}" in capsys.readouterr().out


def test_a_bad_record_fails_and_names_the_first_bad_entry(
    entries: list[AuditEntry], capsys: pytest.CaptureFixture[str]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditentry SET actor = 'x' WHERE seq IN (4, 9)")
    with pytest.raises(CommandError, match="first bad entry is 4") as caught:
        call_command("audit_verify")
    assert caught.value.returncode == 1
    assert "Entry 9 is not what was written." in capsys.readouterr().out


def test_the_anchor_that_it_prints_can_be_given_back(entries: list[AuditEntry]) -> None:
    call_command("audit_verify", f"--anchor=12:{entries[-1].hash}")
    with pytest.raises(CommandError):
        call_command("audit_verify", f"--anchor=13:{entries[-1].hash}")


@pytest.mark.django_db
def test_a_misspelt_anchor_is_refused() -> None:
    with pytest.raises(CommandError, match="NUMBER:HASH"):
        call_command("audit_verify", "--anchor=12:xyz")
