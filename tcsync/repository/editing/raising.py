"""Raising the version of a used project: one revision that changes nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tcsync.audit.recording import Actor
from tcsync.errors import Clash, Missing
from tcsync.repository.editing.revising import Done, commit, head_of, one_after_the_other
from tcsync.repository.writing import Changeset, HistoryBatch
from tcsync.uses import raised, uses_in

ACTION = "resource.raise_use"


@dataclass(frozen=True, slots=True)
class Raise:
    """Which used project is to be used at which revision. `key` is that of a `uses.Use`."""

    key: str
    name: str
    number: int


def raise_use(actor: Actor, resource: str, branch: str, wanted: Raise) -> Done:
    """Make a revision on a branch that uses a project at a newer revision, by the actor.

    Raises Missing where the head uses no such project, Clash where it uses that revision or a newer
    one already, ReadOnly for a copy, HeadMoved.
    """
    return one_after_the_other(lambda: _raise(actor, resource, branch, wanted))


def _raise(actor: Actor, resource: str, branch: str, wanted: Raise) -> Done:
    head = head_of(resource, branch)
    record = head.record(actor.name, "", head.roots())
    before = [use for use in uses_in(record.used_projects) if use.key == wanted.key]
    if not before:
        raise Missing(f"{head.resource.name} does not use {wanted.name} at revision {head.parent}.")
    if all(use.number is not None and use.number >= wanted.number for use in before):
        raise Clash(
            f"{head.resource.name} uses revision {before[0].version} of {wanted.name} already.",
            next_step="Choose a newer revision.",
        )
    was = ", ".join(use.version or "none" for use in before)
    record = replace(
        record,
        message=f"Used project {wanted.name}: version {wanted.number} instead of {was}",
        used_projects=raised(record.used_projects, wanted.key, str(wanted.number)),
    )
    batch = HistoryBatch(copies=False)
    commit(batch, record, _nothing, actor, head.guard, ACTION)
    return Done(record.number, frozenset())


def _nothing(_changes: Changeset) -> None:
    """Leave the elements as they are."""
