"""Making local resources with a little history, through the one writer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from tcsync import domain
from tcsync.audit.recording import SYSTEM
from tcsync.domain import UNCATEGORIZED_ID, ArtifactRef, RevisionRecord
from tcsync.packs import canonical_value
from tcsync.repository.writing import Changeset, HistoryBatch

TIME = 1_700_000_000


def element(id_: str, owner: str | None = None, **data: object) -> bytes:
    return canonical_value(
        {
            "children": [],
            "data": {"ID": id_, **data},
            "id": id_,
            "name": data.get("name"),
            "nsURI": "",
            "owner": owner,
            "type": "uml:Class",
        }
    )


def describe(id_: str, **changes: object) -> domain.Resource:
    branches = changes.pop("branches", (domain.Branch("trunk", "trunk", None, None),))
    values = {"name": f"Name {id_}", "project_id": f"P-{id_}", "category": UNCATEGORIZED_ID}
    return domain.Resource(id=id_, trunk="trunk", branches=branches, **{**values, **changes})


class History:
    """A local resource that is written revision by revision."""

    def __init__(self, id_: str = "r1", **changes: object) -> None:
        self.id = id_
        self.resource = describe(id_, **changes)

    def commit(
        self,
        number: int,
        parent: int | None,
        puts: Mapping[str, Mapping[str, object]] | None = None,
        removes: Sequence[str] = (),
        artifacts: Mapping[str, bytes | None] | None = None,
        branch: str = "trunk",
        **fields: object,
    ) -> str:
        """Write one revision and return its digest."""
        batch = HistoryBatch(copies=False)
        batch.describe(self.resource, self.resource.category)
        history = batch.history(self.id)
        with Changeset() as changes:
            for id_, data in (puts or {}).items():
                changes.put(id_, element(id_, **data))
            for id_ in removes:
                changes.remove(id_)
            for id_, data in (artifacts or {}).items():
                _artifact(batch, changes, id_, data)
            sink = batch.sink()
            start = sink.tell()
            summary = changes.write(sink, history, parent)
        record = revision(self.id, number, parent, branch, **fields)
        digest = batch.admit_local(record, summary, start)
        batch.commit(SYSTEM, "test")
        return digest


def revision(
    resource: str, number: int, parent: int | None, branch: str = "trunk", **fields: object
) -> RevisionRecord:
    return RevisionRecord(
        resource=resource,
        number=number,
        branch=branch,
        parent=parent,
        time=TIME + number,
        author="Zoë",
        message=f"revision {number}",
        content_digest="",
        artifact_digest="",
        **fields,  # type: ignore[arg-type]
    )


def _artifact(batch: HistoryBatch, changes: Changeset, id_: str, data: bytes | None) -> None:
    if data is None:
        changes.remove_artifact(id_)
        return
    digest = hashlib.sha256(data).hexdigest()
    batch.artifacts.receive_unless_here(digest, len(data), [data])
    changes.put_artifact(ArtifactRef(id_, f"{id_}.png", digest, len(data)))
