"""Whatever is done to the rows behind our back, the first bad entry is named."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from tcsync.audit.chain import entry_hash
from tcsync.audit.checking import Anchor, Kind, verify
from tcsync.audit.models import AuditEntry, AuditHead

SEEDS = 40
EDITS = {
    "at": "2020-01-02 03:04:05.000006+00:00",
    "actor": "somebody else",
    "actor_id": 999,
    "origin": "",
    "action": "other.thing",
    "target_kind": "x",
    "target_id": "x",
    "target_name": "A 1",
    "summary": "nothing was done",
    "details": '{"port": 1}',
    "previous_hash": "f" * 64,
    "hash": "f" * 64,
}


def sql(text: str, *values: Any) -> None:
    """Do what somebody with the database's password can do."""
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def edit(rng: random.Random, last: int) -> int:
    """Change one column of one row; return the number of the first bad entry."""
    seq, column = rng.randint(1, last), rng.choice(list(EDITS))
    sql(f"UPDATE audit_auditentry SET {column} = %s WHERE seq = %s", EDITS[column], seq)  # noqa: S608
    return seq


def remove(rng: random.Random, last: int) -> int:
    """Delete a row that is not the newest."""
    seq = rng.randint(1, last - 1)
    sql("DELETE FROM audit_auditentry WHERE seq = %s", seq)
    return seq


def insert(rng: random.Random, last: int) -> int:
    """Push the later rows away and put a copy of one of them in."""
    seq = rng.randint(1, last)
    sql("UPDATE audit_auditentry SET seq = seq + 1000 WHERE seq >= %s", seq)
    sql("UPDATE audit_auditentry SET seq = seq - 999 WHERE seq > 1000")
    others = [s for s in range(1, last + 2) if s not in (seq, seq + 1)]
    row = AuditEntry.objects.get(seq=rng.choice(others))
    row.seq, row._state.adding = seq, True
    row.save()
    return seq


def reorder(rng: random.Random, last: int) -> int:
    """Let two rows change places."""
    one, two = sorted(rng.sample(range(1, last + 1), 2))
    for old, new in ((one, 0), (two, one), (0, two)):
        sql("UPDATE audit_auditentry SET seq = %s WHERE seq = %s", new, old)
    return one


def cut_off(rng: random.Random, last: int) -> int:
    """Delete the newest rows."""
    seq = rng.randint(1, last)
    sql("DELETE FROM audit_auditentry WHERE seq >= %s", seq)
    return seq


def test_a_whole_record_has_no_findings(entries: list[AuditEntry]) -> None:
    assert verify() == []


@pytest.mark.django_db
def test_an_empty_record_is_whole() -> None:
    assert verify() == []


@pytest.mark.parametrize("tamper", [edit, remove, insert, reorder, cut_off])
def test_the_first_bad_entry_is_named(
    tamper: Callable[[random.Random, int], int], entries: list[AuditEntry]
) -> None:
    for seed in range(SEEDS):
        with transaction.atomic():
            bad = tamper(random.Random(seed), len(entries))
            findings = verify()
            assert findings, f"seed {seed}: {tamper.__name__} at {bad} was not seen"
            assert (seed, findings[0].seq) == (seed, bad)
            transaction.set_rollback(True)


@pytest.mark.parametrize("column", EDITS)
def test_an_edit_of_any_column_is_seen(column: str, entries: list[AuditEntry]) -> None:
    sql(f"UPDATE audit_auditentry SET {column} = %s WHERE seq = 5", EDITS[column])  # noqa: S608
    assert (verify()[0].seq, verify()[0].kind) == (5, Kind.EDITED)


def test_an_entry_that_was_forged_with_a_right_hash_breaks_the_next(
    entries: list[AuditEntry],
) -> None:
    forged = entries[4]
    forged.summary = "nothing was done"
    sql("DELETE FROM audit_auditentry WHERE seq = 5")
    forged.hash, forged._state.adding = entry_hash(forged), True
    forged.save()
    assert [(f.seq, f.kind) for f in verify()] == [(6, Kind.REORDERED)]


def test_an_entry_added_behind_the_head_is_seen(entries: list[AuditEntry]) -> None:
    forged = AuditEntry(seq=13, at=entries[0].at, actor="x", action="x")
    forged.previous_hash = entries[-1].hash
    forged.hash = entry_hash(forged)
    forged.save()
    assert [(f.seq, f.kind) for f in verify()] == [(13, Kind.INSERTED)]


def test_a_lost_head_is_seen(entries: list[AuditEntry]) -> None:
    AuditHead.objects.all().delete()
    assert [f.kind for f in verify()] == [Kind.NO_HEAD]


def test_a_tail_cut_off_together_with_its_head_is_seen_by_an_anchor(
    entries: list[AuditEntry],
) -> None:
    anchor = Anchor(12, entries[-1].hash)
    assert verify([anchor]) == []
    sql("DELETE FROM audit_auditentry WHERE seq > 8")
    AuditHead.objects.update(seq=8, hash=entries[7].hash)
    assert verify() == []
    assert [(f.seq, f.kind) for f in verify([anchor])] == [(9, Kind.CUT_OFF)]


def test_a_rewritten_record_is_seen_by_an_anchor(entries: list[AuditEntry]) -> None:
    last = entries[-1]
    sql("DELETE FROM audit_auditentry WHERE seq = 12")
    anchor, last.summary = Anchor(12, last.hash), "nothing was done"
    last.hash, last._state.adding = entry_hash(last), True
    last.save()
    AuditHead.objects.update(hash=last.hash)
    assert verify() == []
    assert [(f.seq, f.kind) for f in verify([anchor])] == [(12, Kind.NOT_ANCHORED)]


def test_a_value_that_cannot_be_read_is_a_finding(entries: list[AuditEntry]) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite lets a column hold what does not belong there")
    sql("UPDATE audit_auditentry SET at = '2026-13-45 00:00:00' WHERE seq = 5")
    assert (verify()[0].seq, verify()[0].kind) == (5, Kind.UNREADABLE)
