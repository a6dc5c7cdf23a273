"""Brings what is to be recorded into a form that no reader, log or database can misread."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping

# C0 and C1 controls (newline, ANSI escapes), line separators, direction overrides, surrogates.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def escape(text: str) -> str:
    r"""Return the text on one line: `\x0a` or `\u202e` in place of each control character."""
    return _UNSAFE.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    character = found.group()
    code = ord(character)
    return f"\\x{code:02x}" if character <= "\xff" else f"\\u{code:04x}"


def shorten(text: str, length: int) -> str:
    """Return the text, cut to `length` characters with an ellipsis at the end if it is longer."""
    return text if len(text) <= length else text[: length - 1] + "…"


def plain(value: object) -> object:
    """Return the value as JSON that reads back the same from SQLite and PostgreSQL.

    PostgreSQL gives 1e22 back as an integer and knows no NaN, so that whole numbers are written as
    such. What JSON does not know (moments, models, UUIDs) becomes its text.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        return {escape(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [plain(item) for item in value]
    return escape(str(value))


def _number(value: float) -> int | float | str:
    if not math.isfinite(value):
        return str(value)
    return int(value) if value.is_integer() else value
