"""Configurations: make, pause, resume, delete. Permission, transaction, audit: in this order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction

from syncconfigs import runs
from syncconfigs.models import Claim, RemoteServer, SyncConfig, SyncRun
from syncconfigs.rights import require_synchronize
from tcsync.audit.recording import Actor, record
from tcsync.domain import UNCATEGORIZED_ID
from tcsync.errors import Clash, TcsyncError
from tcsync.repository import writing
from tcsync.repository.models import Category, Resource


@dataclass(frozen=True, slots=True)
class Picked:
    """A resource or category that was picked at the source."""

    kind: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Policy:
    """How what was picked is to be followed; the same for all that is picked together."""

    trigger: str = SyncConfig.Trigger.EVERY_COMMIT
    tags: Sequence[str] = field(default=())
    allow_equal_names: bool = False
    flatten: bool = False


def create(
    actor: Actor,
    server: RemoteServer,
    picked: Sequence[Picked],
    target_category: str,
    policy: Policy | None = None,
) -> list[SyncConfig]:
    """Make one configuration for each selection, all or none.

    Raises NotAllowed, and Clash when a selection has one already or when a picked resource belongs
    to another.
    """
    require_synchronize(actor, target_category)
    _check_policy(policy)
    with transaction.atomic():
        made = [
            _create_one(actor, server, one, target_category, policy or Policy()) for one in picked
        ]
    for config in made:
        if config.trigger != SyncConfig.Trigger.MANUAL:
            runs.request(config, actor, "created")
    return made


def _check_policy(policy: Policy | None) -> None:
    if policy and policy.trigger == SyncConfig.Trigger.COMMIT_TAG and not any(policy.tags):
        raise TcsyncError(
            "The trigger on a commit tag names no tag.",
            next_step="Name at least one tag or pattern, such as release-*.",
        )


def _create_one(
    actor: Actor, server: RemoteServer, picked: Picked, target: str, policy: Policy
) -> SyncConfig:
    _refuse_clash(server, picked)
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
        created_by=actor.name[:200],
    )
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
    _record(actor, "configuration.create", config, f"{picked.name} is followed into {where}")
    return config


def _refuse_clash(server: RemoteServer, picked: Picked) -> None:
    same = SyncConfig.objects.filter(server=server, kind=picked.kind, source_id=picked.id).first()
    if same is not None:
        raise Clash(
            f"{picked.name} of {server.name} is followed by configuration {same.pk} already.",
            next_step="Use that configuration, or delete it first.",
        )
    if picked.kind == SyncConfig.Kind.RESOURCE:
        claim = Claim.objects.filter(resource=picked.id).select_related("config").first()
        if claim is not None:
            raise Clash(
                f"{picked.name} is already synchronized by {claim.config}.",
                next_step="Leave it to that configuration, or take it out there first.",
            )


def pause(actor: Actor, config: SyncConfig) -> None:
    """Stop following; what is here stays. A run that is under way goes on."""
    _set_paused(actor, config, paused=True)


def resume(actor: Actor, config: SyncConfig) -> None:
    """Follow again, and synchronize at once unless that is done by hand."""
    _set_paused(actor, config, paused=False)
    if config.trigger != SyncConfig.Trigger.MANUAL:
        runs.request(config, actor, "resumed")


def _set_paused(actor: Actor, config: SyncConfig, *, paused: bool) -> None:
    require_synchronize(actor, config.target_category_id)
    with transaction.atomic():
        if SyncConfig.objects.filter(pk=config.pk).exclude(paused=paused).update(paused=paused):
            word = "paused" if paused else "resumed"
            _record(actor, f"configuration.{word}", config, f"{config.source_name} is {word}")
    config.paused = paused


def delete(actor: Actor, config: SyncConfig, *, copies: str = "keep") -> None:
    """Delete a configuration; `copies` is `keep` (they stay, read-only) or `delete` (they go too).

    Raises NotAllowed, and Clash while a run of it is under way.
    """
    require_synchronize(actor, config.target_category_id)
    with transaction.atomic():
        # Locked: from here on nobody can ask for a run of it any more.
        row = SyncConfig.objects.select_for_update().filter(pk=config.pk).first()
        if row is None:
            return
        _refuse_active(config)
        gone = _copies_of(config) if copies == "delete" else []
        what = f"with {len(gone)} copies" if copies == "delete" else "configuration only"
        row.delete()
        # The chain of the audit record is locked last: both of these add to it.
        if gone:
            writing.delete_copies(actor, gone)
        if copies == "delete":
            writing.delete_empty_category_copies(actor, config.pk)
        _record(actor, "configuration.delete", config, f"{config.source_name}: {what}")


def _refuse_active(config: SyncConfig) -> None:
    active = SyncRun.objects.filter(config=config.pk, state__in=SyncRun.ACTIVE).first()
    if active is not None:
        raise Clash(
            f"Run {active.pk} of {config.source_name} is under way.",
            next_step="Cancel it, or wait for its end.",
        )


def _copies_of(config: SyncConfig) -> list[str]:
    claimed = config.claims.values("resource")
    here = Resource.objects.filter(id__in=claimed, read_only=True)
    return list(here.values_list("id", flat=True))


def target_of(path: str, actor: Actor) -> str:
    """Return the id of the category at `A/B/C`, making what is missing."""
    return writing.ensure_category_path(actor, path).id if path else UNCATEGORIZED_ID


def _record(actor: Actor, action: str, config: SyncConfig, summary: str) -> None:
    record(
        actor,
        action,
        target_kind="configuration",
        target_id=str(config.pk),
        target_name=str(config),
        summary=summary,
    )
