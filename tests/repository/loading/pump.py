"""A small record file with everything in it, and a plain replay of record files."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tcsync.histories.convert import combined_digest, element_digest
from tcsync.histories.identity import element_id, namespace, resource_id
from tcsync.histories.records import DelLine, PutLine, RevisionGroup, groups
from tests.histories.history_file import RESOURCE, SIDE, TRUNK, revision, written

ID = resource_id("P")
NS = namespace(ID)

State = dict[str, dict[str, Any]]


def local(name: str) -> str:
    """Return the stored id of an element of the file."""
    return element_id(NS, name)


def put(id_: str, owner: str | None = None, **other: Any) -> dict[str, Any]:
    e = {"id": id_, "type": "uml:Class", **({} if owner is None else {"owner": owner}), **other}
    return {"kind": "put", "e": e}


def remove(id_: str) -> dict[str, Any]:
    return {"kind": "del", "id": id_}


def artifact(id_: str, data: bytes) -> dict[str, Any]:
    text = base64.b64encode(data).decode()
    return {"kind": "artifact", "id": id_, "name": f"{id_}.png", "base64": text}


def tag(name: str, number: int) -> dict[str, Any]:
    return {"kind": "tag", "resource": "P", "name": name, "revision": number}


PUMP = [
    RESOURCE,
    TRUNK,
    SIDE,
    revision(1, None, tags=["v1"]),
    *(put("_r"), put("_b", "_r"), put("_a", "_r", name="A"), put("_c", "_a"), put("_f", "_a")),
    *(artifact("d1", b"one"), artifact("d2", b"two")),
    revision(2, 1, name="Pump 2"),
    *(put("_d", "_r"), put("_c", "_r"), put("_b", "_r", attrs={"x": 1.5})),
    *(artifact("d1", b"other"), {"kind": "artifact_del", "id": "d2"}),
    revision(4, 1, branch="side"),
    *(remove("_b"), put("_e", "_a")),
    revision(6, 2, merged=[4], tags=["v2"], name="Pump 3"),
    *(put("_a", "_b"), remove("_c"), put("_s")),
    tag("v1", 6),
]


def proven(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the lines with total and state digest in each revision."""
    found = [dict(line) for line in lines]
    states: dict[int | None, State] = {None: {}}
    at: dict[str, Any] = {}
    for line in found:
        if line["kind"] == "revision":
            at = line
            states[line["number"]] = dict(states[line["parent"]])
        state = states.get(at.get("number"), {})
        if line["kind"] == "put":
            state[line["e"]["id"]] = line["e"]
        elif line["kind"] == "del":
            del state[line["id"]]
        if at:
            digests = {id_: element_digest(e) for id_, e in state.items()}
            at |= {"total": len(state), "state_sha256": combined_digest(digests)}
    return found


def pump(folder: Path) -> Path:
    return written(folder, *proven(PUMP))


def replayed(path: Path) -> Iterator[tuple[RevisionGroup, State]]:
    """Yield each revision of a file with the elements that are live after it."""
    states: dict[tuple[str, int | None], State] = {}
    for group in groups(path):
        if isinstance(group, RevisionGroup):
            line = group.revision
            state = dict(states.get((line.resource, line.parent), {}))
            for change in group.changes:
                if isinstance(change, PutLine):
                    state[change.element["id"]] = change.element
                elif isinstance(change, DelLine):
                    state.pop(change.id, None)
            states[line.resource, line.number] = state
            yield group, state
