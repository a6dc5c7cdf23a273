"""The state of a resource at any of its revisions, read from the packs on the way to its root."""

from __future__ import annotations

import heapq
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import orjson

from tcsync.domain import ArtifactRef, PackPlace
from tcsync.packs import Kind, Op, PackReader, Record
from tcsync.repository import spans
from tcsync.repository.chains import Chains, Link
from tcsync.repository.spans import Entry, SpanDamaged
from tcsync.repository.storage import Storage, default_storage
from tcsync.repository.ways import Way, Ways, shelf_of

__all__ = ["History", "Link", "ReadBytes", "Step", "artifact_ref", "side_by_side"]

OPEN_BYTES = 160 << 20
"""What the open packs of a history may keep in all. A chain is walked again and again from the same
end, so a chain that does not fit is opened anew each time: 10,000 small packs do fit."""
LINKS_AT_ONCE = 64

ReadBytes = Callable[[str, int, int], bytes]
"""(object, offset, length) -> exactly these bytes."""


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the way that was looked through for an id; `older` is where it goes on.

    `record` is what the revision `number` does to the id, None where nothing was found.
    """

    number: int
    record: Record | None
    older: int | None


class History:
    """The packs of one resource. Not thread-safe; cheap to make, keeps what it opened.

    A writer passes the links of revisions that have no row yet to `extend`.
    """

    def __init__(
        self, resource: str, storage: Storage | None = None, read: ReadBytes | None = None
    ) -> None:
        self.resource = resource
        self._read = read or (storage or default_storage()).read
        self._packs: OrderedDict[int, PackReader] = OrderedDict()
        self._weight = 0
        self._chains = Chains(resource)

    @cached_property
    def _ways(self) -> Ways:
        # Who compares neighbours needs none, and to name its place takes a tenth of that.
        shelf = shelf_of(self.resource)
        return Ways(self._chains, shelf, lambda link: self._open(link.place))

    def extend(self, link: Link) -> None:
        """Make a revision readable that has no row yet."""
        self._chains.extend(link)

    def link(self, number: int) -> Link:
        """Return the link of a revision. Raises Missing."""
        return self._chains.link(number)

    def chain(self, number: int | None) -> Iterator[Link]:
        """Yield the links from a revision to its root (or to the keyframe after a hole)."""
        return self._chains.chain(number)

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
        for step in self.steps(number, element, kind):
            if step.record is not None:
                return None if step.record.op == Op.REMOVE else step.record.body
        return None

    def steps(self, number: int, element: str, kind: Kind = Kind.ELEMENT) -> Iterator[Step]:
        """Yield how an id is looked for on the way to the root, newest first. Raises Missing.

        Each revision that touches it has a step; those between take few together.
        """
        way = self._ways.way(number)
        for leg in way:
            if isinstance(leg, Link):
                yield Step(leg.number, self.pack(leg).get(element, kind), leg.parent)
            else:
                yield from self._steps_in(leg, way, element, kind)

    def _steps_in(self, entry: Entry, way: Way, element: str, kind: Kind) -> Iterator[Step]:
        links, number = entry.span.links, entry.number
        try:
            for place in self._places(entry, element, kind):
                record = self._record(entry, place, element, kind)
                if record is not None:
                    yield Step(links.numbers[place], record, links.older(place))
                    number = links.older(place) or number
            yield Step(links.numbers[0], None, links.older(0))
        except SpanDamaged as error:
            way.go_back(entry, number, error)

    def _places(self, entry: Entry, element: str, kind: Kind) -> Iterator[int]:
        """Yield the places in a span that may touch an id, after having their links loaded."""
        places = entry.places(_key(element, kind))
        at_once = 1
        while some := list(islice(places, at_once)):
            self._chains.links(entry.span.links.numbers[place] for place in some)
            yield from some
            at_once = LINKS_AT_ONCE

    def _record(self, entry: Entry, place: int, element: str, kind: Kind) -> Record | None:
        return self._records(entry, place, [element], kind).get(element)

    def _records(self, entry: Entry, place: int, ids: list[str], kind: Kind) -> dict[str, Record]:
        """Return what the pack at a place of a span does to ids, each of which it should touch."""
        links = entry.span.links
        link = self._chains.links([links.numbers[place]]).get(links.numbers[place])
        if link is None or link.mark != links.mark(place):
            raise SpanDamaged(f"Revision {links.numbers[place]} is another one.")
        pack = self.pack(link)
        found = pack.get_many(ids, kind)
        if len(found) < len(ids) and not entry.span.is_apart(place):
            _check_keys(pack, {_key(id_, kind) for id_ in ids if id_ not in found}, kind)
        return found

    def get_many(
        self, number: int | None, ids: Iterable[str], kind: Kind = Kind.ELEMENT
    ) -> dict[str, bytes]:
        """Return the bodies of those of `ids` that exist at a revision."""
        wanted = sorted(set(ids), key=str.encode)
        found: dict[str, bytes] = {}
        way = self._ways.way(number)
        for leg in way if wanted else ():
            if isinstance(leg, Link):
                records = self.pack(leg).get_many(wanted, kind)
            else:
                records = self._many_in(leg, way, wanted, kind)
            found.update((i, r.body) for i, r in records.items() if r.op != Op.REMOVE)
            wanted = [i for i in wanted if i not in records] if records else wanted
            if not wanted:
                break
        return found

    def compared(
        self, number: int | None, bodies: Mapping[str, bytes | None], kind: Kind = Kind.ELEMENT
    ) -> dict[str, bool]:
        """Return of those ids that exist at a revision whether their body there is the given one.

        None is no body's.
        """
        return {
            id_: body == bodies[id_] for id_, body in self.get_many(number, bodies, kind).items()
        }

    def _many_in(self, entry: Entry, way: Way, ids: list[str], kind: Kind) -> dict[str, Record]:
        """Return the newest records of those of `ids` that a span touches, newest pack first."""
        found: dict[str, Record] = {}
        waiting: dict[int, list[str]] = defaultdict(list)
        # By rising key: touches of neighbouring keys lie in the same page, which is read once.
        keyed = sorted((_key(id_, kind), id_) for id_ in ids)
        rest = {id_: entry.places(key) for key, id_ in keyed}
        try:
            for id_, places in rest.items():
                waiting[next(places, -1)].append(id_)
            self._chains.links(entry.span.links.numbers[place] for place in waiting if place >= 0)
            while (place := max(waiting, default=-1)) >= 0:
                some = waiting.pop(place)
                records = self._records(entry, place, sorted(some), kind)
                found.update(records)
                for id_ in some:
                    if id_ not in records:
                        waiting[next(rest[id_], -1)].append(id_)
        except SpanDamaged as error:
            way.go_back(entry, entry.number, error)
        return found

    def elements(self, number: int, kind: Kind = Kind.ELEMENT) -> Iterator[tuple[str, bytes]]:
        """Yield (id, body) of everything that exists at a revision, by rising id."""
        links = self.chain(number) if kind is Kind.ELEMENT else self._with_artifacts(number)
        streams = [self._keyed(link, age, kind) for age, link in enumerate(links)]
        previous: bytes | None = None
        for key, _age, record in heapq.merge(*streams):
            if key != previous and record.op != Op.REMOVE:
                yield record.id, record.body
            previous = key

    def _with_artifacts(self, number: int) -> Iterator[Link]:
        """Yield the links on the way to the root whose packs may have artifacts, newest first."""
        way = self._ways.way(number)
        for leg in way:
            if isinstance(leg, Link):
                yield leg
                continue
            links = leg.span.links
            places = [place for place in links.places(spans.HAS_ARTIFACTS) if place <= leg.place]
            found = self._chains.links(links.numbers[place] for place in reversed(places))
            if [link.mark for link in found.values()] == [links.mark(p) for p in reversed(places)]:
                yield from found.values()
            else:
                way.go_back(leg, leg.number, SpanDamaged("A revision is another one."))

    def _keyed(self, link: Link, age: int, kind: Kind) -> Iterator[tuple[bytes, int, Record]]:
        # The age (0 is the newest) decides between records of one id; records are never compared.
        for record in self._open(link.place).records(kind):
            yield record.id.encode(), age, record

    def artifacts(self, number: int) -> tuple[ArtifactRef, ...]:
        """Return the artifact manifest of a revision, by rising id."""
        return tuple(artifact_ref(id_, body) for id_, body in self.elements(number, Kind.ARTIFACT))


def side_by_side(
    left: Iterable[tuple[str, bytes]], right: Iterable[tuple[str, bytes]]
) -> Iterator[tuple[str, bytes | None, bytes | None]]:
    """Yield (id, body on the left, body on the right) of two streams that rise by id."""
    # Code points sort as their UTF-8 bytes do.
    both = heapq.merge(
        ((id_, 0, body) for id_, body in left), ((id_, 1, body) for id_, body in right)
    )
    waiting: tuple[str, bytes] | None = None
    for id_, is_right, body in both:
        if waiting is not None and waiting[0] == id_:
            yield id_, waiting[1], body
            waiting = None
            continue
        if waiting is not None:
            yield waiting[0], waiting[1], None
            waiting = None
        if is_right:
            yield id_, None, body
        else:
            waiting = (id_, body)
    if waiting is not None:
        yield waiting[0], waiting[1], None


def artifact_ref(id_: str, body: bytes) -> ArtifactRef:
    """Return the manifest entry that a record of kind artifact holds."""
    entry = orjson.loads(body)
    return ArtifactRef(id_, entry["name"], entry["digest"], entry["size"])


def _key(id_: str, kind: Kind) -> int:
    # An id with a lone surrogate is in no pack; it must only not break the search.
    return spans.key_of(kind, id_.encode("utf-8", "surrogatepass"))


def _check_keys(pack: PackReader, keys: set[int], kind: Kind) -> None:
    """Raise SpanDamaged unless a pack has ids with these keys: others than were asked for."""
    for stretch in pack.stretches(kind):
        keys -= {spans.key_of(kind, key) for key in stretch.keys}
    if keys:
        raise SpanDamaged("A touch leads to a pack without it.")
