"""Canonical JSON, version 1 of docs/formats/element.md: one text for every value.

Numbers are tokens: what orjson or Python would write differently keeps its characters.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from json.encoder import encode_basestring
from typing import Any, NoReturn, Self

import orjson

from tcsync.errors import NotCanonical

MAX_TEXT_BYTES = 67_108_864
MAX_DEPTH = 128

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_INTEGERS = range(-(2**63), 2**64)
_MOST_DIGITS = 20
# "Not canonical for certain"; None is a value.
_OTHER = object()
# Between 1e-4 and 1e16 orjson and repr write a float alike; outside, their exponents differ.
_FLOAT_UNLIKE_REPR = re.compile(rb"(?:^|[:,\[])-?(?:[0-9.]+[eE]|0\.0000)")


class NumberToken(str):
    """A JSON number, character by character. Raises NotCanonical if it is none."""

    __slots__ = ()

    def __new__(cls, token: str) -> Self:
        """Check the token against the grammar of RFC 8259, section 6."""
        if not _NUMBER.fullmatch(token):
            raise NotCanonical(f"{token[:80]!r} is no JSON number.")
        return super().__new__(cls, token)


def canonical(text: bytes) -> bytes:
    """Return the canonical text of any JSON text. Raises NotCanonical."""
    value = _loads_canonical(text)
    if value is not _OTHER:
        return text
    return _checked_length(_render(_parse(text)).encode("utf-8", "backslashreplace"))


def canonical_value(value: object) -> bytes:
    """Return the canonical text of a Python value. Raises NotCanonical.

    Takes dict with text keys, list, tuple, str, NumberToken, int, float (its repr), bool, None.
    """
    text = _render(value)
    try:
        return _checked_length(text.encode())
    except UnicodeEncodeError:
        # Two lone surrogates may make a pair; reading the text again finds the one form.
        return canonical(text.encode("utf-8", "backslashreplace"))


def loads(text: bytes) -> Any:
    """Return the value of a JSON text; numbers that Python would write otherwise as NumberToken.

    So `canonical_value(loads(text)) == canonical(text)`. Raises NotCanonical.
    """
    value = _loads_canonical(text)
    if value is _OTHER or _has_float_unlike_repr(text):
        value = _parse(text)
        _check_depth(value)
    return value


def _loads_canonical(text: bytes) -> Any:
    """Return the value of a text that is canonical for certain, else _OTHER.

    What orjson writes with sorted keys is canonical: no blanks, no key twice, keys by their bytes,
    our escapes, valid UTF-8, and number tokens may look as they like. So a text that comes out as
    it went in is canonical, up to its length and depth.
    """
    _checked_length(text)
    try:
        value = orjson.loads(text)
        if orjson.dumps(value, option=orjson.OPT_SORT_KEYS) != text:
            return _OTHER
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return _OTHER
    if text.count(b"{") + text.count(b"[") > MAX_DEPTH:
        _check_depth(value)
    return value


def _has_float_unlike_repr(text: bytes) -> bool:
    """Return whether orjson may write a float in this text as `repr` would not."""
    suspected = b"e-" in text or b"e+" in text or b"0.0000" in text
    return suspected and _FLOAT_UNLIKE_REPR.search(text) is not None


def _parse(text: bytes) -> Any:
    """Parse any JSON text, keeping tokens. Refuses all that has no canonical form but depth."""
    try:
        return _decoder.decode(text.decode())
    except UnicodeDecodeError as error:
        raise NotCanonical(f"The text is not UTF-8 at byte {error.start}.") from error
    except json.JSONDecodeError as error:
        raise NotCanonical(
            f"The text is not JSON at character {error.pos}: {error.msg}."
        ) from error
    except RecursionError as error:
        raise _too_deep() from error


def _integer(token: str) -> object:
    if len(token) <= _MOST_DIGITS:
        value = int(token)
        if value in _INTEGERS and str(value) == token:
            return value
    return NumberToken(token)


def _float(token: str) -> object:
    value = float(token)
    return value if repr(value) == token else NumberToken(token)


def _constant(token: str) -> NoReturn:
    raise NotCanonical(f"{token} is no JSON number.")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        keys = sorted(key for key, _ in pairs)
        twice = next(key for key, after in pairwise(keys) if key == after)
        raise NotCanonical(f"The key {twice[:80]!r} occurs twice in one object.")
    return value


_decoder = json.JSONDecoder(
    parse_int=_integer,
    parse_float=_float,
    parse_constant=_constant,
    object_pairs_hook=_object,
)


def _render(value: object) -> str:
    parts: list[str] = []
    _write(value, parts.append, 0)
    return "".join(parts)


def _write(value: object, put: Callable[[str], None], depth: int) -> None:
    """Write one value. Strings stay Python text here, lone surrogates included."""
    if type(value) is str:
        put(encode_basestring(value))
    elif isinstance(value, NumberToken):
        put(value)
    elif isinstance(value, str):
        put(encode_basestring(value))
    elif value is None or value is True or value is False:
        put({None: "null", True: "true", False: "false"}[value])
    elif isinstance(value, (int, float)):
        put(_number(value))
    elif isinstance(value, dict):
        _write_object(value, put, depth + 1)
    elif isinstance(value, (list, tuple)):
        _write_array(value, put, depth + 1)
    else:
        raise NotCanonical(f"A value of type {type(value).__name__} has no JSON text.")


def _number(value: float) -> str:
    if isinstance(value, int):
        try:
            return int.__repr__(value)
        except ValueError as error:
            raise NotCanonical(f"{error}: give so long an integer as NumberToken.") from error
    if not math.isfinite(value):
        raise NotCanonical(f"{value!r} is no JSON number.")
    return float.__repr__(value)


def _write_object(value: dict[Any, object], put: Callable[[str], None], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise _too_deep()
    for key in value:
        if not isinstance(key, str):
            raise NotCanonical(f"The key {key!r} is no text.")
    before = "{"
    for key in sorted(value):
        put(before + encode_basestring(key) + ":")
        _write(value[key], put, depth)
        before = ","
    put("}" if value else "{}")


def _write_array(
    value: list[object] | tuple[object, ...], put: Callable[[str], None], depth: int
) -> None:
    if depth > MAX_DEPTH:
        raise _too_deep()
    before = "["
    for item in value:
        put(before)
        _write(item, put, depth)
        before = ","
    put("]" if value else "[]")


def _check_depth(value: object) -> None:
    """Go down level by level, not by recursion: orjson nests deeper than the stack may."""
    level = _containers([value])
    depth = 1
    while level and depth <= MAX_DEPTH:
        depth += 1
        level = [
            child
            for node in level
            for child in _containers(node.values() if isinstance(node, dict) else node)
        ]
    if level:
        raise _too_deep()


def _containers(values: Iterable[object]) -> list[Any]:
    return [value for value in values if isinstance(value, (dict, list))]


def _too_deep() -> NotCanonical:
    return NotCanonical(f"The text is nested deeper than {MAX_DEPTH} levels.")


def _checked_length(text: bytes) -> bytes:
    if len(text) > MAX_TEXT_BYTES:
        raise NotCanonical(f"The text has {len(text)} bytes; {MAX_TEXT_BYTES} are the most.")
    return text
