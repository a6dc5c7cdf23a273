"""Many writers at once leave one chain without holes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tcsync.audit.checking import verify
from tcsync.audit.models import AuditEntry
from tests.audit.conftest import add_entries

WRITERS, ENTRIES_EACH = 8, 20

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _shared_database() -> None:
    if connection.vendor == "sqlite" and "mode=memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("an SQLite database in memory belongs to one thread")


def _write(_: int) -> None:
    try:
        add_entries(ENTRIES_EACH)
    finally:
        connection.close()


def test_writers_at_once_leave_a_whole_chain() -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(_write, range(WRITERS)))
    numbers = list(AuditEntry.objects.order_by("seq").values_list("seq", flat=True))
    assert numbers == list(range(1, WRITERS * ENTRIES_EACH + 1))
    assert verify() == []


def test_a_record_that_grows_while_it_is_checked_is_whole() -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        writing = [pool.submit(_write, i) for i in range(WRITERS)]
        while not all(writer.done() for writer in writing):
            assert verify() == []
    assert AuditEntry.objects.count() == WRITERS * ENTRIES_EACH
