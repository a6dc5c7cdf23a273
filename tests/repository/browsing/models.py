"""Resources whose elements are given in their stored form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tcsync.audit.recording import SYSTEM
from tcsync.packs import canonical_value
from tcsync.repository import states
from tcsync.repository.models import Revision
from tcsync.repository.writing import Changeset, HistoryBatch
from tests.repository.histories import describe, revision


def stored(id_: str, **fields: object) -> bytes:
    """Return the stored form of an element; `data` and the other keys may be given."""
    empty = {"children": [], "data": {}, "name": None, "nsURI": "", "owner": None, "type": "a:B"}
    return canonical_value({**empty, "id": id_, **fields})


class Model:
    """A local resource that is written revision by revision."""

    def __init__(self, **changes: object) -> None:
        self.resource = describe("r1", **changes)

    def write(
        self,
        number: int,
        parent: int | None,
        bodies: Mapping[str, bytes] | Sequence[bytes] = (),
        removes: Sequence[str] = (),
        **fields: object,
    ) -> Revision:
        batch = HistoryBatch(copies=False)
        batch.describe(self.resource, self.resource.category)
        with Changeset() as changes:
            for id_, body in dict(bodies).items():
                changes.put(id_, body)
            for id_ in removes:
                changes.remove(id_)
            sink = batch.sink()
            start = sink.tell()
            summary = changes.write(sink, batch.history("r1"), parent)
        branch = fields.pop("branch", "trunk")
        batch.admit_local(revision("r1", number, parent, branch, **fields), summary, start)
        batch.commit(SYSTEM, "test")
        return Revision.objects.get(resource="r1", number=number)


def family(*, root: str = "root", children: Sequence[str] = ("b", "a")) -> dict[str, bytes]:
    """Return a root with children."""
    found = {root: stored(root, name="Root", children=list(children))}
    return found | {id_: stored(id_, name=f"Name {id_}", owner=root) for id_ in children}


def fresh() -> states.History:
    return states.History("r1")
