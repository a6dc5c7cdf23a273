"""The keys of a line's object, taken out one by one; HistoryError names the key that is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeGuard

from tcsync.errors import HistoryError
from tcsync.histories.identity import is_uuid

HIGHEST_NUMBER = 2**31 - 1
_SHA256 = re.compile(r"[0-9a-f]{64}")
_UNSTORABLE = re.compile(r"[\0\ud800-\udfff]")


def shown(value: object) -> str:
    """Return the value for a message, however long it is."""
    return repr(value)[:80]


def wrong(key: str, wanted: str, value: object) -> HistoryError:
    """Return the error to raise for a value of the wrong type or range."""
    return HistoryError(f"the key '{key}' must be {wanted}, not {shown(value)}.")


def required(record: Mapping[str, Any], key: str) -> Any:
    """Return the value of a key that must be there, null included."""
    if key not in record:
        raise HistoryError(f"the key '{key}' is missing.")
    return record[key]


def is_text(value: object) -> TypeGuard[str]:
    """Return whether the value came as a JSON string."""
    return type(value) is str  # not isinstance: a number token may be a text of its own class


def storable(key: str, value: object) -> str:
    """Return a text that any database keeps: no NUL, no lone surrogate."""
    if not is_text(value):
        raise wrong(key, "a text", value)
    if _UNSTORABLE.search(value):
        raise wrong(key, "a text without NUL characters and lone surrogates", value)
    return value


def text_of(record: Mapping[str, Any], key: str) -> str:
    """Return a storable text that must be there."""
    return storable(key, required(record, key))


def id_of(record: Mapping[str, Any], key: str) -> str:
    """Return a storable text that must be there and not be empty."""
    value = text_of(record, key)
    if not value:
        raise HistoryError(f"the key '{key}' must not be empty.")
    return value


def optional_text(record: Mapping[str, Any], key: str) -> str:
    """Return a storable text, empty where it is absent or null."""
    value = record.get(key)
    return "" if value is None else storable(key, value)


def number(key: str, value: object, lowest: int = 1) -> int:
    """Return a whole number that a 32-bit column holds."""
    if type(value) is not int or not lowest <= value <= HIGHEST_NUMBER:
        raise wrong(key, f"a whole number from {lowest} to {HIGHEST_NUMBER}", value)
    return value


def number_or_null(record: Mapping[str, Any], key: str) -> int | None:
    """Return a revision number that must be there, if only as null."""
    value = required(record, key)
    return None if value is None else number(key, value)


def array(record: Mapping[str, Any], key: str) -> list[Any]:
    """Return an array, empty where it is absent."""
    value = record.get(key, [])
    if not isinstance(value, list):
        raise wrong(key, "an array", value)
    return value


def uuid_of(record: Mapping[str, Any]) -> str | None:
    """Return the UUID that a line carries itself."""
    value = record.get("uuid")
    if value is not None and not (isinstance(value, str) and is_uuid(value)):
        raise wrong("uuid", "a UUID such as 01234567-89ab-cdef-0123-456789abcdef", value)
    return value


def state_sha256(record: Mapping[str, Any]) -> str | None:
    """Return the promised state digest, None where the line has none."""
    value = record.get("state_sha256")
    if value is not None and not (isinstance(value, str) and _SHA256.fullmatch(value)):
        raise wrong("state_sha256", "64 lower-case hexadecimal digits", value)
    return value


def total(record: Mapping[str, Any]) -> int | None:
    """Return the promised number of live elements, None where the line has none."""
    value = record.get("total")
    return None if value is None else number("total", value, lowest=0)
