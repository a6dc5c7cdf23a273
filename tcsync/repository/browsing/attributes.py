"""The attributes of an element as paths and texts. Pure.

Numbers come character by character as they are stored; true, false and null as in JSON.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tcsync.repository.browsing import stored

DEEPEST = 16
"""What is nested deeper is shown as its JSON text."""
LARGE_BYTES = 4 << 20
DEEPEST_OF_LARGE = 4
"""Each level takes what lies in it apart anew, and holds it."""
_KEY_CHARACTERS = 200
_REFERENCE = "@id"
_ORIGIN = "ID"


class Leaf(NamedTuple):
    """One attribute: a text, or the id of the element that it refers to."""

    path: str
    text: str | None
    reference: str | None


def leaves(raw: bytes, path: str, depth: int = 0) -> Iterator[Leaf]:
    """Yield what a JSON value holds, in its order; `path` is where it stands itself."""
    if raw[:1] == b'"':
        yield Leaf(path, stored.string(raw, stored.MOST_CHARACTERS) or "", None)
    elif raw[:1] == b"{" and not is_too_deep(raw, depth):
        yield from _of_object(raw, path, depth)
    elif raw[:1] == b"[" and not is_too_deep(raw, depth):
        yield from _of_array(raw, path, depth)
    else:
        yield Leaf(path, stored.plain(raw), None)


def is_too_deep(raw: bytes, depth: int) -> bool:
    """Return whether a value at this depth is not taken apart any more."""
    return depth >= (DEEPEST if len(raw) <= LARGE_BYTES else DEEPEST_OF_LARGE)


def _of_object(raw: bytes, path: str, depth: int) -> Iterator[Leaf]:
    members = stored.members(raw)
    if not members:
        yield Leaf(path, stored.plain(raw), None)
        return
    target = reference(members)
    if target is not None:
        yield Leaf(path, None, target)
        members = attached(members)
    for key, value in members.items():
        yield from leaves(value, member_path(path, key), depth + 1)


def _of_array(raw: bytes, path: str, depth: int) -> Iterator[Leaf]:
    items = stored.items(raw)
    if not items:
        yield Leaf(path, stored.plain(raw), None)
        return
    for place, item in enumerate(items):
        yield from leaves(item, f"{path}[{place}]", depth + 1)


def member_path(path: str, key: str) -> str:
    """Return the path of a member of the object at a path."""
    key = stored.shortened(key, _KEY_CHARACTERS)
    return f"{path}.{key}" if path else key


def reference(members: dict[str, bytes]) -> str | None:
    """Return the id that an object refers to (`{"@id": ...}`), None where it is no reference."""
    return stored.string(members.get(_REFERENCE, b""), stored.MOST_CHARACTERS) or None


def attached(members: dict[str, bytes]) -> dict[str, bytes]:
    """Return what a reference says beside the id; the target names its origin's `ID` itself."""
    return {key: members[key] for key in members if key not in (_REFERENCE, _ORIGIN)}
