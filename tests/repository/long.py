"""Long histories whose packs and rows are written directly: thousands of revisions in a second."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

from tcsync.domain import PackPlace, RevisionRecord
from tcsync.packs import Op, Record, pack_bytes
from tcsync.repository.models import Branch, Category, Resource, Revision
from tcsync.repository.storage import default_storage
from tcsync.repository.writing import rows
from tests.repository.histories import element, revision

Touches = Mapping[str, int]
"""Id -> the operation on it."""


def body_at(id_: str, number: int) -> bytes:
    """Return what an element holds after the revision that last touched it."""
    return element(id_, v=number)


def write(resource: str, history: Iterable[tuple[int, int | None, Touches]]) -> None:
    """Make a local resource of (number, parent, touches), parents first."""
    row = Resource.objects.create(
        id=resource,
        project_id=f"P-{resource}",
        name=f"Name {resource}",
        category=Category.objects.first(),
        trunk="trunk",
    )
    Branch.objects.create(resource=row, uid="trunk", name="trunk")
    batch = default_storage().begin()
    made: list[Revision] = []
    digests: dict[int | None, str] = {None: ""}
    totals: dict[int | None, int] = {None: 0}
    for number, parent, touches in history:
        records = [
            Record(op, id_, b"" if op == Op.REMOVE else body_at(id_, number))
            for id_, op in sorted(touches.items())
        ]
        data, summary = pack_bytes(records)
        place = PackPlace(batch.object, batch.tell(), summary.size, summary.digest)
        batch.write(data)
        record: RevisionRecord = revision(resource, number, parent)
        made.append(rows.revision_row(record, summary, place, totals[parent]))
        totals[number] = made[-1].total
        # Like a real one it covers the pack and all below; nothing here recomputes it.
        said = f"{resource} {number} {summary.content_digest} {digests[parent]}"
        made[-1].digest = digests[number] = sha256(said.encode()).hexdigest()
    batch.seal()
    batch.close()
    Revision.objects.bulk_create(made, batch_size=500)


def growing(
    revisions: int, ids: int, edits: int, seed: int = 1
) -> Iterator[tuple[int, int | None, Touches]]:
    """Yield a trunk: all ids are added first, then some drawn ones are edited in each revision."""
    dice = random.Random(seed)
    names = [f"e{place:05}" for place in range(ids)]
    yield 1, None, dict.fromkeys(names, int(Op.ADD))
    for number in range(2, revisions + 1):
        yield number, number - 1, dict.fromkeys(dice.sample(names, edits), int(Op.EDIT))
