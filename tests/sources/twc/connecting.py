"""Sources of a stand-in, and a place to keep what they tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tcsync.domain import ArtifactRef, Known, Resource, Selection, Snapshot
from tcsync.outbound import Endpoint
from tcsync.packs import loads
from tcsync.sources.base import (
    Absent,
    ArtifactEntry,
    ArtifactPut,
    ElementGone,
    ElementsPut,
    Telling,
    Told,
    Want,
)
from tcsync.sources.twc import Sessions, TwcSource
from tests.fakes.twc import StandIn
from tests.sources.told import put

READER = ("reader", "secret")


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


def endpoint(server: StandIn | str, **changes: object) -> Endpoint:
    address = server if isinstance(server, str) else server.address
    options = {"basic": READER, "allow_loopback": True, **changes}
    return Endpoint(address, **options)  # type: ignore[arg-type]


def connect(server: StandIn | str, sessions: Sessions, **changes: object) -> TwcSource:
    options = {"clock": changes.pop("clock")} if "clock" in changes else {}
    return TwcSource(endpoint(server, **changes), sessions=sessions, **options)  # type: ignore[arg-type]


def looked_at(
    source: TwcSource, *resources: str, known: Mapping[str, Known] | None = None
) -> Snapshot:
    return source.snapshot(Selection(resources=resources), known or {})


def wants(*resources: Resource) -> list[Want]:
    return [Want(r.id, tuple(ref.number for ref in r.revisions)) for r in resources]


@dataclass
class Kept:
    """Revisions as they were told, by resource and number; it is what States asks for too."""

    elements_at: dict[tuple[str, int], dict[str, bytes]] = field(default_factory=dict)
    manifests: dict[tuple[str, int], dict[str, ArtifactRef]] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    told: dict[tuple[str, int], Telling] = field(default_factory=dict)
    puts: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    absent: list[Absent] = field(default_factory=list)

    def holds(self, resource: str, number: int) -> bool:
        return (resource, number) in self.elements_at

    def owners(self, resource: str, number: int, ids: Sequence[str]) -> Mapping[str, str | None]:
        state = self.elements_at[resource, number]
        return {id_: loads(state[id_])["owner"] for id_ in ids if id_ in state}

    def artifacts(self, resource: str, number: int) -> Mapping[str, ArtifactRef]:
        return self.manifests[resource, number]

    def pull(self, source: TwcSource, asked: Sequence[Want]) -> Kept:
        """Take in all that is asked for."""
        with source.changesets(asked, self) as arriving:
            for item in arriving:
                if isinstance(item, Absent):
                    self.absent.append(item)
                else:
                    self.take(item)
        return self

    def take(self, item: Telling) -> None:
        record = item.record
        key = (record.resource, record.number)
        before = (record.resource, record.parent or 0)
        is_new = item.is_whole
        elements = {} if is_new else dict(self.elements_at[before])
        manifest = {} if is_new else dict(self.manifests[before])
        puts: set[str] = set()
        for told in item.changes:
            self._change(told, elements, manifest, puts)
        self.elements_at[key], self.manifests[key] = elements, manifest
        self.told[key], self.puts[key] = item, puts

    def _change(
        self,
        told: Told,
        elements: dict[str, bytes],
        manifest: dict[str, ArtifactRef],
        puts: set[str],
    ) -> None:
        if isinstance(told, ElementsPut):
            ids = [id_ for id_, _body in told.elements]
            assert len(puts | set(ids)) == len(puts) + len(ids)
            puts.update(ids)
            elements.update(told.elements)
        elif isinstance(told, ElementGone):
            elements.pop(told.id, None)
        elif isinstance(told, ArtifactPut):
            self.blobs[told.ref.digest] = b"".join(told.chunks) or self.blobs[told.ref.digest]
            manifest[told.ref.id] = told.ref
        else:
            del manifest[told.id]


def walked(
    source: TwcSource, resource: str, number: int
) -> tuple[dict[str, bytes], dict[str, ArtifactEntry]]:
    """Return elements and artifact entries as a full walk tells them, each once."""
    with source.walk(resource, number) as told:
        found = list(told)
    elements = put(found)
    entries = [item for item in found if isinstance(item, ArtifactEntry)]
    assert len(dict(elements)) == len(elements)
    return dict(elements), {item.id: item for item in entries}


def every(source: TwcSource) -> Iterator[Resource]:
    """Yield all resources that the account sees, with all their revisions."""
    ids = [resource.id for resource in source.snapshot(None, None).resources]
    yield from looked_at(source, *ids).resources
