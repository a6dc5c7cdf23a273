"""The state of a resource at any of its revisions, read from the packs on the way to its root."""

from __future__ import annotations

import heapq
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import orjson

from tcsync.domain import ArtifactRef, PackPlace
from tcsync.errors import Missing
from tcsync.packs import Kind, Op, PackReader, Record
from tcsync.repository.models import Revision
from tcsync.repository.storage import Storage, default_storage

OPEN_BYTES = 160 << 20
"""What the open packs of a history may keep in all. A chain is walked again and again from the same
end, so a chain that does not fit is opened anew each time: 10,000 small packs do fit."""
ROWS_AT_ONCE = 500

ReadBytes = Callable[[str, int, int], bytes]
"""(object, offset, length) -> exactly these bytes."""


@dataclass(frozen=True, slots=True)
class Link:
    """A revision as a step on the way to the root. Past a hole there is nothing to go on to."""

    number: int
    parent: int | None
    place: PackPlace


class History:
    """The packs of one resource. Not thread-safe; cheap to make, keeps what it opened.

    A writer passes the links of revisions that have no row yet to `extend`.
    """

    def __init__(
        self, resource: str, storage: Storage | None = None, read: ReadBytes | None = None
    ) -> None:
        self.resource = resource
        self._read = read or (storage or default_storage()).read
        self._links: dict[int, Link] = {}
        self._packs: OrderedDict[int, PackReader] = OrderedDict()
        self._weight = 0

    def extend(self, link: Link) -> None:
        """Make a revision readable that has no row yet."""
        self._links[link.number] = link

    def link(self, number: int) -> Link:
        """Return the link of a revision. Raises Missing."""
        if number not in self._links:
            self._load(number)
        if number not in self._links:
            raise Missing(f"Resource {self.resource} has no revision {number}.")
        return self._links[number]

    def _load(self, number: int) -> None:
        # A chain leads downwards: its next steps are likely among the rows just below.
        rows = Revision.objects.filter(resource=self.resource, number__lte=number)
        columns = ("number", "parent", "hole_before", "object", "place", "length", "pack_digest")
        for row in rows.order_by("-number").values_list(*columns)[:ROWS_AT_ONCE]:
            if row[0] not in self._links:
                parent = None if row[2] else row[1]
                self._links[row[0]] = Link(row[0], parent, PackPlace(*row[3:]))

    def chain(self, number: int | None) -> Iterator[Link]:
        """Yield the links from a revision to its root (or to the keyframe after a hole)."""
        while number is not None:
            link = self.link(number)
            yield link
            number = link.parent

    def pack(self, link: Link) -> PackReader:
        """Return the open pack of a revision."""
        reader = self._packs.get(link.number)
        if reader is None:
            reader = self._packs[link.number] = self._open(link.place)
            self._weight += reader.weight
            while self._weight > OPEN_BYTES and len(self._packs) > 1:
                self._weight -= self._packs.popitem(last=False)[1].weight
        self._packs.move_to_end(link.number)
        return reader

    def _open(self, place: PackPlace) -> PackReader:
        read = self._read

        def read_at(offset: int, length: int) -> bytes:
            return read(place.object, place.offset + offset, length)

        return PackReader(read_at, place.length)

    def get(self, number: int, element: str, kind: Kind = Kind.ELEMENT) -> bytes | None:
        """Return the body of one element at a revision, None where it does not exist."""
        for link in self.chain(number):
            record = self.pack(link).get(element, kind)
            if record is not None:
                return None if record.op == Op.REMOVE else record.body
        return None

    def get_many(
        self, number: int | None, ids: Iterable[str], kind: Kind = Kind.ELEMENT
    ) -> dict[str, bytes]:
        """Return the bodies of those of `ids` that exist at a revision."""
        wanted = sorted(set(ids), key=str.encode)
        found: dict[str, bytes] = {}
        for link in self.chain(number):
            if not wanted:
                break
            records = self.pack(link).get_many(wanted, kind)
            found.update((i, r.body) for i, r in records.items() if r.op != Op.REMOVE)
            wanted = [i for i in wanted if i not in records] if records else wanted
        return found

    def elements(self, number: int, kind: Kind = Kind.ELEMENT) -> Iterator[tuple[str, bytes]]:
        """Yield (id, body) of everything that exists at a revision, by rising id."""
        streams = [self._keyed(link, age, kind) for age, link in enumerate(self.chain(number))]
        previous: bytes | None = None
        for key, _age, record in heapq.merge(*streams):
            if key != previous and record.op != Op.REMOVE:
                yield record.id, record.body
            previous = key

    def _keyed(self, link: Link, age: int, kind: Kind) -> Iterator[tuple[bytes, int, Record]]:
        # The age (0 is the newest) decides between records of one id; records are never compared.
        for record in self._open(link.place).records(kind):
            yield record.id.encode(), age, record

    def artifacts(self, number: int) -> tuple[ArtifactRef, ...]:
        """Return the artifact manifest of a revision, by rising id."""
        return tuple(artifact_ref(id_, body) for id_, body in self.elements(number, Kind.ARTIFACT))


def artifact_ref(id_: str, body: bytes) -> ArtifactRef:
    """Return the manifest entry that a record of kind artifact holds."""
    entry = orjson.loads(body)
    return ArtifactRef(id_, entry["name"], entry["digest"], entry["size"])
