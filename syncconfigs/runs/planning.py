"""From a configuration to its plan: what it selects, what it owns, what others own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from django.db import transaction

from syncconfigs import connect
from syncconfigs.models import Claim, Exclusion, SyncConfig
from syncconfigs.runs import decisions, maker
from syncconfigs.runs.adopting import ROWS_AT_ONCE, free_copies
from syncconfigs.runs.lease import Lease
from syncconfigs.runs.proof import unproven
from tcsync.audit.recording import Actor, record
from tcsync.domain import Scope, Selection, Snapshot
from tcsync.errors import Clash
from tcsync.repository import reading, snapshots
from tcsync.repository.among import among
from tcsync.repository.bulk import insert
from tcsync.sources.base import Delivery, Source
from tcsync.sync.plan import make_plan
from tcsync.sync.steps import Plan, Refusal

RACES = 3


def selection(config: SyncConfig) -> Selection:
    """Return what the configuration picked at the source."""
    if config.kind == SyncConfig.Kind.RESOURCE:
        return Selection(resources=(config.source_id,))
    return Selection(categories=(config.source_id,))


def scope(config: SyncConfig, shown: Snapshot, *, sees_damage: bool = True) -> Scope:
    """Return what the plan is about, as the tables stand now. An unsaved one owns nothing yet.

    Without `sees_damage`, copies whose content is known to differ are planned like the others.
    """
    own = _own(config)
    tagged = config.trigger == SyncConfig.Trigger.COMMIT_TAG
    ids = [resource.id for resource in shown.resources]
    _free, elsewhere = free_copies(config, ids, set(own))
    return Scope(
        selection(config),
        config.target_category_id,
        owner=config.pk or 0,
        tags=tuple(config.tags) if tagged else (),
        late_tags=config.late_tags,
        claimed=_claimed_by_others(config, ids),
        elsewhere=elsewhere,
        excluded=frozenset(Exclusion.objects.values_list("resource", flat=True)),
        owned=frozenset(own),
        differing=_differing(config) if sees_damage else {},
        released=frozenset(i for i, state in own.items() if state == Claim.State.RELEASED),
        category_copies=reading.category_copies(config.pk) if config.pk else {},
        allow_equal_names=config.allow_equal_names,
        flatten=config.flatten,
        version_policy=config.version_policy,
    )


def _own(config: SyncConfig) -> dict[str, str]:
    return dict(config.claims.values_list("resource", "state")) if config.pk else {}


def _differing(config: SyncConfig) -> dict[str, str]:
    if not config.pk:
        return {}
    return dict(config.claims.exclude(damage="").values_list("resource", "damage"))


def _claimed_by_others(config: SyncConfig, ids: list[str]) -> dict[str, str]:
    """Whose they are is not said: who reads the plan may not be allowed to see that one."""
    found: dict[str, str] = {}
    for start in range(0, len(ids), ROWS_AT_ONCE):
        claims = Claim.objects.filter(among("resource", ids[start : start + ROWS_AT_ONCE]))
        others = claims.exclude(config=config.pk or 0).values_list("resource", flat=True)
        found.update(dict.fromkeys(others, "another configuration"))
    return found


def look(config: SyncConfig, source: Source) -> Snapshot:
    """Return what the source shows of the selection, and what we lack of it.

    We tell it what we hold of what is ours, and of what it shows that nobody owns: such copies may
    be adopted. What we hold from elsewhere is none of its business. Raises OutsideRole before it
    is asked.
    """
    maker.check(config)
    return look_at(selection(config), config, source)


def look_at(chosen: Selection, config: SyncConfig, source: Source) -> Snapshot:
    """Return what the source shows of a selection to a configuration, which may be unsaved."""
    own = set(_own(config))
    listing = source.delivery is Delivery.CHANGES
    shown = source.snapshot(chosen, reading.known(own, listing=listing))
    free, _elsewhere = free_copies(config, [resource.id for resource in shown.resources], own)
    if not free:
        return shown
    return source.snapshot(chosen, reading.known(own | free, listing=listing))


def plan(config: SyncConfig, source: Source) -> Plan:
    """Return the plan, nothing written. Raises SourceError, PlanRefused."""
    return _plan_of(config, look(config, source))


def behind(config: SyncConfig, source: Source) -> set[str]:
    """Return the resources of which the source has more, damaged copies included.

    Raises SourceError, PlanRefused.
    """
    shown = look(config, source)
    made = make_plan(scope(config, shown, sees_damage=False), shown, _around(config, shown))
    return {step.resource.id for step in made.resources}


def refusal_of(config: SyncConfig, source: Source, resource: str) -> Refusal | None:
    """Return why a run would leave one of its copies alone, None when it would not.

    The source is asked for that resource alone: a configuration may have thousands. Raises
    SourceError, PlanRefused.
    """
    maker.check(config)
    listing = source.delivery is Delivery.CHANGES
    chosen = Selection(resources=(resource,))
    shown = source.snapshot(chosen, reading.known({resource}, listing=listing))
    about = replace(scope(config, shown), owned=frozenset({resource}))
    made = make_plan(about, shown, snapshots.around(shown, [resource], config.pk))
    return next((one for one in made.refusals if one.resource == resource), None)


def _plan_of(
    config: SyncConfig, shown: Snapshot, seen: Callable[[int], None] | None = None
) -> Plan:
    return make_plan(scope(config, shown), shown, _around(config, shown), seen)


def _around(config: SyncConfig, shown: Snapshot) -> Snapshot:
    owned = config.claims.values_list("resource", flat=True)
    return snapshots.around(shown, list(owned), config.pk)


def plan_of_draft(
    config: SyncConfig,
    shown: Snapshot,
    around: Snapshot,
    category_copies: Mapping[str, str],
    claimed: Mapping[str, str],
) -> Plan:
    """Return the plan of a configuration that is not saved yet. Raises PlanRefused.

    `category_copies` are those that it would take over; `claimed` leads from Resource IDs that
    others will own by then to the descriptions of these.
    """
    about = scope(config, shown)
    about = replace(about, category_copies=category_copies, claimed={**claimed, **about.claimed})
    return make_plan(about, shown, around)


def has_work(config: SyncConfig, made: Plan) -> bool:
    """Tell whether a run would change anything here, its claims and proofs included."""
    if decisions.waits(config, made):
        return False
    if decisions.of_histories(config, made):
        return True
    refused = [refusal.resource for refusal in made.refusals]
    if unproven(config).exclude(id__in=refused).exists():
        return True
    own = config.claims.filter(state=Claim.State.FOLLOWED).values_list("resource", flat=True)
    return not made.is_empty or not set(made.followed) <= set(own)


def plan_and_claim(
    config: SyncConfig, source: Source, lease: Lease, actor: Actor, seen: Callable[[int], None]
) -> Plan:
    """Return the plan of a run after claiming what it follows, or one that waits for a person.

    Copies of which somebody decided that the source's history takes their place are deleted once
    the source has shown that history; it is planned without them then. When another configuration
    claims a resource meanwhile, it is planned again. `seen` is called with 0 once the source has
    answered, then with the number of resources planned so far; it may
    raise.
    """
    for _race in range(RACES):
        shown = look(config, source)
        connect.note_answer(config.server, shown)
        seen(0)
        made = _plan_of(config, shown, seen)
        if decisions.waits(config, made):
            return made
        if decisions.make_room(config, made, lease, actor):
            shown = look(config, source)
            made = _plan_of(config, shown, seen)
        _keep_name(config, shown)
        if _claim(config, made, lease, actor):
            return made
    raise Clash(
        "Another configuration claims the same resources at the same time.",
        next_step="Let one of the two finish, then synchronize again.",
    )


def _keep_name(config: SyncConfig, shown: Snapshot) -> None:
    """Call the configuration what the source calls now what it follows."""
    names = {category.id: category.name for category in shown.categories}
    if config.kind == SyncConfig.Kind.RESOURCE:
        names = {resource.id: resource.name for resource in shown.resources}
    name = names.get(config.source_id, config.source_name)
    if name != config.source_name:
        config.source_name = name
        SyncConfig.objects.filter(pk=config.pk).update(source_name=name)


def _claim(config: SyncConfig, made: Plan, lease: Lease, actor: Actor) -> bool:
    """Claim what the plan follows; return False, nothing changed, when others own some of it."""
    own = dict(config.claims.values_list("resource", "state"))
    # Sorted: two configurations that claim the same at once must not lock in opposite orders.
    new = sorted(id_ for id_ in made.followed if id_ not in own)
    back = [i for i in made.followed if own.get(i) == Claim.State.RELEASED]
    if not new and not back:
        return True
    with transaction.atomic():
        lease.guard()
        insert((Claim(resource=id_, config=config) for id_ in new), ignore_conflicts=True)
        if _lost(config, new):
            transaction.set_rollback(True)
            return False
        for start in range(0, len(back), ROWS_AT_ONCE):
            some = Claim.objects.filter(among("resource", back[start : start + ROWS_AT_ONCE]))
            some.update(state=Claim.State.FOLLOWED, reason="")
        _record(actor, config, "configuration.claim", f"{len(new) + len(back)} resources claimed")
    return True


def _lost(config: SyncConfig, new: list[str]) -> bool:
    for start in range(0, len(new), ROWS_AT_ONCE):
        some = new[start : start + ROWS_AT_ONCE]
        if Claim.objects.filter(among("resource", some)).exclude(config=config).exists():
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
