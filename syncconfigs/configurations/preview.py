"""What configurations would do before there are any: their plans, with nothing written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from syncconfigs.configurations.making import check_policy, draft_of, refuse_clash
from syncconfigs.configurations.policy import Picked, Policy
from syncconfigs.connect import open_source
from syncconfigs.models import RemoteServer, SyncConfig
from syncconfigs.rights import require, require_synchronize
from syncconfigs.runs import planning
from tcsync.access.permissions import Action
from tcsync.audit.recording import Actor
from tcsync.domain import Category, Resource, Selection, Snapshot
from tcsync.errors import TcsyncError
from tcsync.repository import reading, snapshots
from tcsync.sync.render import to_document
from tcsync.sync.steps import Plan


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a selection cannot be followed, and what to do."""

    code: str
    reason: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What the first run of one configuration would do: its plan, or why there is none.

    `document` is the plan as `tcsync.sync.render.to_document` gives it, None with an `error`.
    """

    picked: Picked
    document: dict[str, object] | None = None
    error: TcsyncError | None = None

    @property
    def refusal(self) -> Refusal | None:
        """Why nothing of it can be followed; None where something can, or where nothing is."""
        if self.error is not None:
            return Refusal(self.error.code, self.error.message, self.error.next_step)
        document: Any = self.document
        if document["totals"]["followed"] or not document["refusals"]:
            return None
        first = document["refusals"][0]
        return Refusal(first["code"], first["reason"], first["next_step"])


def preview(
    actor: Actor,
    server: RemoteServer,
    picked: Sequence[Picked],
    target_category: str | None,
    policy: Policy | None = None,
) -> list[Preview]:
    """Return what `create` with the same values would lead to, in the order of `picked`.

    The server may be unsaved. `target_category` is None for one that is to be made. What an
    earlier selection takes is refused to a later one. Raises NotAllowed, SourceError.
    """
    require_target(actor, target_category)
    check_policy(policy)
    return plans(actor, server, picked, target_category, policy)


def require_target(actor: Actor, target_category: str | None) -> None:
    """Raise NotAllowed unless the actor may synchronize there; None: anywhere at all."""
    if target_category is None:
        require(actor, Action.SYNCHRONIZE)
    else:
        require_synchronize(actor, target_category)


def plans(
    actor: Actor,
    server: RemoteServer,
    picked: Sequence[Picked],
    target_category: str | None,
    policy: Policy | None = None,
) -> list[Preview]:
    """Return the same for what nobody asks for by hand. Raises SourceError."""
    if not picked:
        return []
    maker = SyncConfig(target_category_id=target_category or "", created_by=actor.name[:200])
    with open_source(server) as source:
        shown = planning.look_at(_all_of(picked), maker, source)
    there, here = _Side.of(shown), _Side.of(snapshots.around(shown, (), 0))
    policy = policy or Policy()
    drafts = [draft_of(actor, server, one, target_category or "", policy) for one in picked]
    return list(_previews(actor, picked, drafts, there, here))


def _all_of(picked: Iterable[Picked]) -> Selection:
    ids: dict[str, list[str]] = defaultdict(list)
    for one in picked:
        ids[one.kind].append(one.id)
    return Selection(
        tuple(ids[SyncConfig.Kind.RESOURCE.value]), tuple(ids[SyncConfig.Kind.CATEGORY.value])
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """A snapshot of all that was picked, to be cut into what belongs to one selection.

    The source is asked once: a question for each of five hundred selections takes minutes.
    """

    whole: Snapshot
    by_id: Mapping[str, Resource]
    by_category: Mapping[str, list[Resource]]
    by_mark: Mapping[tuple[str, str], list[Resource]]
    categories: Mapping[str, Category]
    below: Mapping[str, list[str]]

    @classmethod
    def of(cls, whole: Snapshot) -> _Side:
        by_category: dict[str, list[Resource]] = defaultdict(list)
        by_mark: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        below: dict[str, list[str]] = defaultdict(list)
        for resource in whole.resources:
            by_category[resource.category].append(resource)
            by_mark["project", resource.project_id].append(resource)
            by_mark["name", resource.name].append(resource)
        for category in whole.categories:
            below[category.parent or ""].append(category.id)
        by_id = {resource.id: resource for resource in whole.resources}
        categories = {category.id: category for category in whole.categories}
        return cls(whole, by_id, by_category, by_mark, categories, below)

    def picked(self, config: SyncConfig) -> Snapshot:
        """Return what the source shows of one selection."""
        if config.kind == SyncConfig.Kind.RESOURCE:
            found = self.by_id.get(config.source_id)
            return self._cut([], [found] if found else [], config.source_id)
        inside = list(self._tree(config.source_id))
        resources = [r for id_ in inside for r in self.by_category.get(id_, ())]
        return self._cut(inside, sorted(resources, key=lambda r: r.id), config.source_id)

    def _cut(self, categories: list[str], resources: list[Resource], picked: str) -> Snapshot:
        return replace(
            self.whole,
            categories=tuple(self.categories[id_] for id_ in categories),
            resources=tuple(resources),
            missing=() if categories or resources else (picked,),
        )

    def _tree(self, root: str) -> Iterator[str]:
        if root not in self.categories:
            return
        todo, seen = [root], {root}
        while todo:
            at = todo.pop()
            yield at
            new = [id_ for id_ in self.below.get(at, ()) if id_ not in seen]
            seen.update(new)
            todo += new

    def met_by(self, shown: Snapshot) -> Snapshot:
        """Return our side for what the source shows: same id, Project ID or name."""
        met: dict[str, Resource] = {}
        for resource in shown.resources:
            same = [self.by_id[resource.id]] if resource.id in self.by_id else []
            same += self.by_mark.get(("project", resource.project_id), ())
            same += self.by_mark.get(("name", resource.name), ())
            met.update({one.id: one for one in same})
        return replace(self.whole, resources=tuple(met.values()))


def _previews(
    actor: Actor, picked: Sequence[Picked], drafts: Sequence[SyncConfig], there: _Side, here: _Side
) -> Iterator[Preview]:
    taken: dict[str, str] = {}
    for one, draft in zip(picked, drafts, strict=True):
        try:
            if draft.server.pk:
                refuse_clash(actor, draft.server, one)
            plan = _plan(draft, there, here, taken)
        except TcsyncError as error:
            yield Preview(one, error=error)
            continue
        taken.update(dict.fromkeys(plan.followed, f"{one.name}, picked together with it"))
        yield Preview(one, document=to_document(plan))


def _plan(draft: SyncConfig, there: _Side, here: _Side, taken: Mapping[str, str]) -> Plan:
    shown = there.picked(draft)
    copies = _left_copies(draft, shown.node)
    return planning.plan_of_draft(draft, shown, here.met_by(shown), copies, taken)


def _left_copies(draft: SyncConfig, node: str) -> dict[str, str]:
    """Return the category tree of a deleted configuration that this one would take over."""
    if draft.kind != SyncConfig.Kind.CATEGORY or not draft.target_category_id:
        return {}
    living = SyncConfig.objects.values_list("pk", flat=True)
    left = reading.left_tree(draft.source_id, draft.target_category_id, node, list(living))
    return reading.category_copies(left.origin_owner or 0) if left is not None else {}
