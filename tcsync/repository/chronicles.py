"""Our resources as chronicles: what listings show of their history, for whoever compares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tcsync.domain import Chronicle, RevisionRecord, Selection
from tcsync.repository import snapshots
from tcsync.repository.models import Revision
from tcsync.repository.reading import revision_record

ROWS_AT_ONCE = 500


def chronicle(resource: str) -> Chronicle | None:
    """Return what we hold of a resource, None where there is none or it was removed."""
    shown = snapshots.snapshot(Selection(resources=(resource,)), None)
    if not shown.resources or shown.resources[0].removed:
        return None
    gone = Revision.objects.filter(resource=resource, gone_at_source=True).order_by("number")
    numbers = tuple(gone.values_list("number", flat=True))
    return Chronicle(replace(shown.resources[0], gone_revisions=numbers), _records(resource))


def _records(resource: str) -> Iterator[RevisionRecord]:
    rows = Revision.objects.filter(resource=resource).order_by("number")
    for row in rows.iterator(chunk_size=ROWS_AT_ONCE):
        yield revision_record(row)
