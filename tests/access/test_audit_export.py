"""The record as JSON lines: by command and by API."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command
from django.test import Client

from tcsync.access.models import Role, RoleGrant, User
from tcsync.access.tokens import create_token
from tcsync.audit.models import AuditEntry
from tests.audit.conftest import add_entries


def test_a_command_writes_all_or_what_came_since(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    add_entries(3)
    call_command("audit_export")
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["seq"] for one in told] == [1, 2, 3, 4]
    assert told[-1]["action"] == "audit.export"
    call_command("audit_export", after=4)
    assert [json.loads(line)["seq"] for line in capsys.readouterr().out.splitlines()] == [5]


@pytest.mark.parametrize(("role", "status"), [(Role.AUDITOR, 200), (Role.REVIEWER, 403)])
def test_the_api_streams_it_to_who_may_read_it(db: None, role: Role, status: int) -> None:
    user = User.objects.create(username="audrey")
    RoleGrant.objects.create(user=user, role=role)
    client = Client(headers={"authorization": f"Token {create_token(user, 'x', scope='read')}"})
    answer = client.get("/api/v1/audit/export/", {"action": "token."})
    assert answer.status_code == status
    if status == 200:
        (line,) = answer.getvalue().decode().splitlines()
        assert json.loads(line)["action"] == "token.create"
        assert AuditEntry.objects.all()[0].action == "audit.export"
