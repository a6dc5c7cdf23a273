"""From the body of a POST to configurations/ to what the use case takes, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rest_framework.exceptions import ValidationError

from syncconfigs import configurations, connect, visible
from syncconfigs.api.problems import Refused, invalid
from syncconfigs.api.serializers import timing
from syncconfigs.api.views.categories import require_category
from syncconfigs.configurations import Look, Picked, Policy, Preview
from syncconfigs.models import RemoteServer, SyncConfig
from syncconfigs.schedules import BadSchedule, Schedule
from tcsync.access.permissions import Person
from tcsync.audit.recording import Actor
from tcsync.domain import UNCATEGORIZED_ID
from tcsync.errors import TcsyncError

EXAMPLES = {
    "Follow a category": {
        "server": 1,
        "resources": [],
        "categories": ["5b0c..."],
        "target_category": None,
        "trigger": {"type": "every_commit", "tags": []},
        "schedule": None,
        "include_used_projects": False,
    },
    "Only what is released": {
        "server": 1,
        "resources": ["8f3a..."],
        "trigger": {"type": "commit_tag", "tags": ["release-*"]},
    },
    "Every night, and never in working hours": {
        "server": 1,
        "categories": ["5b0c..."],
        "trigger": {"type": "every_commit"},
        "schedule": {
            "cron": "30 2 * * *",
            "time_zone": "Europe/Berlin",
            "blackouts": ["mon-fri 08:00-18:00"],
        },
    },
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to follow."""

    server: RemoteServer
    picked: Sequence[Picked]
    target: str
    policy: Policy


def read(user: Person, body: Mapping[str, Any]) -> Asked:
    """Return the values of a body, looked up. Raises ValidationError at a field, SourceError."""
    server = visible.servers(user).filter(pk=body["server"]).first()
    if server is None:
        raise invalid("server", "There is no such server.")
    target = require_category(user, "target_category", body["target_category"] or UNCATEGORIZED_ID)
    trigger = body.get("trigger", {"type": SyncConfig.Trigger.EVERY_COMMIT, "tags": []})
    policy = Policy(
        trigger["type"],
        trigger["tags"],
        body["allow_equal_names"],
        body["flatten"],
        late_tags=trigger.get("late_tags", True),
        schedule=timed(trigger["type"], timing.schedule_of(body["schedule"])),
        include_used_projects=bool(body["include_used_projects"]),
    )
    return Asked(server, _picked(server, body), target.pk, policy)


def changed(config: SyncConfig, asked: Mapping[str, Any]) -> Policy:
    """Return the policy of a configuration with what is asked for. Raises ValidationError."""
    trigger = asked.get("trigger", {"type": config.trigger, "tags": config.tags})
    schedule = config.schedule
    if "schedule" in asked:
        schedule = timing.schedule_of(asked["schedule"])
    include = asked.get("include_used_projects")
    return Policy(
        trigger["type"],
        trigger["tags"],
        asked.get("allow_equal_names", config.allow_equal_names),
        config.flatten,
        late_tags=trigger.get("late_tags", config.late_tags),
        schedule=timed(trigger["type"], schedule),
        include_used_projects=config.include_used_projects if include is None else include,
    )


def timed(trigger: str, schedule: Schedule) -> Schedule:
    """Return a schedule that goes with its trigger. Raises ValidationError at the field."""
    try:
        configurations.check_timing(trigger, schedule)
    except BadSchedule as error:
        raise invalid(f"schedule.{error.field}", str(error)) from error
    return schedule


def _picked(server: RemoteServer, body: Mapping[str, Any]) -> list[Picked]:
    """Return what is picked with its names, as the source's catalogue has them."""
    offered = connect.cached_catalogue(server)
    if not _is_offered(offered, body):
        # It may have been made within the last minute.
        offered = connect.cached_catalogue(server, again=True)
    errors: dict[str, list[str]] = {}
    found = []
    for kind, field, position, id_ in _selections(body):
        item = getattr(offered, field).get(id_)
        if item is None:
            errors[f"{field}.{position}"] = ["The server does not offer this to its account."]
        else:
            found.append(Picked(kind, id_, item.name))
    if errors:
        raise ValidationError(errors)
    return found


def _is_offered(offered: connect.Catalogue, body: Mapping[str, Any]) -> bool:
    return all(id_ in getattr(offered, field) for _, field, _, id_ in _selections(body))


def _selections(body: Mapping[str, Any]) -> Iterator[tuple[str, str, int, str]]:
    """Yield kind, field, position in the field and id of each selection."""
    kinds = {"resources": SyncConfig.Kind.RESOURCE, "categories": SyncConfig.Kind.CATEGORY}
    for field, kind in kinds.items():
        for position, id_ in enumerate(body[field]):
            yield kind.value, field, position, id_


def look(actor: Actor, asked: Asked) -> Look:
    """Return what making them would lead to, and what is used. Raises NotAllowed, SourceError."""
    return configurations.look(actor, asked.server, asked.picked, asked.target, asked.policy)


def planned(actor: Actor, asked: Asked) -> tuple[Sequence[Preview], Sequence[Picked]]:
    """Return the plans and what comes along; what is used is only asked where that is wanted."""
    if asked.policy.include_used_projects:
        found = look(actor, asked)
        return found.previews, found.along
    picked, policy = asked.picked, asked.policy
    return configurations.preview(actor, asked.server, picked, asked.target, policy), ()


def refusals(found: Sequence[Preview]) -> list[dict[str, object]]:
    """Return the selections of which nothing can be followed, and why."""
    return [
        {"kind": one.picked.kind, "id": one.picked.id, "name": one.picked.name, **asdict(why)}
        for one in found
        if (why := one.refusal) is not None
    ]


def _words(error: TcsyncError) -> dict[str, object]:
    return {"code": error.code, "reason": error.message, "next_step": error.next_step}


def refused(found: list[dict[str, object]]) -> Refused:
    """Return the problem that names all refusals."""
    message = f"{len(found)} of the selections can not be followed: {found[0]['reason']}"
    step = "Leave them out, or do what each of `refusals` says."
    return Refused(409, "refused", message, step, refusals=found)


def shown(user: Person, one: Preview) -> dict[str, object]:
    """Return a preview as its shape wants it."""
    picked = {"kind": one.picked.kind, "id": one.picked.id, "name": one.picked.name}
    plan = configurations.with_holders(user, one.document) if one.document else None
    return {**picked, "plan": plan, "error": _words(one.error) if one.error else None}
