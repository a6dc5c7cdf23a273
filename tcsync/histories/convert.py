"""Elements of record files to the stored form and back, and the digests that prove the way back.

The rules stand in docs/formats/element.md, section "Elements of record files".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from tcsync.histories.identity import element_id
from tcsync.packs import canonical_value

_AS_THEY_ARE = ("feature", "attrs", "ext")
_OWN_PLACE = frozenset({"id", "type", "refs", *_AS_THEY_ARE})
_READ_AS_ABSENT = {"name": (None,), "nsURI": (None, ""), "owner": (None,)}
"""Keys with a place of their own in the stored form, and what that place cannot keep."""

_ELEMENT_DIGEST_BYTES = 16


def to_element(e: Mapping[str, Any], ns: UUID, children: list[str]) -> dict[str, Any]:
    """Return the stored form of `e`; `children` are ids of ours, in the owner's order."""
    owner = e.get("owner")
    return {
        "children": children,
        "data": _data(e, ns),
        "id": element_id(ns, e["id"]),
        "name": e.get("name"),
        "nsURI": e.get("nsURI") or "",
        "owner": None if owner is None else element_id(ns, owner),
        "type": e["type"],
    }


def from_element(element: Mapping[str, Any]) -> dict[str, Any]:
    """Return the `e` that `to_element` was given, exactly."""
    data = element["data"]
    e: dict[str, Any] = {"id": data["ID"], "type": element["type"]}
    if "ownerID" in data:
        e["owner"] = data["ownerID"]
    if element["name"] is not None:
        e["name"] = element["name"]
    if element["nsURI"]:
        e["nsURI"] = element["nsURI"]
    e.update((key, data[key]) for key in _AS_THEY_ARE if key in data)
    if "refs" in data:
        e["refs"] = {name: [ref["ID"] for ref in refs] for name, refs in data["refs"].items()}
    e.update(data.get("extra", {}))
    return e


def element_digest(e: Mapping[str, Any]) -> bytes:
    """Return the 16 bytes that stand for `e` in a state digest."""
    return hashlib.blake2b(canonical_value(e), digest_size=_ELEMENT_DIGEST_BYTES).digest()


def combined_digest(digests: Mapping[str, bytes]) -> str:
    """Return the state digest (hex) of local ids with their element digests.

    Whoever replays a history keeps this mapping and changes only what a revision changes.
    """
    whole = hashlib.sha256()
    for local_id in sorted(digests):  # by code point, which is the order of the UTF-8 bytes
        whole.update(local_id.encode() + b"\0" + digests[local_id] + b"\n")
    return whole.hexdigest()


def state_digest(pairs: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """Return `state_sha256` of all live elements, given as (local id, e) in any order."""
    return combined_digest({local_id: element_digest(e) for local_id, e in pairs})


def _data(e: Mapping[str, Any], ns: UUID) -> dict[str, Any]:
    data: dict[str, Any] = {"ID": e["id"]}
    if e.get("owner") is not None:
        data["ownerID"] = e["owner"]  # a UUIDv5 does not lead back
    data.update((key, e[key]) for key in _AS_THEY_ARE if key in e)
    if "refs" in e:
        data["refs"] = {name: [_ref(ns, x) for x in refs] for name, refs in e["refs"].items()}
    if extra := _extra(e):
        data["extra"] = extra
    return data


def _ref(ns: UUID, local_id: str) -> dict[str, str]:
    return {"@id": element_id(ns, local_id), "ID": local_id}


def _extra(e: Mapping[str, Any]) -> dict[str, Any]:
    """Return what has no place of its own, and what would read as absent there (`"name": null`)."""
    return {
        key: value
        for key, value in e.items()
        if key not in _OWN_PLACE and (key not in _READ_AS_ABSENT or value in _READ_AS_ABSENT[key])
    }
