"""The read-only flag of copies, and the mark of deletion: for many resources at once.

Each function does all of it or nothing. Whether a configuration still owns a copy is for the caller
to see to, in its own transaction around these.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils import timezone

from tcsync.amounts import counted
from tcsync.audit.recording import Actor
from tcsync.errors import Clash, Missing
from tcsync.repository.among import among
from tcsync.repository.models import Resource
from tcsync.repository.ways import shelf_of
from tcsync.repository.writing.chunks import chunks
from tcsync.repository.writing.unit import Unit, unit

NAMED = 5
"""So many resources are named in a sentence."""


def make_editable(actor: Actor, resources: Collection[str], reason: str = "") -> None:
    """Take the read-only flag off copies: from now on they are local resources.

    Raises Missing when one of them is no read-only copy.
    """
    with unit(actor, "copy.editable") as work:
        rows = _locked(resources)
        _refuse(rows, [r.id for r in rows.values() if not r.read_only], "is no read-only copy")
        now = timezone.now()
        # Equal until the first local change, which is what can still be undone.
        _update(rows, read_only=False, released_at=now, modified=now)
        _tell(work, rows, "made editable", reason)


def make_read_only(actor: Actor, resources: Collection[str], reason: str = "") -> None:
    """Put the read-only flag back on copies that nobody changed since it was taken off.

    Raises Missing for what was never a copy, Clash for what was changed here.
    """
    with unit(actor, "copy.read_only") as work:
        rows = _locked(resources)
        never = [r.id for r in rows.values() if r.released_at is None]
        _refuse(rows, never, "was not made editable here")
        _refuse_changed(rows)
        _update(rows, read_only=True, released_at=None, modified=timezone.now())
        _tell(work, rows, "made read-only again", reason)


def mark_deleted(actor: Actor, resources: Collection[str], reason: str = "") -> None:
    """Mark resources as deleted, local ones and copies; their history stays. Raises Missing."""
    with unit(actor, "resource.remove") as work:
        rows = _locked(resources)
        marked = [r.id for r in rows.values() if r.removed_at is not None]
        _refuse(rows, marked, "is marked as deleted already")
        now = timezone.now()
        _update(rows, removed_at=now, modified=now)
        _tell(work, rows, "marked as deleted", reason)


def take_mark_back(actor: Actor, resources: Collection[str], reason: str = "") -> None:
    """Take the mark of deletion back. Raises Missing for what has none."""
    with unit(actor, "resource.restore") as work:
        rows = _locked(resources)
        _refuse(rows, [r.id for r in rows.values() if r.removed_at is None], "is not marked")
        _update(rows, removed_at=None, modified=timezone.now())
        _tell(work, rows, "no longer marked as deleted", reason)


def purge(actor: Actor, resources: Collection[str], reason: str = "") -> None:
    """Delete marked resources for good; their bytes are left to the collector. Raises Missing."""
    with unit(actor, "resource.purge") as work:
        rows = _locked(resources)
        _refuse(rows, [r.id for r in rows.values() if r.removed_at is None], "is not marked")
        _tell(work, rows, "deleted for good", reason)
        for some in chunks(rows):
            Resource.objects.filter(among("id", some)).delete()
        for id_ in rows:
            transaction.on_commit(shelf_of(id_).clear)


def is_unchanged(row: Resource) -> bool:
    """Tell whether a copy that was made editable was not changed since."""
    return row.released_at is not None and row.modified == row.released_at


def _locked(resources: Collection[str]) -> dict[str, Resource]:
    """Return the rows, locked in the order of their ids. Raises Missing."""
    rows: dict[str, Resource] = {}
    for some in chunks(sorted(set(resources))):
        found = Resource.objects.select_for_update().filter(among("id", some)).order_by("id")
        rows |= {row.id: row for row in found}
    if lacking := sorted(set(resources) - rows.keys()):
        raise Missing(
            f"There is no resource {_listed(lacking)} here; nothing was changed.",
            next_step="Look for the id with `datamanager -lr`.",
        )
    return rows


def _refuse(rows: Mapping[str, Resource], wrong: list[str], what: str) -> None:
    if wrong:
        names = _listed([f"{rows[id_].name} ({id_})" for id_ in wrong])
        raise Missing(f"{names} {what}; nothing was changed.", next_step="Leave it out.")


def _refuse_changed(rows: Mapping[str, Resource]) -> None:
    changed = [r for r in rows.values() if r.removed_at is not None or not is_unchanged(r)]
    if changed:
        names = _listed([f"{row.name} ({row.id})" for row in changed])
        raise Clash(
            f"{names} was changed here since it was made editable; nothing was changed.",
            next_step="What was changed here is no copy any more: keep it as a local resource, or"
            " delete it and synchronize it anew.",
        )


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _update(rows: Mapping[str, Resource], **values: object) -> None:
    for some in chunks(rows):
        Resource.objects.filter(among("id", some)).update(**values)


def _tell(work: Unit, rows: Mapping[str, Resource], what: str, reason: str) -> None:
    work.resources |= set(rows)
    one = next(iter(rows.values())) if len(rows) == 1 else None
    summary = f"{one.name if one else counted(len(rows), 'resource')} {what}"
    id_ = one.id if one else ",".join(rows)[:200]
    work.target("resource", id_, one.name if one else "", summary)
    work.details = {
        "reason": reason,
        "resources": [{"id": row.id, "name": row.name} for row in rows.values()],
    }
