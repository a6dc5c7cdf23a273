"""Histories, commits, and git streams of them."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from benchmarks.gitrepos import Change, Commit, Writer
from syncconfigs.demo.commit import commit_revision
from tcsync.audit.recording import Actor
from tcsync.domain import Branch, RevisionRecord
from tcsync.domain import Resource as ResourceRecord
from tcsync.packs import Op, Record, canonical_value, pack_bytes
from tcsync.repository import reading
from tcsync.repository.models import Resource, Revision
from tcsync.repository.states import History
from tcsync.repository.writing import Changeset, HistoryBatch, ensure_category_path

STEPS = ("deepen", "commit", "edit", "export")
NAMESPACE = UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
AT_ONCE = 500
ACTOR = Actor("benchmark", origin="command")


def commit() -> dict[str, Any]:
    """Make a new revision of the biggest resource; `at` is the moment it became visible here."""
    name = biggest().name
    began = time.monotonic()
    made = commit_revision(name)
    return {
        "resource": made.resource,
        "number": made.number,
        "at": made.visible_at,
        "seconds": made.visible_at - began,
    }


def edit(name: str, edits: int, seed: int) -> float:
    """Commit other bodies for elements of a `deepen`ed resource; return the seconds."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    resource = Resource.objects.get(name=name)
    ids = [id_ for id_, _body in islice(History(resource.id).elements(1), AT_ONCE)]
    chosen = sorted(dice.sample(ids[1:], edits))
    number = resource.head_number + 1
    described = ResourceRecord(
        resource.id, resource.project_id, name, resource.category_id, resource.trunk
    )
    began = time.perf_counter()
    batch = HistoryBatch(copies=False)
    with Changeset() as changes:
        for id_ in chosen:
            changes.put(id_, _body(id_, number, ids[0]))
        start = batch.sink().tell()
        summary = changes.write(batch.sink(), batch.history(resource.id), number - 1)
    batch.admit_local(_revision(described, number), summary, start)
    batch.commit(ACTOR, "resource.commit")
    return time.perf_counter() - began


def biggest() -> Resource:
    """Return the resource with most bytes."""
    return Resource.objects.order_by("-stored_bytes")[0]


def deepen(name: str, revisions: int, elements: int, edits: int) -> dict[str, Any]:
    """Make a local resource with many small revisions on its trunk."""
    dice = random.Random(revisions)  # noqa: S311 - no secret
    ids = sorted(str(uuid5(NAMESPACE, f"{name} {place}")) for place in range(elements))
    id_, trunk = str(uuid5(NAMESPACE, name)), str(uuid5(NAMESPACE, f"{name} trunk"))
    category = ensure_category_path(ACTOR, "Benchmark").pk
    branches = (Branch(trunk, "trunk", None, None),)
    resource = ResourceRecord(id_, f"_{name}", name, category, trunk, branches)
    for first in range(1, revisions + 1, AT_ONCE):
        batch = HistoryBatch(copies=False)
        batch.describe(resource, category)
        for number in range(first, min(first + AT_ONCE, revisions + 1)):
            chosen = ids if number == 1 else sorted(dice.sample(ids, edits))
            op = Op.ADD if number == 1 else Op.EDIT
            records = [Record(op, id_, _body(id_, number, ids[0])) for id_ in chosen]
            data, summary = pack_bytes(records)
            start = batch.sink().tell()
            batch.sink().write(data)
            batch.admit_local(_revision(resource, number), summary, start)
        batch.commit(ACTOR, "resource.commit")
    return {"resource": id_, "bytes": Resource.objects.get(pk=id_).stored_bytes}


def _body(id_: str, number: int, root: str) -> bytes:
    noise = hashlib.sha256(f"{id_} {number}".encode()).hexdigest()
    element = {
        "children": [],
        "data": {"attrs": {"body": noise, "visibility": "public"}},
        "id": id_,
        "name": f"Element {id_[:8]} at {number}",
        "nsURI": "",
        "owner": None if id_ == root else root,
        "type": "uml:Class",
    }
    return canonical_value(element)


def _revision(resource: ResourceRecord, number: int) -> RevisionRecord:
    return RevisionRecord(
        resource=resource.id,
        number=number,
        branch=resource.trunk,
        parent=number - 1 or None,
        time=1_700_000_000 + number,
        author="Benchmark",
        message=f"Revision {number}",
        content_digest="",
        artifact_digest="",
    )


def export(index: int, layout: str, into: str) -> dict[str, Any]:
    """Write the history of one resource, the others by id before it, for `git fast-import`."""
    resource = Resource.objects.order_by("id")[index]
    rows = list(resource.revisions.order_by("number"))
    tags: dict[int, list[str]] = {}
    for tag in resource.tags.all():
        tags.setdefault(tag.number, []).append(tag.name)
    commits = [_commit(row, tags) for row in rows]
    history = History(resource.id)
    began = time.perf_counter()
    with Path(into).open("wb") as out:
        writer = Writer(out, layout, commits, resource.trunk)
        for commit in commits:
            writer.write(commit, _changes(history, commit.number))
    return {"commits": len(commits), "seconds": time.perf_counter() - began}


def _commit(row: Revision, tags: dict[int, list[str]]) -> Commit:
    record = reading.revision_record(row)
    return Commit(
        row.number,
        row.parent,
        record.branch,
        record.author,
        record.message,
        list(record.merged),
        tags.get(row.number, []),
    )


def _changes(history: History, number: int) -> Iterator[Change]:
    for record in history.pack(history.link(number)).records():
        yield record.id, None if record.op == Op.REMOVE else record.body
