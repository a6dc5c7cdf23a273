"""The planner: pure, without database or network, so that a table of situations can test it."""

from __future__ import annotations

import fnmatch
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from tcsync.domain import Branch, Resource, RevisionRef, Scope, Snapshot, Tag
from tcsync.errors import OtherVersion, PlanRefused
from tcsync.sync import categories
from tcsync.sync.refusals import (
    Refused,
    check_copy,
    check_history,
    check_identity,
    check_told,
)
from tcsync.sync.safety import too_much
from tcsync.sync.steps import Mark, Plan, Refusal, Released, ResourceStep

__all__ = ["make_plan"]


def make_plan(
    scope: Scope, source: Snapshot, target: Snapshot, seen: Callable[[int], None] | None = None
) -> Plan:
    """Return what makes the target equal to the source within the scope.

    `seen` is called before each resource with how many were planned; it may raise to stop.

    Raises PlanRefused when nothing at all can be planned: the source is this node itself, or has
    another major version. What concerns one resource is a Refusal in the plan.
    """
    warnings = list(_check_servers(scope, source, target))
    held = Held.of(target)
    held.let_go(source)
    steps, refusals, followed = [], [], []
    for count, resource in enumerate(_in_order(source, held)):
        if seen is not None:
            seen(count)
        try:
            check_told(resource)
            check_identity(scope, resource, target.node, held.by_project, held.by_name)
            step = _step(scope, resource, held.by_id.get(resource.id))
        except Refused as refused:
            refusals.append(refused.of(resource))
            continue
        held.take(resource)
        followed.append(resource.id)
        warnings += _case_twins(resource, held)
        if step is not None:
            steps.append(step)
    released = _released(scope, source, refusals, held.by_id)
    return Plan(
        source_node=source.node,
        source_name=source.name,
        categories=categories.steps(scope, source, target),
        resources=tuple(steps),
        refusals=tuple(refusals),
        released=released,
        followed=tuple(followed),
        warnings=tuple(warnings),
        missing=source.missing,
        too_much=too_much(scope, steps, released, held.by_id),
        tells_sizes=source.tells_sizes,
    )


@dataclass(slots=True)
class Held:
    """Which resource holds an id, a Project ID or a name here, or will after this plan."""

    by_id: dict[str, Resource]
    by_project: dict[str, Resource]
    by_name: dict[str, dict[str, Resource]]
    spellings: dict[str, set[str]]

    @classmethod
    def of(cls, target: Snapshot) -> Held:
        held = cls({}, {}, defaultdict(dict), defaultdict(set))
        for resource in target.resources:
            held.by_id[resource.id] = resource
            held.take(resource)
        return held

    def let_go(self, source: Snapshot) -> None:
        """Free the names that copies here give up, so that two of them can be swapped."""
        for resource in source.resources:
            before = self.by_id.get(resource.id)
            if before is not None and before.name != resource.name and not resource.fault:
                self.by_name[before.name].pop(resource.id, None)

    def take(self, resource: Resource) -> None:
        """Note that the resource has its Project ID and name here, and no other name."""
        self.by_project[resource.project_id] = resource
        before = self.by_id.get(resource.id)
        if before is not None:
            self.by_name[before.name].pop(resource.id, None)
        if not resource.removed:
            self.by_name[resource.name][resource.id] = resource
            self.spellings[resource.name.casefold()].add(resource.name)


def _in_order(source: Snapshot, held: Held) -> list[Resource]:
    """Copies that exist come first: of two equal names the one that is here keeps it."""
    present = (resource for resource in source.resources if not resource.removed)
    return sorted(present, key=lambda r: (r.id not in held.by_id, r.name, r.id))


def _check_servers(scope: Scope, source: Snapshot, target: Snapshot) -> Iterable[str]:
    if source.node == target.node:
        raise PlanRefused(
            f"The source {source.name} is this node itself.",
            next_step="Choose another server as the source.",
        )
    ours, theirs = target.major_version, source.major_version
    if not ours or not theirs or ours == theirs or scope.version_policy == "ignore":
        return
    sentence = f"{source.name} runs major version {theirs}, this node stands for {ours}."
    if scope.version_policy != "warn":
        raise OtherVersion(sentence)
    yield sentence


def _case_twins(resource: Resource, held: Held) -> list[str]:
    spellings = held.spellings[resource.name.casefold()] - {resource.name}
    twins = sorted(name for name in spellings if held.by_name[name])
    return [f"The names {resource.name!r} and {twin!r} differ only in case." for twin in twins]


