"""Marking resources as deleted, taking the mark back, and deleting for good what is marked."""

from __future__ import annotations

from django.db import transaction

from syncconfigs.datamanager.ids import Chosen
from syncconfigs.datamanager.owners import detach as take_out
from syncconfigs.datamanager.owners import note_detached, owners_of, refuse_owned
from syncconfigs.models import Exclusion
from syncconfigs.rights import require
from tcsync.access.permissions import Action
from tcsync.audit.recording import Actor
from tcsync.errors import Missing
from tcsync.repository import writing
from tcsync.repository.models import Resource
from tcsync.repository.reading import Tree


def delete(
    actor: Actor, chosen: Chosen, *, reason: str = "", detach: bool = False
) -> tuple[Resource, ...]:
    """Mark as deleted what the ids name; it can be taken back until it is deleted for good.

    A copy stays excluded, so that no configuration brings it back by itself. Raises NotAllowed,
    Missing, StillSynchronized, Clash.
    """
    rows = chosen.rows
    _require(actor, rows)
    with transaction.atomic():
        owners = owners_of([row for row in rows if row.read_only])
        if not detach:
            refuse_owned(actor, owners)
        take_out(actor, owners, reason)
        for row in rows:
            if row.read_only:
                Exclusion.objects.get_or_create(
                    resource=row.id,
                    defaults={
                        "name": row.name,
                        "reason": reason or "It was deleted here.",
                        "by": actor.name[:200],
                    },
                )
        writing.mark_deleted(actor, [row.id for row in rows], reason)
        note_detached(actor, owners, reason)
    return rows


def undelete(actor: Actor, chosen: Chosen, *, reason: str = "") -> tuple[Resource, ...]:
    """Take the mark of deletion back. Raises NotAllowed, Missing."""
    rows = chosen.rows
    _require(actor, rows)
    writing.take_mark_back(actor, [row.id for row in rows], reason)
    return rows


def purge(actor: Actor, *, reason: str = "") -> tuple[Resource, ...]:
    """Delete for good all that is marked, and return it. Raises NotAllowed, Missing."""
    require(actor, Action.ADMINISTER)
    rows = tuple(Resource.objects.exclude(removed_at=None).order_by("name", "id"))
    if not rows:
        raise Missing(
            "Nothing is marked as deleted; nothing was done.",
            next_step="`datamanager -dr` marks resources.",
        )
    writing.purge(actor, [row.id for row in rows], reason)
    return rows


def _require(actor: Actor, rows: tuple[Resource, ...]) -> None:
    tree = Tree.load()
    for row in rows:
        action = Action.SYNCHRONIZE if row.read_only else Action.EDIT
        require(actor, action, tree.path(row.category_id))
