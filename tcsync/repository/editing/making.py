"""New resources and branches: each begins with a revision, as in Teamwork Cloud."""

from __future__ import annotations

import time
from uuid import uuid4

from tcsync import domain
from tcsync.audit.recording import Actor
from tcsync.domain import RevisionRecord
from tcsync.errors import Clash, Missing
from tcsync.repository import reading
from tcsync.repository.editing.revising import (
    Done,
    Head,
    commit,
    local,
    one_after_the_other,
)
from tcsync.repository.models import Branch, Resource, Revision
from tcsync.repository.writing import Changeset, HistoryBatch

TRUNK = "trunk"
NO_MESSAGE = "** no message **"
"""What real servers say of the first revision (rest-api, section 8)."""


def make_resource(
    actor: Actor, category: str, name: str, description: str = "", project: str = ""
) -> str:
    """Make a local resource with a trunk and an empty first revision; return its id.

    `project` is its Project ID, a fresh one where none is given. Raises Clash.
    """
    id_, trunk = str(uuid4()), str(uuid4())
    project = project or f"PROJECT-{uuid4()}"
    if Resource.objects.filter(project_id=project).exists():
        raise Clash(
            f"The Project ID {project} is taken.", next_step="Leave it out to get a fresh one."
        )
    branches = (domain.Branch(trunk, TRUNK, None, None),)
    origin = reading.identity().uuid
    resource = domain.Resource(
        id_, project, name, category, trunk, branches, description=description, origin=origin
    )
    batch = HistoryBatch(copies=False)
    batch.describe(resource, category)
    record = RevisionRecord(id_, 1, trunk, None, int(time.time()), actor.name, NO_MESSAGE, "", "")
    commit(batch, record, _nothing, actor)
    return id_


def make_branch(
    actor: Actor, resource: str, name: str, start: int | None = None, message: str = ""
) -> str:
    """Make a branch from a revision (None: the trunk's newest) and return its id.

    It begins with a revision that changes nothing. Raises Missing, ReadOnly, Clash.
    """
    uid = str(uuid4())
    one_after_the_other(lambda: _make_branch(actor, resource, (uid, name), start, message))
    return uid


def _make_branch(
    actor: Actor, resource: str, made: tuple[str, str], start: int | None, message: str
) -> Done:
    row = local(resource)
    uid, name = made
    refuse_taken(row, name)
    start = start or _newest_on_trunk(row)
    head = Head(row, uid, start)
    if not Revision.objects.filter(resource=row, number=start or 0).exists():
        raise Missing(f"{row.name} has no revision {start} to make a branch from.")
    batch = HistoryBatch(copies=False)
    hops = tuple(domain.Hop(**hop) for hop in row.hops)
    batch.describe(_described(row, domain.Branch(uid, name, start, None)), row.category_id, hops)
    said = message or f'Branch "{name}" created'
    commit(batch, head.record(actor.name, said, head.roots()), _nothing, actor, head.guard)
    return Done(head.number, frozenset())


def refuse_taken(resource: Resource, name: str, but: str = "") -> None:
    """Raise Clash when another branch of the resource is called so."""
    taken = Branch.objects.filter(resource=resource, name=name, archived=False)
    if taken.exclude(uid=but).exists():
        raise Clash(
            f"{resource.name} has a branch called {name!r} already.",
            next_step="Choose another name.",
        )


def _newest_on_trunk(row: Resource) -> int | None:
    trunk = Branch.objects.filter(resource=row, uid=row.trunk).first()
    return None if trunk is None else trunk.head or trunk.start


def _described(row: Resource, branch: domain.Branch) -> domain.Resource:
    return domain.Resource(
        id=row.id,
        project_id=row.project_id,
        name=row.name,
        category=row.category_id,
        trunk=row.trunk,
        branches=(branch,),
        description=row.description,
        origin=row.origin,
    )


def _nothing(_changes: Changeset) -> None:
    """Leave a changeset empty."""
