"""Which records of a stretch a search looks for.

The parts that are asked for are cut out of all bodies, joined and compared at once; only where that
meets something is each one looked at. So the cost does not depend on how long the elements are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from json.encoder import encode_basestring

from tcsync.packs import Stretch
from tcsync.repository.browsing import stored
from tcsync.repository.browsing.scanning import Matching

_ORIGIN = '"ID":'


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for: a part of the text, whatever its case (by the rules of Unicode).

    `field` is "name", "type", "id" or "any" of the three. Of ids, the id at the origin (`ID` in
    the data) counts too, but as a whole.
    """

    text: str
    field: str = "name"

    @property
    def asks_for_ids(self) -> bool:
        """Whether ids count."""
        return self.field in ("id", "any")


def matching(query: Query) -> Matching:
    """Return what finds the records that match a query."""
    ways = [way(query.text) for field, way in _WAYS if query.field in (field, "any")]
    if len(ways) == 1:
        return ways[0]

    def find(stretch: Stretch) -> Iterable[int]:
        return sorted({place for way in ways for place in way(stretch)})

    return find


def _by_part(part: Callable[[bytes, int, int], bytes]) -> Callable[[str], Matching]:
    """Make a way to search by a part of the stored form that is a JSON string."""

    def way(text: str) -> Matching:
        needle = stored.clean(text.casefold())
        # Escaping and folding case may change places: no escape holds a capital letter.
        escaped = encode_basestring(needle)[1:-1]

        def find(stretch: Stretch) -> list[int]:
            raw = stretch.raw
            ends = [*stretch.starts[1:], stretch.end]
            parts = [part(raw, *ends_) for ends_ in zip(stretch.starts, ends, strict=True)]
            if escaped not in _folded(b"\n".join(parts)):
                return []
            return [
                place
                for place, one in enumerate(parts)
                if escaped in _folded(one) and needle in (stored.string(one) or "").casefold()
            ]

        return find

    return way


def _by_id(text: str) -> Matching:
    needle = stored.clean(text.casefold())

    def find(stretch: Stretch) -> list[int]:
        if needle not in _folded(b"\n".join(stretch.keys)):
            return []
        return [place for place, key in enumerate(stretch.keys) if needle in _folded(key)]

    return find


def _by_origin(text: str) -> Matching:
    wanted = stored.clean(text)
    needle = (_ORIGIN + encode_basestring(wanted)).encode()

    def find(stretch: Stretch) -> list[int]:
        places = []
        at = stretch.raw.find(needle, stretch.starts[0], stretch.end)
        while at >= 0:
            place = bisect_right(stretch.starts, at) - 1
            if origin_id(stretch.record(place).body) == wanted:
                places.append(place)
            end = [*stretch.starts, stretch.end][place + 1]
            at = stretch.raw.find(needle, end, stretch.end)
        return places

    return find


def origin_id(body: bytes) -> str | None:
    """Return the id that an element has at its origin."""
    data = stored.top(body).get("data", b"")
    return stored.string((stored.members(data) or {}).get("ID", b""))


def _folded(text: bytes) -> str:
    return text.decode("utf-8", "replace").casefold()


_WAYS: tuple[tuple[str, Callable[[str], Matching]], ...] = (
    ("name", _by_part(stored.name_part)),
    ("type", _by_part(stored.type_part)),
    ("id", _by_id),
    ("id", _by_origin),
)
