"""Ids that are the same on every run: a test that fails can be run again and means the same."""

from __future__ import annotations

import re
import uuid
from functools import lru_cache

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:tcsync:stand-in")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@lru_cache(maxsize=1 << 14)
def make_id(*parts: str) -> str:
    """Return the id that these words stand for. A last word that is an id stands for itself."""
    if _UUID.fullmatch(parts[-1]):
        return parts[-1]
    return str(uuid.uuid5(_NAMESPACE, "/".join(parts)))
