"""What is done with configurations; permission is decided by whoever calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from syncconfigs import runs
from syncconfigs.models import Claim, RemoteServer, SyncConfig
from tcsync.audit.recording import Actor, record
from tcsync.domain import UNCATEGORIZED_ID
from tcsync.errors import Clash
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

    Raises Clash when a selection has one already, or when a picked resource belongs to another.
    """
    with transaction.atomic():
        made = [
            _create_one(actor, server, one, target_category, policy or Policy()) for one in picked
        ]
    for config in made:
        if config.trigger != SyncConfig.Trigger.MANUAL:
            runs.request(config, actor, "created")
    return made


def _create_one(
    actor: Actor, server: RemoteServer, picked: Picked, target: str, policy: Policy
) -> SyncConfig:
    _refuse_clash(server, picked)
    config = SyncConfig.objects.create(
        server=server,
        kind=picked.kind,
        source_id=picked.id,
        source_name=picked.name,
        target_category_id=target,
        trigger=policy.trigger,
        tags=list(policy.tags),
        allow_equal_names=policy.allow_equal_names,
        flatten=policy.flatten,
        created_by=actor.name,
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
    """Follow again, and look at once unless it is synchronized by hand."""
    _set_paused(actor, config, paused=False)
    if config.trigger != SyncConfig.Trigger.MANUAL:
        runs.request(config, actor, "resumed")


def _set_paused(actor: Actor, config: SyncConfig, *, paused: bool) -> None:
    with transaction.atomic():
        if SyncConfig.objects.filter(pk=config.pk).exclude(paused=paused).update(paused=paused):
            word = "paused" if paused else "resumed"
            _record(actor, f"configuration.{word}", config, f"{config.source_name} is {word}")
    config.paused = paused


def delete(actor: Actor, config: SyncConfig, *, copies: str = "keep") -> None:
    """Delete a configuration; `copies` is `keep` (they stay, read-only) or `delete` (they go too).

    Raises Clash while a run of it is under way.
    """
    with transaction.atomic():
        active = config.runs.filter(state__in=["queued", "running"]).first()
        if active is not None:
            raise Clash(
                f"Run {active.pk} of {config.source_name} is under way.",
                next_step="Cancel it, or wait for its end.",
            )
        claimed = list(config.claims.values_list("resource", flat=True))
        here = Resource.objects.filter(id__in=claimed, read_only=True)
        gone = list(here.values_list("id", flat=True))
        what = f"{config.source_name}: configuration only"
        if copies == "delete":
            what = f"{config.source_name}: with {len(gone)} copies"
        if copies == "delete" and gone:
            writing.delete_copies(actor, gone)
        _record(actor, "configuration.delete", config, what)
        config.delete()


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
