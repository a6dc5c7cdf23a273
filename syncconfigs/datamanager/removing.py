"""Marking resources as deleted, taking the mark back, and deleting for good what is marked."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from syncconfigs.datamanager.ids import Chosen
from syncconfigs.datamanager.owners import Owner, note_detached, owners_of, refuse_owned
from syncconfigs.datamanager.owners import detach as take_out
from syncconfigs.models import Exclusion, SyncConfig
from syncconfigs.rights import require
from tcsync.access.permissions import Action
from tcsync.audit.recording import Actor, record
from tcsync.errors import Missing
from tcsync.repository import writing
from tcsync.repository.models import Resource
from tcsync.repository.reading import Tree


def delete(
    actor: Actor, chosen: Chosen, *, reason: str = "", detach: bool = False
) -> tuple[Resource, ...]:
    """Mark as deleted what the ids name; it can be taken back until it is deleted for good.

    A copy stays excluded, so that no configuration brings it back by itself; one that was picked by
    itself goes together with its configuration (synchronization, rule 16). Raises NotAllowed,
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
        _remove_picked(actor, owners, reason)
    return rows


def _remove_picked(actor: Actor, owners: Sequence[Owner], reason: str) -> None:
    """Delete the configurations that picked just these copies, so that they can be picked anew."""
    for owner in owners:
        if owner.config.kind != SyncConfig.Kind.RESOURCE:
            continue
        Exclusion.objects.filter(resource=owner.resource.id).delete()
        pk = owner.config.pk
        owner.config.delete()
        record(
            actor,
            "configuration.delete",
            target_kind="configuration",
            target_id=str(pk),
            target_name=owner.config.source_name,
            summary=f"{owner.config.source_name}: deleted together with its copy",
            details={"reason": reason, "resource": owner.resource.id},
        )


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
