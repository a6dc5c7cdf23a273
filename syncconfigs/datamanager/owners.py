"""Which configurations still have to do with copies, and taking copies out of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from syncconfigs.models import Claim, Exclusion, SyncConfig, SyncRun
from syncconfigs.rights import may, require_synchronize
from tcsync.access.permissions import Action
from tcsync.audit.recording import Actor, record
from tcsync.errors import Clash
from tcsync.repository.among import among
from tcsync.repository.models import Resource
from tcsync.repository.reading import Tree

ROWS_AT_ONCE = 500
NAMED = 20


class StillSynchronized(Clash):
    """A copy belongs to a configuration: whoever changes it here makes versions inconsistent."""

    code = "still_synchronized"
    default_next_step = (
        "Nothing was done. Delete the configuration first (configuration only: the copies stay),"
        " or take the copies out of it in the same step (--detach)."
    )


@dataclass(frozen=True, slots=True)
class Owner:
    """A configuration that owns a copy, or that picked it and will take it with its next run."""

    resource: Resource
    config: SyncConfig


def owners_of(rows: Iterable[Resource]) -> list[Owner]:
    """Return the owners of these resources: of a paused, failed or closed configuration, too."""
    found: dict[tuple[str, int], Owner] = {}
    by_id = {row.id: row for row in rows}
    ids = sorted(by_id)
    for start in range(0, len(ids), ROWS_AT_ONCE):
        some = ids[start : start + ROWS_AT_ONCE]
        claims = Claim.objects.filter(among("resource", some)).select_related("config")
        pairs = [(claim.resource, claim.config) for claim in claims]
        picked = SyncConfig.objects.filter(among("source_id", some), kind=SyncConfig.Kind.RESOURCE)
        # One that was taken out before is left alone by the configuration that picked it.
        out = set(Exclusion.objects.filter(among("resource", some)).values_list("pk", flat=True))
        pairs += [(c.source_id, c) for c in picked if c.source_id not in out]
        for id_, config in pairs:
            found[id_, config.pk] = Owner(by_id[id_], config)
    return list(found.values())


def refuse_owned(actor: Actor, owners: Sequence[Owner]) -> None:
    """Raise StillSynchronized for what has an owner."""
    if not owners:
        return
    said = [
        f"{o.resource.name} ({o.resource.id}) is still synchronized by {named(actor, o.config)}."
        for o in owners[:NAMED]
    ]
    more = [f"{len(owners) - NAMED} more are, too."] if len(owners) > NAMED else []
    raise StillSynchronized("\n".join([*said, *more]))


def named(actor: Actor, config: SyncConfig) -> str:
    """Name a configuration to who may see it, with how it stands."""
    if not may(actor, Action.READ, Tree.load().path(config.target_category_id)):
        return "a configuration that you may not see"
    how = config.get_status_display()
    if config.paused:
        is_once = config.trigger == SyncConfig.Trigger.ONCE
        how = f"{how}, {'closed' if is_once else 'paused'}"
    return f"configuration {config.pk}, {config.source_name} ({how})"


def detach(actor: Actor, owners: Sequence[Owner], reason: str) -> None:
    """Take copies out of their configurations, inside the caller's transaction; nothing is noted.

    An exclusion stays for each, so that no run takes it back by itself. Raises NotAllowed, and
    Clash while a run of such a configuration is under way.
    """
    pks = sorted({owner.config.pk for owner in owners})
    # Locked: from here on nobody can ask for a run of them any more.
    for config in SyncConfig.objects.select_for_update().filter(pk__in=pks).order_by("pk"):
        require_synchronize(actor, config.target_category_id)
        _refuse_active(actor, config)
    for owner in owners:
        Claim.objects.filter(resource=owner.resource.id).delete()
        Exclusion.objects.update_or_create(
            resource=owner.resource.id,
            defaults={
                "name": owner.resource.name,
                "reason": reason or "It was taken out of its configuration.",
                "by": actor.name[:200],
                "config": owner.config,
            },
        )


def note_detached(actor: Actor, owners: Sequence[Owner], reason: str) -> None:
    """Add an entry for each configuration that lost copies."""
    by_config: Mapping[int, list[Owner]] = defaultdict(list)
    for owner in owners:
        by_config[owner.config.pk].append(owner)
    for pk, some in sorted(by_config.items()):
        names = ", ".join(owner.resource.name for owner in some[:NAMED])
        record(
            actor,
            "configuration.detach",
            target_kind="configuration",
            target_id=str(pk),
            target_name=str(some[0].config),
            summary=f"taken out, and excluded: {names}",
            details={"reason": reason, "resources": [owner.resource.id for owner in some]},
        )


def _refuse_active(actor: Actor, config: SyncConfig) -> None:
    active = SyncRun.objects.filter(config=config, state__in=SyncRun.ACTIVE).first()
    if active is not None:
        raise Clash(
            f"Run {active.pk} of {named(actor, config)} is under way; nothing was done.",
            next_step="Cancel it, or wait for its end.",
        )
