"""A small model with real packs, for the pages that look into it: Rover, with two branches.

1 trunk  Model "Rover" > Wheel 1, Wheel 2, Body; Body refers to Wheel 1 and to something elsewhere
2 trunk  from 1: Body is heavier, Wheel 2 is gone, "New <b>" has come; the diagram changed
4 side   from 1: Wheel 1 has another name
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from tcsync import domain
from tcsync.audit.recording import SYSTEM
from tcsync.domain import ArtifactRef
from tcsync.repository.models import Category, Resource, Revision
from tcsync.repository.writing import Changeset, HistoryBatch
from tests.repository.browsing.models import stored
from tests.repository.histories import describe, revision

ID = "rover/1"
"""Ids may hold a slash."""
DIAGRAM = b"<script>alert(1)</script>"
NEWER = b"<svg/>"
AT_1 = "/repository/revisions/1/{}of/rover/1/"
AT_2 = "/repository/revisions/2/{}of/rover/1/"
DIFFERENCE = "/repository/difference/rover/1/"


def model(children: Iterable[str]) -> bytes:
    return stored("m", name="Rover", type="uml:Model", children=list(children))


def part(id_: str, name: str | None, **data: object) -> bytes:
    return stored(id_, name=name, type="uml:Class", owner="m", data={"ID": f"_{id_}", **data})


def body(mass: str) -> bytes:
    refs = {"parts": [{"@id": "w1"}, {"@id": "elsewhere"}]}
    return part("b", "Body", attrs={"mass": mass}, refs=refs)


class Writer:
    """Writes the revisions of a local resource."""

    def __init__(self, id_: str, category: Category, **described: object) -> None:
        branches = tuple(domain.Branch(name, name, None, None) for name in ("trunk", "side"))
        self._resource = describe(id_, category=category.id, branches=branches, **described)

    def write(
        self,
        number: int,
        parent: int | None,
        bodies: Mapping[str, bytes],
        removes: Sequence[str] = (),
        artifacts: Mapping[str, tuple[str, bytes]] | None = None,
        **fields: object,
    ) -> Revision:
        batch = HistoryBatch(copies=False)
        batch.describe(self._resource, self._resource.category)
        with Changeset() as changes:
            for id_, stored_form in bodies.items():
                changes.put(id_, stored_form)
            for id_ in removes:
                changes.remove(id_)
            for id_, (name, data) in (artifacts or {}).items():
                digest = hashlib.sha256(data).hexdigest()
                batch.artifacts.receive_unless_here(digest, len(data), [data])
                changes.put_artifact(ArtifactRef(id_, name, digest, len(data)))
            sink = batch.sink()
            start = sink.tell()
            summary = changes.write(sink, batch.history(self._resource.id), parent)
        branch = str(fields.pop("branch", "trunk"))
        record = revision(self._resource.id, number, parent, branch, **fields)
        batch.admit_local(record, summary, start)
        batch.commit(SYSTEM, "test")
        return Revision.objects.get(resource=self._resource.id, number=number)


def write_rover(category: Category) -> Resource:
    writer = Writer(ID, category, name="Rover")
    first = {"w1": part("w1", "Wheel 1"), "w2": part("w2", "Wheel 2"), "b": body("10")}
    writer.write(
        1,
        None,
        {"m": model(first), **first},
        artifacts={"d1": ("../diagrams/Main \n.html", DIAGRAM), "d2": ("notes.txt", b"")},
        root_ids=("m",),
    )
    writer.write(
        2,
        1,
        {"m": model(["w1", "b", "n"]), "b": body("12"), "n": part("n", "New <b>")},
        removes=["w2"],
        artifacts={"d1": ("Main.svg", NEWER)},
        root_ids=("m",),
    )
    writer.write(4, 1, {"w1": part("w1", "Wheel one")}, branch="side", root_ids=("m",))
    return Resource.objects.get(id=ID)


def write_wide(category: Category, count: int) -> Resource:
    """Write a root with many children."""
    children = {f"c{place:05}": part(f"c{place:05}", f"Child {place}") for place in range(count)}
    Writer("wide", category).write(1, None, {"m": model(children), **children}, root_ids=("m",))
    return Resource.objects.get(id="wide")


def damage(number: int = 1) -> None:
    """Let the pack of a revision of Rover lie where there is none."""
    Revision.objects.filter(resource=ID, number=number).update(object="none.seg")
