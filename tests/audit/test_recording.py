"""Appending to the record, in the transaction of what is recorded."""

from __future__ import annotations

import uuid

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.transaction import TransactionManagementError

from tcsync.audit.chain import entry_hash
from tcsync.audit.models import GENESIS, AuditEntry, AuditHead
from tcsync.audit.recording import SYSTEM, Actor, changes, record
from tcsync.errors import Missing


@pytest.mark.django_db
def test_the_first_entry_has_number_one_and_follows_nothing() -> None:
    entry = record(SYSTEM, "node.start")
    assert (entry.seq, entry.previous_hash, entry.actor) == (1, GENESIS, "tcsync")


@pytest.mark.django_db
def test_each_entry_names_the_hash_of_the_one_before() -> None:
    first, second = record(SYSTEM, "a.b"), record(SYSTEM, "a.c")
    assert (second.seq, second.previous_hash) == (2, first.hash)
    assert str(AuditHead.objects.get(id=1)) == f"2:{second.hash}"


@pytest.mark.django_db
def test_an_entry_reads_back_with_the_same_hash() -> None:
    details = {"n": [1e22, 2**70, 0.1, 5e-324, None, True], "text": "\0 Ä 模", "id": uuid.uuid4()}
    entry = record(Actor("Ä\n", 7, "web ::1"), "a.b", target_name="x\0y", details=details)
    read = AuditEntry.objects.get(seq=entry.seq)
    assert entry_hash(read) == read.hash == entry.hash


@pytest.mark.django_db
def test_texts_are_escaped_and_cut_to_their_column() -> None:
    entry = record(Actor("a\nb"), "a.b", target_name="n" * 2000, summary="\x1b[2J")
    assert (entry.actor, entry.summary) == (r"a\x0ab", r"\x1b[2J")
    assert len(entry.target_name) == 1500
    assert entry.target_name.endswith("…")


@pytest.mark.django_db(transaction=True)
def test_recording_outside_of_a_transaction_is_an_error_of_the_program() -> None:
    with pytest.raises(TransactionManagementError, match="outside of transaction"):
        record(SYSTEM, "a.b")


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_entry_and_no_hole() -> None:
    with transaction.atomic():
        record(SYSTEM, "a.b")
        transaction.set_rollback(True)
    with transaction.atomic():
        assert record(SYSTEM, "a.c").seq == 1
    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db
def test_without_its_head_nothing_is_recorded() -> None:
    AuditHead.objects.all().delete()
    with pytest.raises(Missing, match="audit_verify"):
        record(SYSTEM, "a.b")


@pytest.mark.django_db(transaction=True)
def test_an_emptied_database_can_record_again() -> None:
    with transaction.atomic():
        record(SYSTEM, "a.b")
    call_command("flush", interactive=False, verbosity=0)
    with transaction.atomic():
        assert record(SYSTEM, "a.b").seq == 1


def test_changes_name_what_differs_and_keep_secrets() -> None:
    before = {"port": 1, "name": "n", "password": "old", "gone": 0}
    after = {"port": 2, "name": "n", "password": "new", "more": None}
    assert changes(before, after, {"password"}) == {
        "port": {"before": 1, "after": 2},
        "password": "changed",
        "gone": {"before": 0},
        "more": {"after": None},
    }
