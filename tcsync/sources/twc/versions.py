"""What the text of `/osmc/version` says: the major version, and how id lists are written."""

from __future__ import annotations

import re

from tcsync.sources.twc.assumptions import FIRST_JSON_BATCHES

_YEAR = re.compile(r"(?<!\d)(20\d\d)x(?:\s*(?:Refresh|R)\s*(\d+))?", re.IGNORECASE)
_DOTTED_YEAR = re.compile(r"(?<![\d.])(20\d\d)\.(\d+)")
_NUMBERED = re.compile(r"(?<![\d.])(\d+\.\d+)")


def major_version(text: str) -> str:
    """Return the year with its x (`2024x`), the number (`19.0`), or "" where there is neither."""
    if found := _YEAR.search(text) or _DOTTED_YEAR.search(text):
        return f"{found[1]}x"
    found = _NUMBERED.search(text)
    return found[1] if found else ""


def has_json_batches(text: str) -> bool:
    """Tell whether a server of this version takes id lists as JSON; what is unclear is new."""
    if found := _YEAR.search(text) or _DOTTED_YEAR.search(text):
        return (int(found[1]), int(found[2] or 0)) >= FIRST_JSON_BATCHES
    return not _NUMBERED.search(text)