def _step(scope: Scope, wanted: Resource, here: Resource | None) -> ResourceStep | None:
    """Return what brings one copy up to date, None when nothing does. Raises Refused."""
    gone: tuple[str, ...] = ()
    if here is not None:
        check_copy(scope, wanted, here)
        gone = check_history(wanted, here)
    travelling = _within_trigger(scope, wanted, here)
    if travelling is None:
        return None
    category = categories.place(scope, wanted.category)
    marks = tuple(_marks(scope, travelling, here, category, gone))
    if not marks:
        return None
    before = here.name if here is not None and Mark.RENAMED in marks else ""
    told = replace(travelling, gone_branches=gone, divergences=())
    return ResourceStep(told, category, marks, before)


def _within_trigger(scope: Scope, wanted: Resource, here: Resource | None) -> Resource | None:
    """Return the part of a resource that travels: all of it, or what its matching tags reach.

    Without any matching tag nothing of a resource travels that is not here yet.
    """
    present = {b.id: b.head for b in here.branches} if here is not None else {}
    if not scope.tags:
        return wanted
    matching = {
        tag.revision
        for tag in wanted.tags
        if any(fnmatch.fnmatchcase(tag.name, pattern) for pattern in scope.tags)
    }
    if not scope.late_tags:
        # Revisions come in rising order: below the newest one here, all that counted has come.
        newest = max((head or 0 for head in present.values()), default=0)
        matching = {number for number in matching if number > newest}
    if not matching and here is None:
        return None
    refs = _ancestors(wanted.revisions, matching)
    travelled = {ref.number for ref in refs}
    lacking = {ref.number for ref in wanted.revisions} - travelled
    reached = {ref.branch for ref in refs} | {id_ for id_, head in present.items() if head}
    branches = tuple(_cut(b, refs, present) for b in wanted.branches if b.id in reached)
    tags = tuple(tag for tag in wanted.tags if tag.revision not in lacking)
    return replace(wanted, revisions=refs, branches=branches, tags=tags)


def _ancestors(refs: tuple[RevisionRef, ...], numbers: set[int]) -> tuple[RevisionRef, ...]:
    """Return those of `refs` that are the numbered revisions or ancestors of them."""
    wanted = set(numbers)
    found = []
    for ref in sorted(refs, key=lambda ref: -ref.number):
        if ref.number in wanted:
            found.append(ref)
            wanted.update(n for n in (ref.parent, *ref.merged) if n is not None)
    return tuple(reversed(found))


def _cut(
    branch: Branch, refs: tuple[RevisionRef, ...], present: Mapping[str, int | None]
) -> Branch:
    numbers = [ref.number for ref in refs if ref.branch == branch.id]
    return replace(branch, head=max([*numbers, present.get(branch.id) or 0]) or None)


def _marks(
    scope: Scope,
    wanted: Resource,
    here: Resource | None,
    category: str | None,
    gone: tuple[str, ...],
) -> Iterable[Mark]:
    if wanted.revisions:
        yield Mark.REVISIONS
    if gone or wanted.gone_revisions:
        yield Mark.GONE
    if here is None:
        yield Mark.NEW
        return
    if wanted.name != here.name:
        yield Mark.RENAMED
    if here.category != categories.copy_of(scope, category):
        yield Mark.MOVED
    if wanted.description != here.description or wanted.trunk != here.trunk or here.removed:
        yield Mark.DESCRIBED
    if _branch_facts(wanted.branches) != _branch_facts(here.branches, here.gone_branches + gone):
        yield Mark.BRANCHES
    if _tag_facts(wanted.tags) != _tag_facts(here.tags):
        yield Mark.TAGS


def _branch_facts(branches: tuple[Branch, ...], gone: tuple[str, ...] = ()) -> set[object]:
    return {(b.id, b.name, b.start, b.archived) for b in branches if b.id not in gone}


def _tag_facts(tags: tuple[Tag, ...]) -> set[Tag]:
    return set(tags)


def _released(
    scope: Scope, source: Snapshot, refusals: list[Refusal], here: Mapping[str, Resource]
) -> tuple[Released, ...]:
    """Return the owned copies that the source no longer shows within the scope."""
    shown = {r.id for r in source.resources if not r.removed} | {r.resource for r in refusals}
    removed = {r.id for r in source.resources if r.removed}
    lost = sorted(scope.owned - shown - scope.released)
    return tuple(
        Released(
            id_,
            here[id_].name if id_ in here else "",
            "It is marked as deleted at the source."
            if id_ in removed
            else "The source no longer shows it in this scope: it was moved, deleted, or this"
            " account lost the right to read it.",
        )
        for id_ in lost
    )
