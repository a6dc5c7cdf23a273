"""Elements as Teamwork Cloud sends them, and as they are stored: docs/formats/element.md.

How fast a model is read is decided here: the quick way writes the canonical text by two compiled
libraries and only where it can prove that the slow way would write the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec
import orjson

from tcsync.errors import BadAnswer, NotCanonical
from tcsync.packs import canonical, canonical_value
from tcsync.packs.canonical import MAX_DEPTH, MAX_TEXT_BYTES, loads
from tcsync.sources.twc.assumptions import UNSPECIFIED_REVISION
from tcsync.sources.twc.foreign import NOT_READ


class Element(NamedTuple):
    """An element: its canonical body, and what a walk needs of it."""

    id: str
    body: bytes
    owner: str | None
    children: tuple[str, ...]


_NOTHING = msgspec.Raw()


# None of these holds itself, so the garbage collector has nothing to find in them.
class _Ref(msgspec.Struct, gc=False):
    id: str = msgspec.field(name="@id")


class Part(msgspec.Struct, gc=False):
    """One of the two objects of a pair, container or element: whatever they share by name."""

    type: str | list[str] = msgspec.field(name="@type", default="")
    own: str = msgspec.field(name="@id", default="")
    id: str = msgspec.field(name="kerml:esiID", default="")
    name: str | None = msgspec.field(name="kerml:name", default=None)
    ns: str | None = msgspec.field(name="kerml:nsURI", default=None)
    owner: str | _Ref | list[_Ref] | None = msgspec.field(name="kerml:owner", default=None)
    owned: list[_Ref] | None = msgspec.field(name="kerml:ownedElement", default=None)
    held: msgspec.Raw = msgspec.field(name="ldp:contains", default=_NOTHING)
    data: msgspec.Raw = msgspec.field(name="kerml:esiData", default=_NOTHING)


class _Float(Exception):
    """A number that may be written otherwise; never leaves this module."""


def _stop_at_float(_token: str) -> float:
    raise _Float


_pair = msgspec.json.Decoder(list[Part])
_values = msgspec.json.Decoder(float_hook=_stop_at_float)
_MARK = b"\xee\x80\x80"
_MARK_ESCAPED = b"\\ue000"
_TOKEN = re.compile(rb"([:,\[]\s*)(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)")
_MARKED = rb'\1"' + _MARK + rb"\2" + _MARK + b'"'
_UNSPECIFIED_MARKED = b':"' + _MARK + UNSPECIFIED_REVISION[1:] + _MARK + b'"'
_MINUS_ZERO = re.compile(rb"[:,\[\s]-0")
_QUOTE_ESCAPED = b"\\u0022"


def element_of(pair: bytes, asked: str) -> Element | None:
    """Return the element of a pair, as it came for the id `asked`; None for a pair without one.

    Raises BadAnswer for another element, or for one that has no canonical form.
    """
    try:
        parts = _pair.decode(pair)
    except NOT_READ:
        return _slowly(pair, asked)
    return element_from(parts, asked)


def element_from(parts: list[Part], asked: str) -> Element | None:
    """Return the element of a pair that is opened; see `element_of`."""
    for part in parts:
        if part.data is not _NOTHING and (raw := bytes(part.data))[:1] == b"{":
            return _element(part, parts, asked, raw)
    return None


def _element(part: Part, parts: list[Part], asked: str, raw: bytes) -> Element:
    if (part.id or part.own.removeprefix("#")) != asked:
        raise _other(part.id or part.own, asked)
    type_ = part.type if isinstance(part.type, str) else next(iter(part.type), "")
    owned = part.owned
    if owned is None:
        owned = _held(parts, asked)
    owner = _owner(part.owner)
    children = _plain([ref.id for ref in owned]) if owned else ()
    data = quick(raw)
    said = {"id": asked, "name": part.name, "nsURI": part.ns or "", "owner": owner, "type": type_}
    try:
        body = _body(children, data or raw, said)
        if data is None:
            body = canonical(body)
    except (NotCanonical, TypeError) as error:
        raise _no_form(asked, error) from error
    if len(body) > MAX_TEXT_BYTES:
        raise _no_form(asked, "it is too long")
    return Element(asked, body, owner, children)


def _plain(ids: list[str]) -> tuple[str, ...]:
    """Return ids without the mark of a local reference, each once."""
    if "#" in "".join(ids):
        ids = [id_.removeprefix("#") for id_ in ids]
    return tuple(dict.fromkeys(ids))


def _held(parts: list[Part], asked: str) -> list[_Ref]:
    """Return what the container of an element holds that names no children itself."""
    held = next((part.held for part in parts if memoryview(part.held)), None)
    try:
        return [] if held is None else msgspec.json.decode(held, type=list[_Ref])
    except NOT_READ as error:
        raise _no_form(asked, error) from error


def quick(raw: bytes) -> bytes | None:
    """Return the canonical text of an object, None where only the slow way can tell.

    What the libraries change is told from the lengths: resolved escapes, blanks, keys that occur
    twice and minus zeros all make a text shorter, so one of the same length has none of them.
    Every number that they could write otherwise is put into a marked string before.
    """
    is_marked = UNSPECIFIED_REVISION in raw
    if is_marked:
        if _has_mark(raw):
            return None
        raw = raw.replace(UNSPECIFIED_REVISION, _UNSPECIFIED_MARKED)
    try:
        out = orjson.dumps(_values.decode(raw), option=orjson.OPT_SORT_KEYS)
    except (_Float, orjson.JSONEncodeError):
        return None if is_marked else _quick_with_tokens(raw)
    except NOT_READ:
        return None
    return _proven(raw, out, is_marked=is_marked)


def _quick_with_tokens(raw: bytes) -> bytes | None:
    """Do the same for a text with numbers that must be kept character by character.

    Within a string a mark ends that string, and what follows is no JSON: the slow way decides.
    """
    if _has_mark(raw):
        return None
    marked = _TOKEN.sub(_MARKED, raw)
    try:
        out = orjson.dumps(orjson.loads(marked), option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None
    return _proven(marked, out, is_marked=True)


def _has_mark(raw: bytes) -> bool:
    return _MARK in raw or _MARK_ESCAPED in raw.lower()


def _proven(raw: bytes, out: bytes, *, is_marked: bool) -> bytes | None:
    if len(out) != len(raw) and (
        _QUOTE_ESCAPED in raw
        or raw.count(b'"') != out.count(b'"')
        or _MINUS_ZERO.search(raw) is not None
    ):
        return None
    opened = len(out) - len(out.translate(None, b"[{")) if len(out) > MAX_DEPTH else 0
    if opened >= MAX_DEPTH and opened - out.count(b"[]") >= MAX_DEPTH:
        # The element is one level more.
        return None
    if is_marked:
        out = out.replace(b'"' + _MARK, b"").replace(_MARK + b'"', b"")
    return out


def _body(children: tuple[str, ...], data: bytes, said: dict[str, str | None]) -> bytes:
    """Return the text of an element by its keys in their order; canonical where `data` is."""
    owned = orjson.dumps(children) if children else b"[]"
    # What follows the data, its own brace left out.
    return b'{"children":%b,"data":%b,%b' % (owned, data, orjson.dumps(said)[1:])


def _owner(owner: str | _Ref | list[_Ref] | None) -> str | None:
    if isinstance(owner, list):
        owner = owner[0] if owner else None
    if isinstance(owner, _Ref):
        owner = owner.id
    return owner.removeprefix("#") if owner else None


def _slowly(pair: bytes, asked: str) -> Element | None:
    """Read a pair whose parts have shapes that are not documented, as far as it can be read."""
    try:
        value = loads(pair)
    except NotCanonical as error:
        raise _no_form(asked, error) from error
    parts = [part for part in _listed(value) if isinstance(part, dict)]
    part = next((part for part in parts if isinstance(part.get("kerml:esiData"), dict)), None)
    if part is None:
        return None
    found = reference(part.get("kerml:esiID")) or reference(part.get("@id"))
    if found != asked:
        raise _other(found, asked)
    owned = part.get("kerml:ownedElement")
    if owned is None:
        owned = next((p["ldp:contains"] for p in parts if "ldp:contains" in p), [])
    children = tuple(dict.fromkeys(filter(None, (reference(child) for child in _listed(owned)))))
    owner = next((reference(one) for one in _listed(part.get("kerml:owner"))), "") or None
    name, ns = part.get("kerml:name"), part.get("kerml:nsURI")
    kind = next((one for one in _listed(part.get("@type")) if isinstance(one, str)), "")
    body = {
        "id": asked,
        "type": kind,
        "nsURI": ns if type(ns) is str else "",
        "name": name if type(name) is str else None,
        "owner": owner,
        "children": children,
        "data": part["kerml:esiData"],
    }
    try:
        return Element(asked, canonical_value(body), owner, children)
    except NotCanonical as error:
        raise _no_form(asked, error) from error


def reference(value: Any) -> str:
    """Return the id that a value refers to, however it is wrapped; "" where it is none."""
    while isinstance(value, dict):
        value = value.get("@id")
    return value.removeprefix("#") if type(value) is str else ""


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _other(found: str, asked: str) -> BadAnswer:
    return BadAnswer(f"Element {found[:80]!r} came where {asked[:80]!r} was asked for.")


def _no_form(asked: str, why: object) -> BadAnswer:
    return BadAnswer(f"Element {asked[:80]} cannot be stored: {why}")
