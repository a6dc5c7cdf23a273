"""A Source without packs: it tells, revision by revision, what a node held when it was captured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from tcsync.domain import (
    ArtifactRef,
    Divergence,
    Known,
    Resource,
    RevisionRecord,
    Selection,
    Snapshot,
)
from tcsync.domain import listing_fingerprint as fingerprint_of
from tcsync.repository.states import History
from tcsync.sources.base import (
    Absent,
    ArtifactEntry,
    ArtifactGone,
    ArtifactPut,
    Delivery,
    ElementGone,
    ElementsPut,
    States,
    Telling,
    Told,
    Want,
)
from tests.fakes.captured_source import CapturedSource

Key = tuple[str, int]


class TellingSource(CapturedSource):
    """What a node held, told as changes. Tests may change `states`, and name `faults` and `whole`.

    `faults`: what reading the changes of a revision raises; `as_whole`: revisions that are told by
    all that lives; `absent`: resources that may not be read.
    """

    delivery = Delivery.CHANGES

    def __init__(self) -> None:
        super().__init__()
        self.faults: dict[Key, Exception] = {}
        self.as_whole: set[Key] = set()
        self.absent: set[str] = set()
        self.walked: list[Key] = []
        self.fetched: list[tuple[str, int, str]] = []
        self.shown: dict[Key, dict[str, bytes]] = {}
        self.walk_faults: dict[str, Exception] = {}
        self.states: dict[Key, dict[str, bytes]] = {}
        self.manifests: dict[Key, dict[str, ArtifactRef]] = {}
        for resource, number in self.records:
            history = History(resource)
            self.states[resource, number] = dict(history.elements(number))
            refs = history.artifacts(number)
            self.manifests[resource, number] = {ref.id: ref for ref in refs}

    def lie(self, resource: str, number: int, state: dict[str, bytes]) -> dict[str, bytes]:
        """Let walks from now on show another state than the changes; return what they showed."""
        before = self.shown.get((resource, number), self.states[resource, number])
        self.shown[resource, number] = state
        return before

    def commit(self, resource: str, number: int, parent: int, state: dict[str, bytes]) -> None:
        """Make a revision of the trunk at the source."""
        before = self.records[resource, parent]
        message = f"revision {number}"
        key = (resource, number)
        self.records[key] = replace(before, number=number, parent=parent, message=message)
        self.states[key], self.manifests[key] = state, {}
        self.whole = replace(
            self.whole, resources=tuple(_with(r, key, parent) for r in self.whole.resources)
        )

    def snapshot(self, selection: Selection | None, known: Mapping[str, Known] | None) -> Snapshot:
        shown = super().snapshot(selection, {})
        resources = tuple(
            self._listed(r, (known or {}).get(r.id, Known())) for r in shown.resources
        )
        return replace(shown, resources=resources, tells_sizes=False)

    def listed(self, record: RevisionRecord) -> RevisionRecord:
        return replace(record, digest="", content_digest="", artifact_digest="")

    def _listed(self, resource: Resource, known: Known) -> Resource:
        refs = {
            ref.number: replace(
                ref,
                digest=fingerprint_of(self.records[resource.id, ref.number]),
                raw_bytes=0,
                changes=0,
            )
            for ref in resource.revisions
            if (resource.id, ref.number) in self.records
        }
        held = {listed.number: listed for listed in known.listing}
        divergences = tuple(
            Divergence(refs[n].branch, n, listed.fingerprint, refs[n].digest)
            for n, listed in held.items()
            if n in refs and refs[n].digest != listed.fingerprint
        )
        return replace(
            resource,
            branches=tuple(replace(branch, head_digest="") for branch in resource.branches),
            revisions=tuple(ref for number, ref in refs.items() if number not in held),
            divergences=divergences,
            gone_revisions=tuple(n for n in held if n not in refs and not held[n].gone),
        )

    def records_of(self, resource: str, numbers: Sequence[int]) -> list[RevisionRecord]:
        found = super().records_of(resource, numbers)
        return [replace(record, digest=fingerprint_of(record)) for record in found]

    @contextmanager
    def changesets(
        self, wants: Sequence[Want], states: States
    ) -> Iterator[Iterator[Telling | Absent]]:
        yield self._telling(wants, states)

    def _telling(self, wants: Sequence[Want], states: States) -> Iterator[Telling | Absent]:
        for want in wants:
            if want.resource in self.absent:
                yield Absent(want.resource, "hidden", "This account may not read it.")
                continue
            for number in want.numbers:
                key = (want.resource, number)
                record = replace(
                    self.records[key], digest="", content_digest="", artifact_digest=""
                )
                parent = record.parent
                is_lost = parent is not None and (want.resource, parent) not in self.records
                hole = is_lost and not states.holds(want.resource, parent or 0)
                is_whole = parent is None or is_lost or key in self.as_whole
                changes = self._changes(key, None if is_whole else parent)
                yield Telling(replace(record, hole_before=hole), is_whole, changes)

    def _changes(self, key: Key, parent: int | None) -> Iterator[Told]:
        self.sent.append(key)
        before = {} if parent is None else self.states[key[0], parent]
        for id_, body in self.states[key].items():
            if before.get(id_) != body:
                yield ElementsPut([(id_, body)])
        if key in self.faults:
            raise self.faults[key]
        for id_ in before.keys() - self.states[key].keys():
            yield ElementGone(id_)
        yield from self._artifact_changes(key, parent)

    def _artifact_changes(self, key: Key, parent: int | None) -> Iterator[Told]:
        before = {} if parent is None else self.manifests[key[0], parent]
        for id_, ref in self.manifests[key].items():
            if before.get(id_) != ref:
                yield ArtifactPut(ref, iter([self.blobs[ref.digest]]))
        for id_ in before.keys() - self.manifests[key].keys():
            yield ArtifactGone(id_)

    @contextmanager
    def walk(self, resource: str, number: int) -> Iterator[Iterator[ElementsPut | ArtifactEntry]]:
        if resource in self.walk_faults:
            raise self.walk_faults[resource]
        self.walked.append((resource, number))
        key = (resource, number)
        elements = self.shown.get(key, self.states[key]).items()
        entries = self.manifests[resource, number].values()
        yield iter(
            [
                *(ElementsPut([element]) for element in elements),
                *(ArtifactEntry(ref.id, ref.name, ref.size) for ref in entries),
            ]
        )

    @contextmanager
    def artifact_bytes(
        self, resource: str, number: int, ids: Sequence[str]
    ) -> Iterator[Iterator[ArtifactPut]]:
        refs = [self.manifests[resource, number][id_] for id_ in ids]
        self.fetched += [(resource, number, id_) for id_ in ids]
        yield (ArtifactPut(ref, iter([self.blobs[ref.digest]])) for ref in refs)


def _with(resource: Resource, key: Key, parent: int) -> Resource:
    if resource.id != key[0]:
        return resource
    before = next(ref for ref in resource.revisions if ref.number == parent)
    branches = tuple(
        replace(branch, head=key[1]) if branch.id == before.branch else branch
        for branch in resource.branches
    )
    ref = replace(before, number=key[1], parent=parent)
    return replace(resource, branches=branches, revisions=(*resource.revisions, ref))
