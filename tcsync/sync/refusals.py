"""Why a resource is left alone: clashes of identity, loops, history that was rewritten.

Sentences name nothing of this node: whoever reads the plan need not see what is in the way. What a
program needs to find it stands in the facts of a refusal: `project_id`; `branch`, `number`, `ours`,
`theirs` and `history`, by which exactly these two histories are known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from tcsync.domain import Resource, Scope
from tcsync.errors import TcsyncError
from tcsync.sync.steps import Refusal

HISTORY = frozenset({"rewritten", "went_back"})
"""Refusals about which a person decides: keep our history, or take the source's."""


class Refused(TcsyncError):
    """One resource is refused; never leaves the planner."""

    def __init__(self, code: str, reason: str, next_step: str, **facts: object) -> None:
        super().__init__(reason, next_step=next_step)
        self.code, self.facts = code, facts

    def of(self, resource: Resource) -> Refusal:
        """Return the refusal as data."""
        return Refusal(
            resource.id, resource.name, self.code, self.message, self.next_step, self.facts
        )


def check_told(resource: Resource) -> None:
    """Refuse what the source could not tell: nothing else that it shows of it is certain."""
    if resource.fault:
        raise Refused(
            "bad_answer",
            resource.fault,
            "Have the source's administrator look at this resource, then synchronize again.",
        )


def check_identity(
    scope: Scope,
    resource: Resource,
    node: str,
    by_project: Mapping[str, Resource],
    by_name: Mapping[str, Mapping[str, Resource]],
) -> None:
    """Refuse what is owned by others, came from here, or would take what is taken."""
    if resource.id in scope.excluded:
        raise Refused(
            "excluded",
            "Its copy was deleted or detached here.",
            "Take the exclusion away if it is to come back.",
        )
    if owner := scope.claimed.get(resource.id):
        raise Refused(
            "claimed",
            f"It is already synchronized by {owner}.",
            "Leave it to that configuration, or take it out there first.",
        )
    if resource.id in scope.elsewhere:
        raise Refused(
            "copy_elsewhere",
            "A copy of it lies here already, outside of the target category.",
            "Choose the category with that copy as the target, or let somebody make the"
            " configuration who may synchronize there.",
        )
    if node in (resource.origin, *(hop.node for hop in resource.hops)):
        raise Refused(
            "loop",
            "It comes from this node: synchronizing it back would be a loop.",
            "Leave this resource out.",
        )
    _check_taken(scope, resource, by_project, by_name)


def _check_taken(
    scope: Scope,
    resource: Resource,
    by_project: Mapping[str, Resource],
    by_name: Mapping[str, Mapping[str, Resource]],
) -> None:
    holder = by_project.get(resource.project_id)
    if holder is not None and holder.id != resource.id:
        raise Refused(
            "project_id_taken",
            f"The Project ID {resource.project_id} belongs to another resource here.",
            "Remove one of the two: one project cannot exist twice.",
            project_id=resource.project_id,
        )
    if scope.allow_equal_names:
        return
    others = [id_ for id_ in by_name.get(resource.name, {}) if id_ != resource.id]
    if others:
        raise Refused(
            "name_taken",
            f"The name {resource.name!r} is taken by another resource here.",
            "Rename one of the two, or allow equal names in the configuration.",
        )


def check_copy(scope: Scope, resource: Resource, here: Resource) -> None:
    """Refuse to touch what was changed here: it is no copy any more, or a damaged one."""
    if not here.read_only:
        _refuse_local(here)
    if found := scope.differing.get(resource.id):
        raise Refused(
            "content_differs",
            f"The content of its copy differs from the source's: {found.splitlines()[0]}",
            "Verify the configuration; if it still differs, delete the copy here to have it"
            " fetched anew.",
        )


def _refuse_local(here: Resource) -> None:
    if here.hops:
        raise Refused(
            "changed_locally",
            "Its copy here was made editable: what was changed in it would be lost.",
            "Make it read-only again while nothing was changed in it, or leave this one out.",
        )
    raise Refused(
        "resource_id_taken",
        "A local resource has this Resource ID here.",
        "Remove the local resource, or leave this one out.",
    )


def check_history(wanted: Resource, here: Resource) -> tuple[str, ...]:
    """Refuse rewritten history; return the branches that the source's housekeeping deleted."""
    heads = {branch.id: branch.head for branch in wanted.branches}
    for found in wanted.divergences:
        if found.found is not None:
            raise Refused(
                "rewritten",
                f"The source rewrote its history: revision {found.number} has the digest"
                f" {found.found[:12]} there and {found.expected[:12]} here.",
                "Ours is kept. Compare both histories, then decide which one is right.",
                branch=found.branch,
                number=found.number,
                ours=found.expected,
                theirs=found.found,
                history=_mark_of(wanted, here),
            )
    for branch in here.branches:
        theirs = heads.get(branch.id)
        if branch.id in heads and (theirs or 0) < (branch.head or 0):
            raise Refused(
                "went_back",
                f"Branch {branch.name} ends at revision {theirs} at the source and at"
                f" {branch.head} here: it went back.",
                "Ours is kept. Compare both histories, then decide which one is right.",
                branch=branch.id,
                number=theirs,
                ours=branch.head_digest,
                theirs="",
                history=_mark_of(wanted, here),
            )
    gone = (b.id for b in here.branches if b.id not in heads and b.id not in here.gone_branches)
    return tuple(sorted(gone))


def _mark_of(wanted: Resource, here: Resource) -> str:
    """Return by what these two histories are known, for as long as they part in the same way."""
    theirs = {branch.id: branch.head or 0 for branch in wanted.branches}
    parted = [(d.branch, d.number, d.expected, d.found or "") for d in wanted.divergences]
    back = [
        (b.id, theirs[b.id], b.head_digest)
        for b in here.branches
        if b.id in theirs and theirs[b.id] < (b.head or 0)
    ]
    heads = sorted((b.id, b.head or 0, b.head_digest) for b in here.branches)
    return hashlib.sha256(repr((sorted(parted), sorted(back), heads)).encode()).hexdigest()
