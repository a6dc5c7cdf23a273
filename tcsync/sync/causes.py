"""Causes: what failures of many resources have in common, so that they are told once."""

from __future__ import annotations

import hashlib
import re

_VARYING = re.compile(r"[0-9a-f]{8,}|\d[\d.,:]*|'[^']*'|\"[^\"]*\"|“[^”]*”", re.IGNORECASE)
"""What differs between failures of one cause: numbers, digests, and what stands in quotes."""


def cause_of(code: str, reason: str, *names: str) -> str:
    """Return a key that is equal for equal causes; `names` are those of the resource concerned."""
    for name in sorted(filter(None, names), key=len, reverse=True):
        reason = reason.replace(name, "…")
    pattern = _VARYING.sub("…", reason)
    return hashlib.sha256(f"{code}\0{pattern}".encode()).hexdigest()[:16]
