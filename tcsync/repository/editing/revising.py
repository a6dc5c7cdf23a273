"""A revision made here: wishes fulfilled on the head of a branch, written and made visible."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from tcsync.audit.recording import Actor
from tcsync.domain import RevisionRecord
from tcsync.errors import Clash, Missing, ReadOnly
from tcsync.repository.editing.draft import Draft, WishRefused
from tcsync.repository.editing.wishes import Wish
from tcsync.repository.models import Branch, Resource, Revision
from tcsync.repository.writing import Changeset, Guard, HistoryBatch

ATTEMPTS = 12
"""How often somebody else may be faster before the caller is told."""
FIRST_PAUSE, LONGEST_PAUSE = 0.005, 0.3
"""Seconds, drawn by chance up to these: who is slow shall not always meet the same others."""


class HeadMoved(Clash):
    """Somebody else wrote to the resource between reading its head and writing."""

    code = "head_moved"

    def __init__(self) -> None:
        super().__init__(
            "Others wrote to this resource at the same time, again and again; nothing was changed.",
            next_step="Read it again, then repeat the call.",
        )


@dataclass(frozen=True, slots=True)
class Done:
    """What an edit came to. `number` is None where nothing that it named was there."""

    number: int | None
    missing: frozenset[str]


@dataclass(frozen=True, slots=True)
class Head:
    """A branch's newest revision, and what a new one on it will be."""

    resource: Resource
    branch: str
    parent: int | None
    tip: Branch | None = None
    """The row of the branch, where there is one already."""

    @property
    def number(self) -> int:
        """The number of the next revision."""
        return self.resource.head_number + 1

    def guard(self) -> None:
        """Raise HeadMoved when the resource is not what it was. Locks it until commit."""
        row = Resource.objects.select_for_update().filter(id=self.resource.id).first()
        facts = ("head_number", "modified", "removed_at", "read_only")
        if row is None or any(getattr(row, f) != getattr(self.resource, f) for f in facts):
            raise HeadMoved
        tip = self.tip and Branch.objects.filter(pk=self.tip.pk).first()
        if self.tip and (tip is None or (tip.head, tip.archived) != (self.tip.head, False)):
            raise HeadMoved

    def record(self, author: str, message: str, roots: tuple[str, ...] = ()) -> RevisionRecord:
        """Return the record of the next revision, at this moment."""
        used = Revision.objects.filter(resource=self.resource, number=self.parent or 0)
        return RevisionRecord(
            resource=self.resource.id,
            number=self.number,
            branch=self.branch,
            parent=self.parent,
            time=int(time.time()),
            author=author,
            message=message,
            content_digest="",
            artifact_digest="",
            root_ids=roots,
            used_projects=tuple(used.values_list("used_projects", flat=True).first() or ()),
        )

    def roots(self) -> tuple[str, ...]:
        """Return the root elements at the head."""
        row = Revision.objects.filter(resource=self.resource, number=self.parent or 0)
        return tuple(row.values_list("root_ids", flat=True).first() or ())


def local(resource: str) -> Resource:
    """Return a local resource. Raises Missing, ReadOnly."""
    row = Resource.objects.filter(id=resource, removed_at=None).first()
    if row is None:
        raise Missing(f"There is no resource {resource} here.")
    if row.read_only:
        raise ReadOnly(f"{row.name} ({row.id}) is a read-only copy.")
    return row


def head_of(resource: str, branch: str) -> Head:
    """Return the head of a branch of a local resource.

    Raises Missing, ReadOnly, WishRefused, HeadMoved.
    """
    row = local(resource)
    found = Branch.objects.filter(resource=row, uid=branch).first()
    if found is None:
        raise Missing(f"{row.name} has no branch {branch}.")
    if found.archived:
        raise WishRefused(f"Branch {found.name} was deleted; it is only there to be read.")
    head = Head(row, branch, found.head or found.start, found)
    if head.parent is not None and head.parent >= head.number:
        # Somebody wrote between the two questions.
        raise HeadMoved
    return head


def edit(
    actor: Actor, resource: str, branch: str, wishes: Sequence[Wish], message: str = ""
) -> Done:
    """Fulfil wishes as one revision on a branch, by the actor.

    Where nothing that they name is there, no revision is made. Raises Missing, ReadOnly,
    WishRefused, NotCanonical, HeadMoved.
    """
    return one_after_the_other(lambda: _edit(actor, resource, branch, wishes, message))


def one_after_the_other(work: Callable[[], Done]) -> Done:
    """Do work that reads a head and writes; anew when somebody else was faster."""
    pause = FIRST_PAUSE
    for _attempt in range(ATTEMPTS - 1):
        try:
            return work()
        except HeadMoved:
            time.sleep(random.uniform(0, pause))  # noqa: S311 - no secret
            pause = min(pause * 2, LONGEST_PAUSE)
    return work()


def _edit(actor: Actor, resource: str, branch: str, wishes: Sequence[Wish], message: str) -> Done:
    head = head_of(resource, branch)
    batch = HistoryBatch(copies=False)
    draft = Draft(batch.history(resource), head.parent, head.roots())
    if not draft.fulfil(wishes):
        return Done(None, frozenset(draft.missing))
    record = head.record(actor.name, message, draft.roots)
    commit(batch, record, draft.write_to, actor, head.guard)
    return Done(record.number, frozenset(draft.missing))


def commit(
    batch: HistoryBatch,
    record: RevisionRecord,
    fill: Callable[[Changeset], None],
    actor: Actor,
    guard: Guard | None = None,
    action: str = "resource.edit",
) -> None:
    """Write one revision of a local resource and make it visible; `action` names it in the audit
    record.
    """
    try:
        with Changeset(Path(settings.TCSYNC_DATA)) as changes:
            fill(changes)
            start = batch.sink().tell()
            history = batch.history(record.resource)
            summary = changes.write(batch.sink(), history, record.parent)
        batch.admit_local(record, summary, start)
        batch.commit(actor, action, guard, target=record.resource)
    except BaseException:
        batch.discard()
        raise
