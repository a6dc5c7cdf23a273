"""Element pairs, spliced together from stored bytes.

`data` is never taken apart: number tokens and all else come out as they came in. What is put back
in are the volatile fields, for the host and the revision that were asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import orjson

from tcsync.api.osmc.place import Place
from tcsync.packs import canonical_value
from tcsync.repository.browsing import stored
from tcsync.repository.states import History

READ_AT_ONCE = 500
MISSING = b':{"data":[],"status":404}'
KERML_SCHEMA = "schema/kerml/20140325"
TYPE_EDITION = "2014345"
"""The names that real servers give these schemas; they need not be resolved (rest-api, section 1).
"""
_NO_CHILDREN = b"[]"
_UNUSUAL = (b"\\", b'[",', b',",')
"""Only beside these does `","` part no ids."""


class Pairs:
    """Makes the pairs of elements at one place."""

    def __init__(self, place: Place) -> None:
        self._place = place
        base = place.base
        self._container_context = _text(f"{base}/schemas/umlElementContainer")
        self._base = _text(f"{place.resource_address}/branches/{place.branch}")
        self._resource = _text(f"{base}/resources/{place.resource.id}")
        self._revision = _text(f"{base}/resources/{place.resource.id}/revisions/{place.number}")
        self._modified = _text(place.modified)
        self._contexts: dict[bytes, bytes] = {}

    def pair(self, body: bytes) -> bytes:
        """Return the container and the element, from its stored form."""
        parts = stored.top(body)
        type_, id_ = parts.get("type", b'""'), parts.get("id", b'""')
        owned = _references(parts.get("children", _NO_CHILDREN))
        own = b'{"@id":"#' + id_[1:] + b"}"
        name, owner = parts.get("name", b"null"), parts.get("owner", b"null")
        return b"".join(
            (
                b'[{"ldp:membershipResource":' + own,
                b',"@type":["ldp:DirectContainer",' + type_ + b"]",
                b',"ldp:contains":' + owned,
                b',"ldp:hasMemberRelation":"kerml:ownedElement","@id":""',
                b',"@context":' + self._container_context + b"},{",
                b"" if name == b"null" else b'"kerml:name":' + name + b",",
                b'"@base":' + self._base,
                b',"kerml:nsURI":' + parts.get("nsURI", b'""'),
                b',"@type":' + type_,
                b',"kerml:esiData":' + parts.get("data", b"{}"),
                b',"kerml:owner":' + (b'""' if owner == b"null" else b'{"@id":' + owner + b"}"),
                b',"kerml:resource":' + self._resource,
                b',"kerml:esiID":' + id_,
                b',"@id":"#' + id_[1:],
                b',"kerml:revision":' + self._revision,
                b',"@context":' + self._context(type_),
                b',"kerml:ownedElement":' + owned,
                b',"kerml:modifiedTime":' + self._modified + b"}]",
            )
        )

    def entries(self, ids: Iterable[str], history: History, status: int = 200) -> Iterator[bytes]:
        """Yield `"id":{"data":...,"status":...}` of each id, a few hundred in memory at a time.

        By rising id, so that each block of a pack is opened once. What is there has `status`.
        """
        ending = b',"status":%d}' % status
        wanted = sorted(set(ids), key=_sortable)
        for start in range(0, len(wanted), READ_AT_ONCE):
            some = wanted[start : start + READ_AT_ONCE]
            bodies = history.get_many(self._place.number, [id_ for id_ in some if _is_text(id_)])
            for id_ in some:
                body = bodies.pop(id_, None)
                key = canonical_value(id_)
                yield key + (b':{"data":' + self.pair(body) + ending if body else MISSING)

    def _context(self, type_: bytes) -> bytes:
        found = self._contexts.get(type_)
        if found is None:
            prefix, _, name = (stored.string(type_) or "").rpartition(":")
            schema = f"{self._place.base}/schema/{prefix}/{TYPE_EDITION}/{name}"
            kerml = _text(f"{self._place.base}/{KERML_SCHEMA}")
            found = b'{"kerml":' + kerml + b"," + type_ + b":" + _text(schema) + b"}"
            self._contexts[type_] = found
        return found


def _references(children: bytes) -> bytes:
    """Return a JSON list of ids as a list of references."""
    if children == _NO_CHILDREN:
        return children
    if any(part in children for part in _UNUSUAL):
        items = stored.items(children) or []
        return b"[" + b",".join(b'{"@id":' + item + b"}" for item in items) + b"]"
    return b'[{"@id":' + children[1:-1].replace(b'","', b'"},{"@id":"') + b"}]"


def _is_text(id_: str) -> bool:
    # Half of a surrogate pair is in no pack; it must only not break the search.
    return stored.clean(id_) == id_


def _sortable(id_: str) -> bytes:
    return id_.encode("utf-8", "surrogatepass")


def _text(text: str) -> bytes:
    return orjson.dumps(text)
