"""Making copies editable, and read-only again."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from syncconfigs.datamanager.ids import Chosen
from syncconfigs.datamanager.owners import detach as take_out
from syncconfigs.datamanager.owners import note_detached, owners_of, refuse_owned
from syncconfigs.rights import require_synchronize
from tcsync.audit.recording import Actor
from tcsync.errors import Missing
from tcsync.repository import writing
from tcsync.repository.models import Resource


def make_editable(
    actor: Actor, chosen: Chosen, *, reason: str = "", detach: bool = False
) -> tuple[Resource, ...]:
    """Take the read-only flag off and return what it was taken off.

    Of categories only the copies count. With `detach` copies are taken out of the configurations
    that own them. Raises NotAllowed, Missing, StillSynchronized, and Clash while a run is under
    way.
    """
    rows = _with_flag(chosen, lambda row: row.read_only, "read-only copy")
    _require(actor, rows)
    with transaction.atomic():
        owners = owners_of(rows)
        if not detach:
            refuse_owned(actor, owners)
        take_out(actor, owners, reason)
        # The chain of the audit record is locked last: both of these add to it.
        writing.make_editable(actor, [row.id for row in rows], reason)
        note_detached(actor, owners, reason)
    return rows


def make_read_only(actor: Actor, chosen: Chosen, *, reason: str = "") -> tuple[Resource, ...]:
    """Put the read-only flag back and return what got it: what was made editable, and not changed.

    Of categories only what was made editable counts. Raises NotAllowed, Missing, Clash.
    """
    rows = _with_flag(chosen, lambda row: row.released_at is not None, "copy made editable")
    _require(actor, rows)
    writing.make_read_only(actor, [row.id for row in rows], reason)
    return rows


def _with_flag(chosen: Chosen, has: Callable[[Resource], bool], what: str) -> tuple[Resource, ...]:
    """Return the named ones, whatever they are, and of the others those that it is about."""
    rows = Chosen(chosen.named, tuple(row for row in chosen.within if has(row))).rows
    if not rows:
        raise Missing(
            f"No {what} lies in these categories; nothing was done.",
            next_step="See `datamanager -lr` for what lies where.",
        )
    return rows


def _require(actor: Actor, rows: tuple[Resource, ...]) -> None:
    for category in sorted({row.category_id for row in rows}):
        require_synchronize(actor, category)
