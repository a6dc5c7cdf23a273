"""Ids of ours for what a record file names: UUIDv5 by the rules of docs/formats/element.md."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from uuid import NAMESPACE_URL, UUID

_CACHED_IDS = 65_536
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def is_uuid(text: str) -> bool:
    """Return whether the text is a UUID in its usual form: 36 characters, in either case."""
    return _UUID.fullmatch(text) is not None


def resource_id(project_id: str, uuid: str | None = None) -> str:
    """Return the Resource ID of a Project ID; `uuid` is what the line carries itself."""
    return uuid or _uuid5(NAMESPACE_URL, "tcsync:resource:" + project_id)


def namespace(resource: str) -> UUID:
    """Return the namespace in which the local ids of this Resource ID live."""
    return UUID(_uuid5(NAMESPACE_URL, "tcsync:" + resource))


@lru_cache(maxsize=_CACHED_IDS)
def element_id(ns: UUID, local_id: str) -> str:
    """Return the local id itself, in its own case, where it is a UUID, else one made of it."""
    return local_id if is_uuid(local_id) else _uuid5(ns, local_id)


def branch_id(ns: UUID, name: str) -> str:
    """Return the id of the branch with this name, for a line that carries none."""
    return _uuid5(ns, "branch:" + name)


def tag_id(ns: UUID, name: str) -> str:
    """Return the id of the tag with this name."""
    return _uuid5(ns, "tag:" + name)


def _uuid5(ns: UUID, name: str) -> str:
    # uuid.uuid5 cannot take lone surrogates, which a JSON text may hold.
    text = name.encode("utf-8", "surrogatepass")
    digest = hashlib.sha1(ns.bytes + text, usedforsecurity=False).digest()
    return str(UUID(bytes=digest[:16], version=5))
