"""Entries of the record can be added, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from tcsync.audit.models import AuditEntry, AuditHead
from tcsync.errors import ReadOnly

WAYS: dict[str, Callable[[AuditEntry], object]] = {
    "save": lambda entry: entry.save(),
    "save of some fields": lambda entry: entry.save(update_fields=["summary"]),
    "delete": lambda entry: entry.delete(),
    "update": lambda _: AuditEntry.objects.update(summary="x"),
    "update of a part": lambda _: AuditEntry.objects.filter(seq=1).update(summary="x"),
    "update past the manager": lambda _: AuditEntry._base_manager.update(summary="x"),
    "bulk update": lambda entry: AuditEntry.objects.bulk_update([entry], ["summary"]),
    "bulk create": lambda entry: AuditEntry.objects.bulk_create([entry], ignore_conflicts=True),
    "update or create": lambda _: AuditEntry.objects.update_or_create({"summary": "x"}, seq=1),
    "delete of all": lambda _: AuditEntry.objects.all().delete(),
    "delete past the manager": lambda _: AuditEntry._base_manager.all().delete(),
    "raw delete": lambda _: AuditEntry.objects.all()._raw_delete("default"),
}


@pytest.mark.parametrize("way", WAYS)
def test_no_way_of_changing_or_removing_an_entry(way: str, entries: list[AuditEntry]) -> None:
    with pytest.raises(ReadOnly, match="audit record"):
        WAYS[way](entries[0])
    assert list(AuditEntry.objects.order_by("seq").values()) == [
        {field.name: getattr(entry, field.name) for field in AuditEntry._meta.fields}
        for entry in entries
    ]


def test_a_new_entry_cannot_take_the_number_of_another(entries: list[AuditEntry]) -> None:
    forged = AuditEntry(seq=1, at=entries[0].at, actor="x", action="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        forged.save()


@pytest.mark.django_db
def test_there_is_one_head_only() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditHead.objects.create(id=2)
