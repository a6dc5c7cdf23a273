"""Who has what was refused, named to who may see it: stored sentences name nothing of this node."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import QuerySet

from syncconfigs import visible
from syncconfigs.models import Claim, SyncConfig
from tcsync.access.permissions import Person
from tcsync.repository import models
from tcsync.repository.among import among
from tcsync.repository.reading import Tree

ROWS_AT_ONCE = 500
OF_RESOURCE = frozenset(
    {"resource_id_taken", "changed_locally", "copy_elsewhere", "content_differs"}
)
CODES = OF_RESOURCE | {"name_taken", "project_id_taken", "claimed"}
"""The refusals behind which something of this node stands."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A resource or a configuration here; `where` are the names of the categories above it."""

    kind: str
    id: str
    name: str
    where: tuple[str, ...]


Refused = Mapping[str, Any]
"""A refusal as the document of a plan has it, or what has the same keys."""


def holders(user: Person | None, refusals: Sequence[Refused]) -> list[Holder | None]:
    """Return for each refusal what is in the way, None where there is none to name to this person.

    `user` is None for who may see all: the operator of this machine.
    """
    tree = Tree.load()
    by_id = _resources(user, "id", [r["resource"] for r in refusals if r["code"] in OF_RESOURCE])
    projects = [_project(r) for r in refusals if r["code"] == "project_id_taken"]
    by_project = _resources(user, "project_id", projects)
    by_name = _resources(user, "name", [r["name"] for r in refusals if r["code"] == "name_taken"])
    owners = _owners(user, [r["resource"] for r in refusals if r["code"] == "claimed"])
    found: list[Holder | None] = []
    for one in refusals:
        rows: Iterable[models.Resource] = ()
        if one["code"] in OF_RESOURCE:
            rows = by_id[one["resource"]]
        elif one["code"] == "project_id_taken":
            rows = by_project[_project(one)]
        elif one["code"] == "name_taken":
            rows = (r for r in by_name[one["name"]] if r.pk != one["resource"] and not r.removed_at)
        row = next(iter(rows), None)
        config = owners.get(one["resource"]) if one["code"] == "claimed" else None
        if row is not None:
            found.append(Holder("resource", row.pk, row.name, _names(user, tree, row.category_id)))
        elif config is not None:
            where = _names(user, tree, config.target_category_id)
            found.append(Holder("configuration", str(config.pk), config.source_name, where))
        else:
            found.append(None)
    return found


def with_holders(user: Person | None, document: dict[str, Any]) -> dict[str, Any]:
    """Return the document of a plan whose refusals name to this person what is in the way."""
    refusals = document.get("refusals")
    if not refusals:
        return document
    named = zip(refusals, holders(user, refusals), strict=True)
    told = [{**one, "holder": asdict(who) if who is not None else None} for one, who in named]
    return {**document, "refusals": told}


def _project(refusal: Refused) -> str:
    return str((refusal.get("facts") or {}).get("project_id", ""))


def _some(values: Iterable[str]) -> Iterator[list[str]]:
    rest = sorted(set(values))
    for start in range(0, len(rest), ROWS_AT_ONCE):
        yield rest[start : start + ROWS_AT_ONCE]


def _resources(
    user: Person | None, field: str, values: Iterable[str]
) -> dict[str, list[models.Resource]]:
    rows: QuerySet[models.Resource] = models.Resource.objects.all()
    if user is not None:
        rows = visible.resources(user)
    found: dict[str, list[models.Resource]] = defaultdict(list)
    for some in _some(values):
        for row in rows.filter(among(field, some)).order_by("id"):
            found[getattr(row, field)].append(row)
    return found


def _owners(user: Person | None, ids: Iterable[str]) -> dict[str, SyncConfig]:
    configs = SyncConfig.objects.all() if user is None else visible.configs(user)
    found: dict[str, SyncConfig] = {}
    for some in _some(ids):
        claims = Claim.objects.filter(among("resource", some))
        rows = configs.in_bulk(list(claims.values_list("config", flat=True).distinct()))
        for claim in claims:
            if claim.config_id in rows:
                found[claim.resource] = rows[claim.config_id]
    return found


def _names(user: Person | None, tree: Tree, category: str) -> tuple[str, ...]:
    return tree.names(category) if user is None else visible.names(user, category)[category]
