"""A new revision at the demo's source, and how long it takes to be visible at the target."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from syncconfigs.demo.filling import REAL_CATEGORY
from tcsync.audit.recording import Actor
from tcsync.domain import RevisionRecord
from tcsync.errors import Missing
from tcsync.packs import canonical_value, loads
from tcsync.repository import reading
from tcsync.repository.models import Resource, Revision
from tcsync.repository.states import History
from tcsync.repository.writing import Changeset, HistoryBatch

EDITED = 20
"""One of them as the owner of those that are added."""
ADDED = 10
LOOK_SECONDS = 0.02
ACTOR = Actor("demo", origin="command")


@dataclass(frozen=True, slots=True)
class NewRevision:
    """What was committed at the source; `visible_at` is time.monotonic() right afterwards."""

    resource: str
    name: str
    number: int
    elements: int
    visible_at: float


def commit_revision(name: str = "") -> NewRevision:
    """Change some elements of a local resource (by name, else any) on its trunk, in this node.

    Raises Missing when there is no such resource.
    """
    resource = _pick(name)
    head = Revision.objects.filter(resource=resource, branch=resource.trunk).latest("number")
    batch = HistoryBatch(copies=False)
    try:
        with Changeset() as changeset:
            _change(changeset, batch.history(resource.id), head)
            start = batch.sink().tell()
            summary = changeset.write(batch.sink(), batch.history(resource.id), head.number)
        batch.admit_local(_record(resource, head), summary, start)
        done = batch.commit(ACTOR, "resource.commit")
    finally:
        batch.discard()
    number = resource.head_number + 1
    return NewRevision(resource.id, resource.name, number, done.elements, time.monotonic())


def _pick(name: str) -> Resource:
    local = Resource.objects.filter(read_only=False, removed_at=None, head_number__gt=0)
    if name:
        local = local.filter(name=name)
    tree = reading.Tree.load()
    invented = [row for row in local if REAL_CATEGORY not in tree.names(row.category_id)]
    if not invented:
        raise Missing(
            f"There is no invented resource {name or 'at all'} at the demo's source.",
            next_step="Run `make demo` first, or name another resource.",
        )
    return random.choice(invented)  # noqa: S311 - any will do


def _change(changeset: Changeset, history: History, head: Revision) -> None:
    some = list(_some_elements(history, head))
    owner = next((id_ for id_, element in some if element["children"]), some[-1][0])
    for id_, element in some:
        if id_ == owner:
            continue
        before = str(element["name"]).partition(" (changed after ")[0]
        element["name"] = f"{before} (changed after revision {head.number})"
        changeset.put(id_, canonical_value(element))
    _add(changeset, history, head, owner)


def _some_elements(history: History, head: Revision) -> Iterator[tuple[str, Any]]:
    """Yield the first named elements of a revision; one of them is to be the new ones' owner."""
    found = ((id_, loads(body)) for id_, body in history.elements(head.number))
    return islice(((id_, e) for id_, e in found if isinstance(e, dict) and e["name"]), EDITED)


def _add(changeset: Changeset, history: History, head: Revision, owner: str) -> None:
    """Put new elements below `owner`, whose children name them."""
    parent: Any = loads(history.get_many(head.number, [owner])[owner])
    for count in range(ADDED):
        id_ = str(uuid4())
        child = {
            **parent,
            "id": id_,
            "owner": owner,
            "children": [],
            "data": {"ID": f"_demo_{id_}"},
        }
        child["name"] = f"Demo element {head.number + 1}.{count + 1}"
        changeset.put(id_, canonical_value(child))
        parent["children"].append(id_)
    changeset.put(owner, canonical_value(parent))


def _record(resource: Resource, head: Revision) -> RevisionRecord:
    return RevisionRecord(
        resource=resource.id,
        number=resource.head_number + 1,
        branch=head.branch,
        parent=head.number,
        time=int(time.time()),
        author="Demo Author",
        message="A change to watch on its way",
        content_digest="",
        artifact_digest="",
        root_ids=tuple(head.root_ids),
        used_projects=tuple(head.used_projects),
    )


def seconds_until_visible(new: NewRevision, database: Path, patience: float) -> float | None:
    """Return how long after its commit the revision was visible in another node's database.

    The database is read only, past the node's own code; None when it was not visible in time.
    """
    table = Revision._meta.db_table
    with closing(_opened(database)) as connection:
        while (waited := time.monotonic() - new.visible_at) < patience:
            if connection.execute(
                f"SELECT 1 FROM {table} WHERE resource_id = ? AND number = ?",  # noqa: S608
                (new.resource, new.number),
            ).fetchone():
                return waited
            time.sleep(LOOK_SECONDS)
    return None


def _opened(database: Path) -> sqlite3.Connection:
    if not database.exists():
        raise Missing(
            f"There is no database {database}.",
            next_step="Run `make demo` in another terminal first.",
        )
    return sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True, isolation_level=None)
