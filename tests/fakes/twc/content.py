"""What a commit is made of, and how an element becomes bytes once and for all requests.

A pair is kept in two pieces with a gap: what depends on the request (base, revision, time) is the
same for all elements of an answer and is put between them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

HOST = "https://twc.invalid:8111"
"""Answers hold addresses of a host that nobody should ask: a server behind a proxy does so."""
SCHEMA = f"{HOST}/osmc/schema"
UML = "http://www.nomagic.com/magicdraw/UML/2.5.1"
NAMESPACES = {
    "uml": UML,
    "esiproject": "http://www.nomagic.com/ns/esi/esiproject/1.0",
    "project.options": "http://www.nomagic.com/ns/magicdraw/core/project/options/1.0",
}
OPENS = b'":{"data":'
CLOSES = b',"status":200}'


@dataclass(frozen=True, slots=True)
class Use:
    """A used project. `version` is a revision's number; without a resource it is a local file."""

    name: str
    resource: str | None = None
    branch: str = ""
    version: str = "1"
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Put:
    """What a commit makes of an element. What is None stays as it was; `data` is merged in.

    `owner` and `owned` are keys of elements; owner "" makes a root. An element that is put below an
    owner is added at the end of what it owns, unless `owned` of the owner gives an order. A new
    element is a uml:Class that is named as its key; the name "" makes one without a name.
    `stereotypes` maps keys of stereotypes to their tags and values.
    """

    type: str | None = None
    owner: str | None = None
    name: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    owned: Sequence[str] | None = None
    stereotypes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a commit says beside elements. `number` makes a hole before it; None: the next one.

    `artifacts` maps keys to bytes, or to None to take one away; `uses` replaces the used projects.
    """

    author: str = "userid"
    message: str = "** no message **"
    time: int | None = None
    number: int | None = None
    kind: str = "NORMAL"
    picked: int = -1
    artifacts: Mapping[str, bytes | None] = field(default_factory=dict)
    uses: Sequence[Use] | None = None


@dataclass(frozen=True, slots=True)
class Element:
    """An element of one revision, by ids."""

    id: str
    type: str
    owner: str = ""
    name: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    owned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """The bytes of an element's batch item, before and after the gap. Nothing else is kept."""

    head: bytes
    tail: bytes

    def is_same(self, other: Version) -> bool:
        """Say whether both tell the same element."""
        return self is other or (self.head == other.head and self.tail == other.tail)


def encode(element: Element, owner_form: str = "object") -> Version:
    """Make the bytes of `"id":{"data":[container,element],"status":200}` around the gap."""
    id_, type_ = element.id, element.type
    prefix, _colon, kind = type_.partition(":")
    owned = ",".join([f'{{"@id":"{one}"}}' for one in element.owned])
    name = "" if element.name is None else f'"kerml:name":{_text(element.name)},'
    head = (
        f'"{id_}":{{"data":[{{"@context":"{HOST}/osmc/schemas/umlElementContainer","@id":"",'
        f'"@type":["ldp:DirectContainer","{type_}"],"ldp:membershipResource":{{"@id":"#{id_}"}},'
        f'"ldp:hasMemberRelation":"kerml:ownedElement","ldp:contains":[{owned}]}},'
        f'{{{name}"kerml:owner":{_owner(element.owner, owner_form)},"kerml:ownedElement":[{owned}],'
        f'"kerml:esiID":"{id_}","@id":"#{id_}","@type":"{type_}",'
        f'"kerml:nsURI":"{_namespace(prefix)}",'
        f'"@context":{{"kerml":"{SCHEMA}/kerml/20140325",'
        f'"{type_}":"{SCHEMA}/{prefix}/2014345/{kind}"}},'
    )
    tail = f'"kerml:esiData":{_text(_data(element))}}}]'
    return Version(head.encode(), tail.encode() + CLOSES)


def decode(version: Version) -> Element:
    """Return the element that was encoded, so that the next commit can change it."""
    (item,) = json.loads(b"{%b%b}" % (version.head, version.tail)).values()
    told = item["data"][1]
    owner = told["kerml:owner"]
    if isinstance(owner, list):
        (owner,) = owner
    bare = Element(
        told["kerml:esiID"],
        told["@type"],
        owner and owner["@id"],
        told.get("kerml:name"),
        owned=tuple(one["@id"] for one in told["kerml:ownedElement"]),
    )
    own = _data(bare)
    data = {
        key: value
        for key, value in told["kerml:esiData"].items()
        if key not in own or own[key] != value
    }
    return replace(bare, data=data)


def gap(base: str, resource: str, number: int, stamp: str) -> bytes:
    """Make what stands between head and tail of all elements of one answer."""
    at = f"{HOST}/osmc/resources/{resource}"
    return (
        f'"@base":"{base}","kerml:resource":"{at}","kerml:revision":"{at}/revisions/{number}",'
        f'"kerml:modifiedTime":"{stamp}",'
    ).encode()


def pair(version: Version, between: bytes) -> bytes:
    """Return the pair alone, as a GET of the element answers."""
    head = version.head[version.head.index(OPENS) + len(OPENS) :]
    return head + between + version.tail[: -len(CLOSES)]


def _data(element: Element) -> Mapping[str, Any]:
    if not element.type.startswith("uml:"):
        return element.data
    own: dict[str, Any] = {
        "ID": f"_2024x_{element.id[:8]}_{element.id[9:13]}",
        "owner": [{"@id": element.owner}] if element.owner else [],
        "ownedElement": [{"@id": id_} for id_ in element.owned],
    }
    if element.name is not None:
        own["name"] = element.name
    return {**own, **element.data}


def _owner(owner: str, form: str) -> str:
    if not owner:
        return '""'
    return f'[{{"@id":"{owner}"}}]' if form == "list" else f'{{"@id":"{owner}"}}'


def _namespace(prefix: str) -> str:
    return NAMESPACES.get(prefix, f"http://www.nomagic.com/ns/{prefix}/1.0")


_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
