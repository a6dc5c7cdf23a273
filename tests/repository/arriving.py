"""Revisions as they arrive from elsewhere: record, promised place and bytes, ready to be sent."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tcsync.audit.models import AuditEntry
from tcsync.domain import UNCATEGORIZED_ID, RevisionRecord
from tcsync.packs import opened
from tcsync.repository import models, reading
from tcsync.repository.storage import default_storage
from tcsync.repository.writing import HistoryBatch
from tests.repository.histories import describe


@dataclass(frozen=True)
class Packed:
    """A revision that another node holds."""

    record: RevisionRecord
    data: bytes
    pack_digest: str

    @property
    def place(self) -> tuple[int, str]:
        return len(self.data), self.pack_digest

    def with_record(self, **changes: object) -> Packed:
        return replace(self, record=replace(self.record, **changes))

    def send(self, batch: HistoryBatch, data: bytes | None = None) -> None:
        """Send it in two pieces, as a connection would."""
        data = self.data if data is None else data
        batch.receive(self.record, self.place, opened([data[:10], data[10:]]))


def packed(resource: str, number: int) -> Packed:
    """Return a revision that lies here, as another node would send it."""
    row = models.Revision.objects.get(resource=resource, number=number)
    data = default_storage().read(row.object, row.place, row.length)
    return Packed(reading.revision_record(row), data, row.pack_digest)


def taken_away(resource: str) -> list[Packed]:
    """Take a resource away from this node; return its revisions, rising."""
    numbers = models.Revision.objects.filter(resource=resource).order_by("number")
    revisions = [packed(resource, n) for n in numbers.values_list("number", flat=True)]
    models.Resource.objects.filter(id=resource).delete()
    models.Blob.objects.all().delete()
    return revisions


def copy_batch(*resources: str, **described: object) -> HistoryBatch:
    """Return a batch of copies in which these resources are described."""
    batch = HistoryBatch(copies=True)
    for id_ in resources:
        batch.describe(describe(id_, **described), UNCATEGORIZED_ID)
    return batch


def stored() -> int:
    """Return the bytes of all segments."""
    storage = default_storage()
    return sum(storage.size(name) or 0 for name in storage.objects())


def traces() -> tuple[int, int, int, int]:
    """Return the numbers of revisions, resources, feed rows and audit rows."""
    tables = (models.Revision, models.Resource, models.Change, AuditEntry)
    return tuple(table.objects.count() for table in tables)
