"""Used projects of what is followed: what of them is missing here, and letting it come along."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from syncconfigs.configurations.making import make
from syncconfigs.configurations.noting import note
from syncconfigs.configurations.policy import Picked, Policy
from syncconfigs.configurations.preview import plans
from syncconfigs.configurations.used import UsedProjects, used_projects
from syncconfigs.connect import cached_catalogue
from syncconfigs.models import SyncConfig, SyncRun
from syncconfigs.rights import require_synchronize
from tcsync.audit.recording import Actor
from tcsync.errors import TcsyncError
from tcsync.repository import using
from tcsync.repository.models import Resource
from tcsync.repository.using import Lacking

log = logging.getLogger(__name__)


def lacking_of(config: SyncConfig, seen: QuerySet[Resource]) -> list[Lacking]:
    """Return what the copies of a configuration use and `seen` does not hold; nobody is asked."""
    copies = seen.filter(id__in=config.claims.values("resource"), read_only=True, removed_at=None)
    return using.lacking(set(copies.values_list("id", flat=True)), seen)


def used_of(actor: Actor, config: SyncConfig) -> UsedProjects:
    """Return what a configuration follows uses, and what of it could come along.

    Raises SourceError.
    """
    return used_projects(actor, config.server, [_picked(config)])


def include(actor: Actor, config: SyncConfig) -> list[SyncConfig]:
    """Let the used projects of a configuration come along, now and from now on.

    Return the configurations that were made: same trigger, same target category. What cannot come
    is left out; `used_of` says why. Raises NotAllowed, SourceError.
    """
    require_synchronize(actor, config.target_category_id)
    along = used_of(actor, config).along
    come = _that_can(actor, config, along)
    with transaction.atomic():
        rows = SyncConfig.objects.filter(pk=config.pk, include_used_projects=False)
        if rows.update(include_used_projects=True):
            what = f"{config.source_name}: used projects come along"
            note(actor, "configuration.change", config, what)
    config.include_used_projects = True
    return make(actor, config.server, ((), come), config.target_category_id, policy_of(config))


def bring_after(run_id: int) -> list[SyncConfig]:
    """After a run, let come along what its configuration has come to use, where that is wanted.

    Return the configurations that were made.
    """
    run = SyncRun.objects.filter(pk=run_id, state=SyncRun.State.SUCCEEDED)
    config = SyncConfig.objects.filter(pk__in=run.values("config")).first()
    return [] if config is None or config.paused else bring(config)


def bring(config: SyncConfig) -> list[SyncConfig]:
    """Let come along what the copies of a configuration use and is not here, if that is wanted.

    It stands for who made the configuration: what comes lies in the same category. Whatever goes
    wrong is left to the next run.
    """
    if not config.include_used_projects:
        return []
    lacking = lacking_of(config, Resource.objects.all())
    actor = Actor(config.created_by or "tcsync", origin=f"configuration {config.pk}")
    try:
        if not lacking or not _is_offered(config, lacking):
            return []
        come = _that_can(actor, config, used_of(actor, config).along)
    except TcsyncError as error:
        log.warning("%s: its used projects could not come along: %s", config, error)
        return []
    return make(actor, config.server, ((), come), config.target_category_id, policy_of(config))


def _is_offered(config: SyncConfig, lacking: Sequence[Lacking]) -> bool:
    """Tell whether the source shows one of them: else a run need not ask what all of it uses."""
    offered = cached_catalogue(config.server).resources
    projects = {resource.project_id for resource in offered.values()} - {""}
    return any(one.use.resource in offered or one.use.project in projects for one in lacking)


def _that_can(actor: Actor, config: SyncConfig, along: Sequence[Picked]) -> list[Picked]:
    """Return those of which a first run would bring something."""
    target, policy = config.target_category_id, policy_of(config)
    found = plans(actor, config.server, along, target, policy)
    return [one.picked for one in found if one.refusal is None]


def policy_of(config: SyncConfig) -> Policy:
    """Return how a configuration follows what was picked: what comes along is followed so too."""
    return Policy(
        config.trigger,
        tuple(config.tags),
        config.allow_equal_names,
        config.flatten,
        late_tags=config.late_tags,
        schedule=config.schedule,
        include_used_projects=config.include_used_projects,
    )


def _picked(config: SyncConfig) -> Picked:
    return Picked(config.kind, config.source_id, config.source_name)
