"""A Source that holds in memory what the repository held when it was captured.

Its own, plain way of telling what the other side lacks checks the repository's quick one.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from tcsync.domain import (
    Changes,
    Chronicle,
    Divergence,
    HeadUses,
    Identity,
    Known,
    Resource,
    RevisionRecord,
    Selection,
    Snapshot,
    revision_digest,
)
from tcsync.repository import models, reading, snapshots
from tcsync.repository.states import History
from tcsync.repository.storage import default_storage
from tcsync.sources.base import (
    Absent,
    Arriving,
    ArrivingBytes,
    ArtifactEntry,
    ArtifactWant,
    Delivery,
    ElementsPut,
    Want,
)


class CapturedSource:
    """What a node held, as a source. Tests may change its fields to make it lie or fail."""

    delivery = Delivery.PACKS

    def __init__(self) -> None:
        self.whole: Snapshot = snapshots.snapshot(None, {})
        self.records: dict[tuple[str, int], RevisionRecord] = {}
        self.bytes: dict[tuple[str, int], bytes] = {}
        self.pack_digests: dict[tuple[str, int], str] = {}
        self.blobs: dict[str, bytes] = {}
        self.states_at: dict[tuple[str, int], dict[str, bytes]] = {}
        self.fail_after: int | None = None
        self.failure: Exception | None = None
        self.sent: list[tuple[str, int]] = []
        self.asked_uses: list[list[str]] = []
        self.hidden: set[str] = set()
        self.pulse: Callable[[int], None] | None = None
        storage = default_storage()
        for row in models.Revision.objects.all():
            key = (row.resource_id, row.number)
            self.records[key] = reading.revision_record(row)
            self.bytes[key] = storage.read(row.object, row.place, row.length)
            self.pack_digests[key] = row.pack_digest
            self.states_at[key] = dict(History(row.resource_id).elements(row.number))
        for blob in models.Blob.objects.all():
            self.blobs[blob.digest] = storage.read(blob.object, blob.place, blob.length)

    def use(self, user: str, *used: str, version: str = "2") -> None:
        """Let the newest revision of a resource use these, as if it had been made so."""
        key = max(key for key in self.records if key[0] == user)
        told = tuple({"resource": id_, "branch": "trunk", "version": version} for id_ in used)
        record = replace(self.records[key], used_projects=told)
        above = self.records.get((user, record.parent or 0))
        digest = revision_digest(record, above.digest if above else "")
        self.records[key] = replace(record, digest=digest)
        resources = (
            _with_digest(r, key[1], digest) if r.id == user else r for r in self.whole.resources
        )
        self.whole = replace(self.whole, resources=tuple(resources))

    def heed(self, pulse: Callable[[int], None] | None) -> Callable[[int], None] | None:
        before, self.pulse = self.pulse, pulse
        return before

    def identity(self) -> Identity:
        whole = self.whole
        return Identity(whole.node, whole.epoch, whole.name, whole.major_version, "reader")

    def snapshot(self, selection: Selection | None, known: Mapping[str, Known] | None) -> Snapshot:
        chosen = self._chosen(selection)
        resources = tuple(
            _lacking(r, (known or {}).get(r.id, Known()))
            for r in self.whole.resources
            if selection is None or r.category in chosen or r.id in selection.resources
        )
        shown = {r.id for r in resources}
        there = {category.id for category in self.whole.categories}
        wanted = set() if selection is None else {*selection.resources}
        wanted |= set() if selection is None else {*selection.categories} - there
        return replace(
            self.whole,
            resources=resources,
            categories=tuple(c for c in self.whole.categories if c.id in chosen),
            missing=tuple(sorted(wanted - shown)),
        )

    def _chosen(self, selection: Selection | None) -> set[str]:
        if selection is None:
            return {category.id for category in self.whole.categories}
        chosen = set(selection.categories)
        for _ in self.whole.categories:
            chosen |= {c.id for c in self.whole.categories if c.parent in chosen}
        return chosen

    @contextmanager
    def chronicles(self, resources: Sequence[str]) -> Iterator[Iterator[Chronicle | Absent]]:
        yield map(self._chronicle, resources)

    def _chronicle(self, id_: str) -> Chronicle | Absent:
        found = [r for r in self.snapshot(None, None).resources if r.id == id_]
        if not found:
            return Absent(id_, "gone", "It does not exist.")
        records = sorted((r for (owner, _n), r in self.records.items() if owner == id_), key=number)
        return Chronicle(replace(found[0], revisions=()), map(self.listed, records))

    def listed(self, record: RevisionRecord) -> RevisionRecord:
        """Return a record as this source lists it."""
        return record

    @contextmanager
    def walk(self, resource: str, number: int) -> Iterator[Iterator[ElementsPut | ArtifactEntry]]:
        state = self.states_at[resource, number]
        yield iter([ElementsPut(tuple(state.items()))])

    def records_of(self, resource: str, numbers: Sequence[int]) -> list[RevisionRecord]:
        return [self.records[resource, n] for n in numbers if (resource, n) in self.records]

    def uses(self, resources: Sequence[str]) -> Mapping[str, tuple[HeadUses, ...]] | None:
        self.asked_uses.append(list(resources))
        return {
            resource.id: tuple(
                HeadUses(
                    branch.id, branch.head, self.records[resource.id, branch.head].used_projects
                )
                for branch in resource.branches
                if branch.head is not None
            )
            for resource in self.whole.resources
            if resource.id in resources and resource.id not in self.hidden
        }

    def changes(self, after: int | None) -> Changes:
        return Changes(self.whole.epoch, after or 0, (), tree_changed=False, complete=True)

    @contextmanager
    def packs(self, wants: Sequence[Want]) -> Iterator[Iterator[Arriving | Absent]]:
        yield self._arriving(wants)

    def _arriving(self, wants: Sequence[Want]) -> Iterator[Arriving | Absent]:
        for want in wants:
            for number in want.numbers:
                if self.fail_after is not None and len(self.sent) >= self.fail_after:
                    assert self.failure is not None
                    raise self.failure
                key = (want.resource, number)
                self.sent.append(key)
                data = self.bytes[key]
                chunks = (data[i : i + 1000] for i in range(0, len(data), 1000))
                yield Arriving(self.records[key], len(data), self.pack_digests[key], chunks)

    @contextmanager
    def artifacts(self, wants: Sequence[ArtifactWant]) -> Iterator[Iterator[ArrivingBytes]]:
        digests = [ref.digest for want in wants for ref in want.refs]
        yield (
            ArrivingBytes(digest, len(self.blobs[digest]), iter([self.blobs[digest]]))
            for digest in digests
        )

    def close(self) -> None:
        pass


def number(record: RevisionRecord) -> int:
    return record.number


def _with_digest(resource: Resource, number: int, digest: str) -> Resource:
    return replace(
        resource,
        branches=tuple(
            replace(b, head_digest=digest) if b.head == number else b for b in resource.branches
        ),
        revisions=tuple(
            replace(r, digest=digest) if r.number == number else r for r in resource.revisions
        ),
    )


def _lacking(resource: Resource, known: Known) -> Resource:
    refs = {ref.number: ref for ref in resource.revisions}
    held: set[int | None] = set()
    front = [head.number for head in known.heads]
    divergences = tuple(
        Divergence(
            h.branch, h.number, h.digest, refs[h.number].digest if h.number in refs else None
        )
        for h in known.heads
        if h.number not in refs or refs[h.number].digest != h.digest
    )
    while front:
        ref = refs.get(front.pop())
        if ref is not None and ref.number not in held:
            held.add(ref.number)
            front += [n for n in (ref.parent, *ref.merged) if n is not None]
    lacking = tuple(ref for number, ref in sorted(refs.items()) if number not in held)
    return replace(resource, revisions=lacking, divergences=divergences)


def become_another_node() -> None:
    """Empty the repository and give it another identity; segments stay as unknown bytes."""
    for model in (models.Resource, models.Blob, models.Change):
        model.objects.all().delete()
    models.Category.objects.update(parent=None)
    models.Category.objects.exclude(id=snapshots.domain.UNCATEGORIZED_ID).delete()
    models.Node.objects.update(uuid=str(uuid.uuid4()), epoch=str(uuid.uuid4()), last_change=0)
