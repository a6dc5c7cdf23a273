"""A record with some entries in it, of every shape that the columns allow."""

from __future__ import annotations

import pytest
from django.db import transaction

from tcsync.audit.models import AuditEntry
from tcsync.audit.recording import Actor, record

ENTRIES = 12


def add_entries(number: int) -> None:
    """Append this many entries that differ in every field."""
    for i in range(number):
        with transaction.atomic():
            record(
                Actor(f"person {i}", i, f"web 10.0.0.{i}"),
                f"server.change{i}",
                target_kind=f"kind {i}",
                target_id=str(i),
                target_name=f"Ä {i}",
                summary=f"address {i}",
                details={"port": {"before": i, "after": i + 0.5}},
            )


@pytest.fixture
def entries(db: None) -> list[AuditEntry]:
    """The entries of a whole record, oldest first."""
    add_entries(ENTRIES)
    return list(AuditEntry.objects.order_by("seq"))
