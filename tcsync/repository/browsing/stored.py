"""The stored form of an element, taken apart without reading more of it than is asked for.

Leans on docs/formats/element.md: canonical JSON, seven top-level keys in a fixed order. Nobody has
checked what the bodies of a pack hold: whatever else stands there is shown as far as it goes.
"""

from __future__ import annotations

import re

import msgspec
import orjson

from tcsync.errors import NotCanonical
from tcsync.packs import canonical_value, loads

MOST_CHARACTERS = 20_000
CUT = " […]"
"""Ends what was cut."""

_CHILDREN = b'{"children":['
# Within a text each quotation mark is escaped, so these stand nowhere but between top-level keys.
_AFTER_CHILDREN = b'],"data":'
_AFTER_DATA = b',"id":'
_NAME = b'"name":'
_AFTER_NAME = b',"nsURI":'
_TYPE = b'"type":'
_LONGEST_ESCAPE = 6
_MOST_PARTS = 200_000
_WHOLE_UNITS = re.compile(r'(?:[^"\\]|\\[^u]|\\u[0-9a-fA-F]{4})*')

_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_items = msgspec.json.Decoder(list[msgspec.Raw])


def clean(text: str) -> str:
    """Return a text that UTF-8 can hold: lone surrogates as their escapes."""
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode()


def shortened(text: str, most: int = MOST_CHARACTERS) -> str:
    """Return a text, cut with a mark where it is longer."""
    return text if len(text) <= most else text[:most] + CUT


def head(body: bytes) -> dict[str, object]:
    """Return the top-level keys from `name` on: `name`, `nsURI`, `owner`, `type`."""
    tail = b"{" + body[max(0, body.rfind(_NAME)) :]
    try:
        found = orjson.loads(tail)
    except orjson.JSONDecodeError:
        try:
            found = loads(tail)
        except NotCanonical:
            return {}
    return found if isinstance(found, dict) else {}


def top(body: bytes) -> dict[str, bytes]:
    """Return the values of the top-level keys as JSON texts; empty where it is no object."""
    end = _end_of_children(body)
    data_end = body.rfind(_AFTER_DATA, max(0, end), max(0, body.rfind(_NAME)))
    rest = members(b"{" + body[data_end + 1 :]) if 0 < end < data_end else None
    if rest is None:
        return members(body) or {}
    children = body[len(_CHILDREN) - 1 : end + 1]
    return {"children": children, "data": body[end + len(_AFTER_CHILDREN) : data_end], **rest}


def name_part(raw: bytes, start: int, end: int) -> bytes:
    """Return the JSON text of the name of the element whose record lies there."""
    at = raw.rfind(_NAME, start, end)
    if at < 0:
        return b""
    stop = raw.find(_AFTER_NAME, at, end)
    return raw[at + len(_NAME) : stop if stop >= 0 else end]


def type_part(raw: bytes, start: int, end: int) -> bytes:
    """Return the JSON text of the type of the element whose record lies there."""
    at = raw.rfind(_TYPE, start, end)
    return raw[at + len(_TYPE) : end - 1] if at >= 0 else b""


def child_count(body: bytes) -> int:
    """Return how many children an element has."""
    begin, end = len(_CHILDREN), _end_of_children(body)
    if end <= begin:
        return 0
    # Only beside an escape, or a comma at an end of an id, does `","` part no ids.
    if any(body.find(part, begin - 1, end + 1) >= 0 for part in (b"\\", b'[",', b',",')):
        return len(child_ids(body))
    return body.count(b'","', begin, end) + 1


def child_ids(body: bytes) -> list[str]:
    """Return the ids of its children in their order."""
    end = _end_of_children(body)
    text = body[len(_CHILDREN) - 1 : end + 1] if end > 0 else b"[]"
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        found = [string(item) for item in items(text) or []]
    return [id_ for id_ in found if isinstance(id_, str)]


def _end_of_children(body: bytes) -> int:
    return body.find(_AFTER_CHILDREN, len(_CHILDREN)) if body.startswith(_CHILDREN) else -1


def members(raw: bytes) -> dict[str, bytes] | None:
    """Return the values of a JSON object as JSON texts; None where it is none, or has too many."""
    if raw[:1] != b"{" or raw.count(b'":') > _MOST_PARTS:
        return None
    try:
        return {clean(key): bytes(value) for key, value in _members.decode(raw).items()}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # Lone surrogates, which only the slow way takes; or no JSON at all.
        value = _value(raw)
    if not isinstance(value, dict):
        return None
    return {clean(key): canonical_value(value[key]) for key in value}


def items(raw: bytes) -> list[bytes] | None:
    """Return the items of a JSON array as JSON texts; None where it is none, or has too many."""
    if raw[:1] != b"[" or raw.count(b",") > _MOST_PARTS:
        return None
    try:
        return [bytes(item) for item in _items.decode(raw)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        value = _value(raw)
    return [canonical_value(item) for item in value] if isinstance(value, list) else None


def _value(raw: bytes) -> object:
    try:
        return loads(raw)
    except NotCanonical:
        return None


def string(raw: bytes, most: int | None = None) -> str | None:
    """Return the text that a JSON string stands for, cut where it is longer than `most`."""
    if raw[:1] != b'"':
        return None
    if most is not None and len(raw) > most * _LONGEST_ESCAPE + 2:
        raw = _front(raw, most)
    try:
        text = orjson.loads(raw)
    except orjson.JSONDecodeError:
        text = _value(raw)
    if not isinstance(text, str):
        return None
    return clean(text if most is None else shortened(text, most))


def _front(raw: bytes, most: int) -> bytes:
    """Return a JSON string with a little more than `most` of the characters of a longer one."""
    front = raw[1 : (most + 1) * _LONGEST_ESCAPE].decode("utf-8", "ignore")
    whole = _WHOLE_UNITS.match(front)
    return b'"' + (whole.group() if whole else "").encode() + b'"'


def plain(raw: bytes) -> str:
    """Return the JSON text itself, cut."""
    text = raw[: MOST_CHARACTERS * 4 + 4].decode("utf-8", "replace")
    return shortened(text)
