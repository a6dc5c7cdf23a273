"""Making configurations: one for each selection, all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from django.db import IntegrityError, transaction
from django.utils import timezone

from syncconfigs import runs
from syncconfigs.configurations.noting import note
from syncconfigs.configurations.policy import Picked, Policy
from syncconfigs.models import Claim, RemoteServer, SyncConfig
from syncconfigs.rights import may, require_synchronize
from syncconfigs.runs import dates
from syncconfigs.schedules import BadSchedule, Schedule
from tcsync.access.permissions import Action
from tcsync.audit.recording import Actor
from tcsync.domain import UNCATEGORIZED_ID
from tcsync.errors import Clash, TcsyncError
from tcsync.repository import writing
from tcsync.repository.models import Category
from tcsync.repository.reading import Tree


def create(
    actor: Actor,
    server: RemoteServer,
    picked: Sequence[Picked],
    target_category: str,
    policy: Policy | None = None,
    along: Sequence[Picked] = (),
) -> list[SyncConfig]:
    """Make one configuration for each selection, all or none.

    `along` are used projects that come along (`Look.along`): of these one is left out that
    somebody else took meanwhile. Raises NotAllowed, and Clash when a selection has one already or
    when a picked resource belongs to another.
    """
    require_synchronize(actor, target_category)
    check_policy(policy)
    return make(actor, server, (picked, along), target_category, policy or Policy())


def make(
    actor: Actor,
    server: RemoteServer,
    wanted: tuple[Sequence[Picked], Sequence[Picked]],
    target: str,
    policy: Policy,
) -> list[SyncConfig]:
    """Make configurations for what was picked and what comes along; nobody's rights are asked."""
    picked, along = wanted
    with transaction.atomic():
        made = [_create_one(actor, server, one, target, policy) for one in picked]
        for one in along:
            with suppress(Clash), transaction.atomic():
                made.append(_create_one(actor, server, one, target, policy))
    for config in made:
        if starts_at_once(config):
            runs.request(config, actor, "created")
    return made


def starts_at_once(config: SyncConfig) -> bool:
    """Tell whether a run is asked for without a date: not by hand, nor with a schedule."""
    return config.trigger != SyncConfig.Trigger.MANUAL and not config.schedule.has_dates


def check_policy(policy: Policy | None) -> None:
    """Raise TcsyncError for a policy that cannot be followed."""
    if policy and policy.trigger == SyncConfig.Trigger.COMMIT_TAG and not any(policy.tags):
        raise TcsyncError(
            "The trigger on a commit tag names no tag.",
            next_step="Name at least one tag or pattern, such as release-*.",
        )
    if policy:
        policy.schedule.check()
        check_timing(policy.trigger, policy.schedule)


def check_timing(trigger: str, schedule: Schedule) -> None:
    """Raise BadSchedule where a trigger has no use for dates, or for windows."""
    if schedule.has_dates and trigger not in SyncConfig.SCHEDULED:
        raise BadSchedule(
            "cron" if schedule.cron else "every_minutes",
            "This trigger follows no schedule.",
            "Choose On every new commit or On specific commit tag, or leave the schedule out.",
        )
    if schedule.blackouts and trigger == SyncConfig.Trigger.MANUAL:
        raise BadSchedule(
            "blackouts",
            "With the trigger Manual nothing starts by itself.",
            "Choose another trigger, or leave the blackout windows out.",
        )


def _create_one(
    actor: Actor, server: RemoteServer, picked: Picked, target: str, policy: Policy
) -> SyncConfig:
    refuse_clash(actor, server, picked)
    config = draft_of(actor, server, picked, target, policy)
    try:
        with transaction.atomic():
            config.save()
    except IntegrityError as error:
        raise Clash(f"Somebody else made a configuration of {picked.name} just now.") from error
    if config.kind == SyncConfig.Kind.CATEGORY:
        living = SyncConfig.objects.exclude(pk=config.pk).values_list("pk", flat=True)
        writing.adopt_category_copies(
            actor, config.pk, picked.id, target, server.node_uuid, list(living)
        )
    where = Category.objects.get(id=target).name
    note(actor, "configuration.create", config, f"{picked.name} is followed into {where}")
    return config


def draft_of(
    actor: Actor, server: RemoteServer, picked: Picked, target: str, policy: Policy
) -> SyncConfig:
    """Return the configuration of one selection, unsaved."""
    config = SyncConfig(
        server=server,
        kind=picked.kind,
        source_id=picked.id,
        source_name=picked.name,
        target_category_id=target,
        trigger=policy.trigger,
        tags=list(policy.tags),
        allow_equal_names=policy.allow_equal_names,
        flatten=policy.flatten,
        late_tags=policy.late_tags,
        include_used_projects=policy.include_used_projects,
        created_by=actor.name[:200],
        maker=actor.user_id,
    )
    config.schedule = policy.schedule
    config.next_at = dates.first(config, timezone.now())
    return config


def refuse_clash(actor: Actor, server: RemoteServer, picked: Picked) -> None:
    """Raise Clash when another configuration has this selection, or what is in it, already.

    It is named to who may see it.
    """
    same = SyncConfig.objects.filter(server=server, kind=picked.kind, source_id=picked.id).first()
    if same is not None:
        raise Clash(
            f"{picked.name} of {server.name} is followed by {_named(actor, same)} already.",
            next_step="Use that configuration, or delete it first.",
        )
    if picked.kind == SyncConfig.Kind.RESOURCE:
        claim = Claim.objects.filter(resource=picked.id).select_related("config").first()
        if claim is not None:
            raise Clash(
                f"{picked.name} is already synchronized by {_named(actor, claim.config)}.",
                next_step="Leave it to that configuration, or take it out there first.",
            )


def _named(actor: Actor, config: SyncConfig) -> str:
    if may(actor, Action.READ, Tree.load().path(config.target_category_id)):
        return f"configuration {config.pk}, {config.source_name},"
    return "another configuration"


def target_of(path: str, actor: Actor) -> str:
    """Return the id of the category at `A/B/C`, making what is missing."""
    return writing.ensure_category_path(actor, path).id if path else UNCATEGORIZED_ID
