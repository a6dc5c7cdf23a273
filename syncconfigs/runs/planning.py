"""From a configuration to its plan: what it selects, what it owns, what others own."""

from __future__ import annotations

from django.db import transaction

from syncconfigs.models import Claim, Exclusion, SyncConfig
from syncconfigs.runs.lease import Lease
from tcsync.audit.recording import Actor, record
from tcsync.domain import Scope, Selection, Snapshot
from tcsync.errors import Clash
from tcsync.repository import reading, snapshots
from tcsync.repository.models import Resource
from tcsync.sources.base import Source
from tcsync.sync.plan import make_plan
from tcsync.sync.steps import Plan

ROWS_AT_ONCE = 500
RACES = 3


def selection(config: SyncConfig) -> Selection:
    """Return what the configuration picked at the source."""
    if config.kind == SyncConfig.Kind.RESOURCE:
        return Selection(resources=(config.source_id,))
    return Selection(categories=(config.source_id,))


def scope(config: SyncConfig, shown: Snapshot) -> Scope:
    """Return what the plan is about, as the tables stand now."""
    own = dict(config.claims.values_list("resource", "state"))
    tagged = config.trigger == SyncConfig.Trigger.COMMIT_TAG
    return Scope(
        selection(config),
        config.target_category_id,
        owner=config.pk,
        tags=tuple(config.tags) if tagged else (),
        claimed=_claimed_by_others(config, shown),
        excluded=frozenset(Exclusion.objects.values_list("resource", flat=True)),
        owned=frozenset(own),
        released=frozenset(i for i, state in own.items() if state == Claim.State.RELEASED),
        category_copies=reading.category_copies(config.pk),
        allow_equal_names=config.allow_equal_names,
        flatten=config.flatten,
        version_policy=config.version_policy,
    )


def _claimed_by_others(config: SyncConfig, shown: Snapshot) -> dict[str, str]:
    ids = [resource.id for resource in shown.resources]
    found = {}
    for start in range(0, len(ids), ROWS_AT_ONCE):
        claims = Claim.objects.filter(resource__in=ids[start : start + ROWS_AT_ONCE])
        for claim in claims.exclude(config=config).select_related("config__server"):
            found[claim.resource] = f"configuration {claim.config_id}, {claim.config}"
    return found


def look(config: SyncConfig, source: Source) -> Snapshot:
    """Return what the source shows of the selection, and what we lack of it.

    We tell it what we hold of what is ours and of copies that nobody owns: those may be adopted.
    """
    own = set(config.claims.values_list("resource", flat=True))
    free = Resource.objects.filter(read_only=True).exclude(
        id__in=Claim.objects.exclude(config=config).values("resource")
    )
    return source.snapshot(
        selection(config), reading.known(own | set(free.values_list("id", flat=True)))
    )


def plan(config: SyncConfig, source: Source) -> Plan:
    """Return the plan, nothing written. Raises SourceError, PlanRefused."""
    shown = look(config, source)
    owned = config.claims.values_list("resource", flat=True)
    around = snapshots.around(shown, list(owned), config.pk)
    return make_plan(scope(config, shown), shown, around)


def plan_and_claim(config: SyncConfig, source: Source, lease: Lease, actor: Actor) -> Plan:
    """Return the plan of a run after claiming what it follows.

    When another configuration claims one of them meanwhile, it is planned again.
    """
    for _race in range(RACES):
        made = plan(config, source)
        if _claim(config, made, lease, actor):
            return made
    raise Clash(
        "Another configuration claims the same resources at the same time.",
        next_step="Let one of the two finish, then synchronize again.",
    )


def _claim(config: SyncConfig, made: Plan, lease: Lease, actor: Actor) -> bool:
    """Claim what the plan follows; return False, nothing changed, when others own some of it."""
    own = dict(config.claims.values_list("resource", "state"))
    new = [id_ for id_ in made.followed if id_ not in own]
    back = [i for i in made.followed if own.get(i) == Claim.State.RELEASED]
    if not new and not back:
        return True
    with transaction.atomic():
        lease.guard()
        Claim.objects.bulk_create(
            [Claim(resource=id_, config=config) for id_ in new],
            ignore_conflicts=True,
            batch_size=ROWS_AT_ONCE,
        )
        if _lost(config, new):
            transaction.set_rollback(True)
            return False
        for id_ in back:
            Claim.objects.filter(resource=id_).update(state=Claim.State.FOLLOWED, reason="")
        _record(actor, config, "configuration.claim", f"{len(new) + len(back)} resources claimed")
    return True


def _lost(config: SyncConfig, new: list[str]) -> bool:
    for start in range(0, len(new), ROWS_AT_ONCE):
        some = new[start : start + ROWS_AT_ONCE]
        if Claim.objects.filter(resource__in=some).exclude(config=config).exists():
            return True
    return False


def release(config: SyncConfig, made: Plan, lease: Lease, actor: Actor) -> None:
    """Mark what is no longer followed; the copies stay as they are."""
    if not made.released:
        return
    with transaction.atomic():
        lease.guard()
        for one in made.released:
            Claim.objects.filter(resource=one.resource, config=config).update(
                state=Claim.State.RELEASED, reason=one.reason
            )
        names = ", ".join(one.name or one.resource for one in made.released[:20])
        _record(actor, config, "configuration.release", f"no longer synchronized: {names}")


def _record(actor: Actor, config: SyncConfig, action: str, summary: str) -> None:
    record(
        actor,
        action,
        target_kind="configuration",
        target_id=str(config.pk),
        target_name=str(config),
        summary=summary,
    )
