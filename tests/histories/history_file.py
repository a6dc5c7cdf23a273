"""A small history file of which single lines can be replaced."""

import json
from pathlib import Path
from typing import Any

RESOURCE = {"kind": "resource", "id": "P", "name": "Pump", "category": "A/B", "used_projects": []}
TRUNK = {"kind": "branch", "resource": "P", "name": "trunk", "trunk": True, "from_revision": None}
SIDE = {"kind": "branch", "resource": "P", "name": "side", "trunk": False, "from_revision": 1}
FIRST = {
    "kind": "revision",
    "resource": "P",
    "branch": "trunk",
    "number": 1,
    "parent": None,
    "author": "Zoë",
    "date": "2021-01-15T17:37:53+05:30",
    "message": "first",
    "tags": ["v1"],
    "name": "Pump",
}
PUT = {"kind": "put", "e": {"id": "_1", "type": "uml:Class"}}
DEL = {"kind": "del", "id": "_1"}


def revision(number: int, parent: int | None, **other: Any) -> dict[str, Any]:
    """Return a later revision's line."""
    return {**FIRST, "number": number, "parent": parent, "tags": [], **other}


def written(folder: Path, *lines: dict[str, Any] | bytes) -> Path:
    """Write the lines to a file; bytes go as they are."""
    path = folder / "history.jsonl"
    texts = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    path.write_bytes(b"".join(text + b"\n" for text in texts))
    return path
