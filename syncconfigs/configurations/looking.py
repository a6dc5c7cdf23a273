"""A look before anything is made: the plan of each selection, and the projects that are used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from syncconfigs.configurations.policy import Picked, Policy
from syncconfigs.configurations.preview import Preview, preview, require_target
from syncconfigs.configurations.used import UsedProjects, used_projects
from syncconfigs.models import RemoteServer
from tcsync.audit.recording import Actor
from tcsync.errors import SourceError


@dataclass(frozen=True, slots=True)
class Look:
    """What making configurations would lead to.

    `along` are the used projects that come along; their previews stand behind those of what was
    picked.
    """

    previews: tuple[Preview, ...]
    used: UsedProjects
    along: tuple[Picked, ...] = ()


def look(
    actor: Actor,
    server: RemoteServer,
    picked: Sequence[Picked],
    target_category: str | None,
    policy: Policy | None = None,
) -> Look:
    """Return the plans of what is picked, and what it uses; nothing is written.

    With `include_used_projects` of the policy, what could come along is planned too; what a plan
    would refuse altogether is left out and named as blocked. Without it, a source that fails to say
    what is used holds up nothing else. `target_category` is None for one that
    is to be made. Raises NotAllowed, SourceError.
    """
    policy = policy or Policy()
    require_target(actor, target_category)
    if not policy.include_used_projects:
        found = preview(actor, server, picked, target_category, policy)
        return Look(tuple(found), _used(actor, server, picked))
    used = used_projects(actor, server, picked)
    along = used.along
    found = preview(actor, server, [*picked, *along], target_category, policy)
    own, others = found[: len(picked)], found[len(picked) :]
    reasons = {one.picked.id: why.reason for one in others if (why := one.refusal)}
    come = [one for one in others if one.refusal is None]
    return Look((*own, *come), used.blocked(reasons), tuple(one.picked for one in come))


def _used(actor: Actor, server: RemoteServer, picked: Sequence[Picked]) -> UsedProjects:
    try:
        return used_projects(actor, server, picked)
    except SourceError as error:
        return UsedProjects(error=str(error))
