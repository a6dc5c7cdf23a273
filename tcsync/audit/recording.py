"""Adds entries to the audit record, in the transaction of what they record. Nothing else does."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from tcsync.audit.chain import entry_hash
from tcsync.audit.models import LENGTHS, AuditEntry, AuditHead
from tcsync.audit.texts import escape, plain, shorten
from tcsync.errors import Missing

CHANGED = "changed"
"""Stands in the record for the value of a secret."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something. `origin` says from where: `web 10.0.0.1`, `api`, `command`, `run 12`."""

    name: str
    user_id: int | None = None
    origin: str = ""


SYSTEM = Actor("tcsync")


def record(  # noqa: PLR0913 (the parts of an entry, each by its name)
    actor: Actor,
    action: str,
    *,
    target_kind: str = "",
    target_id: str = "",
    target_name: str = "",
    summary: str = "",
    details: Mapping[str, object] | None = None,
) -> AuditEntry:
    """Append an entry and return it; it becomes visible when the caller's transaction commits.

    Locks the head of the chain until then: call it last. Control characters are escaped, texts that
    are too long cut. Raises TransactionManagementError outside of a transaction.
    """
    head = _locked_head()
    entry = AuditEntry(
        seq=head.seq + 1,
        at=timezone.now(),
        actor=_text("actor", actor.name),
        actor_id=actor.user_id,
        origin=_text("origin", actor.origin),
        action=_text("action", action),
        target_kind=_text("target_kind", target_kind),
        target_id=_text("target_id", target_id),
        target_name=_text("target_name", target_name),
        summary=_text("summary", summary),
        details=plain(details or {}),
        previous_hash=head.hash,
    )
    entry.hash = entry_hash(entry)
    entry.save()
    head.seq, head.hash = entry.seq, entry.hash
    head.save(update_fields=["seq", "hash"])
    return entry


def changes(
    before: Mapping[str, object],
    after: Mapping[str, object],
    secret: Collection[str] = (),
) -> dict[str, object]:
    """Return the fields that differ, `{name: {"before": ..., "after": ...}}`, as `details`.

    A field that is missing on one side has no entry for that side; of those in `secret` it says
    only that they changed.
    """
    sides = {name: _sides(name, before, after) for name in {**before, **after}}
    return {
        name: CHANGED if name in secret else side
        for name, side in sides.items()
        if len(side) == 1 or before[name] != after[name]
    }


def _sides(
    name: str, before: Mapping[str, object], after: Mapping[str, object]
) -> dict[str, object]:
    sides = {"before": before, "after": after}
    return {side: values[name] for side, values in sides.items() if name in values}


def _locked_head() -> AuditHead:
    if not transaction.get_connection().in_atomic_block:
        raise TransactionManagementError(
            "record() was called outside of transaction.atomic(): "
            "an audit entry belongs into the transaction of what it records."
        )
    head = AuditHead.objects.select_for_update().filter(id=1).first()
    if head is None:
        raise Missing(
            "The head of the audit record is gone from the database.",
            next_step="Run `manage.py audit_verify`, and restore the database from a backup.",
        )
    return head


def _text(field: str, text: str) -> str:
    return shorten(escape(text), LENGTHS[field])
