"""Answers about elements: one by one, and batches in the dialect of the version (section 3).

A batch is joined of bytes that were made with the commit: reading is as quick as copying.
"""

from __future__ import annotations

import json
import re

from tests.fakes.twc.calls import Call, Refused
from tests.fakes.twc.commits import Branch, Revision
from tests.fakes.twc.content import CLOSES, OPENS, Version, gap, pair
from tests.fakes.twc.exchange import Answer
from tests.fakes.twc.habits import stamp, takes_json_lists
from tests.fakes.twc.resources import Resource
from tests.fakes.twc.shapes import resource_base

_COMMA_LIST = re.compile(r"[0-9a-f-]{36}(\s*,\s*[0-9a-f-]{36})*,?")
BAD_LIST_OLD = 400
BAD_LIST_NEW = 500
TOO_MANY = 500


def wanted_ids(call: Call) -> list[str]:
    """Return the ids that the body lists, or refuse what this version does not understand."""
    text = call.request.body.decode("utf-8", "replace").strip()
    if not takes_json_lists(call.world.version):
        if not _COMMA_LIST.fullmatch(text):
            raise Refused(BAD_LIST_OLD)
        return [one.strip() for one in text.split(",") if one.strip()]
    try:
        ids = json.loads(text)
    except ValueError:
        raise Refused(BAD_LIST_NEW) from None
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise Refused(BAD_LIST_NEW)
    return ids


def element(call: Call) -> Answer:
    owner = call.resource()
    line, revision = call.revision(owner)
    version = owner.history.at(call.named["e"] or "", owner.history.way(revision.number))
    if version is None:
        raise Refused(404)
    call.statistics.read(1)
    return Answer(body=pair(version, _gap(owner, line, revision)))


def batch(call: Call) -> Answer:
    owner = call.resource()
    line, revision = call.revision(owner)
    return Answer(body=_join(call, owner, revision, _gap(owner, line, revision)))


def _join(call: Call, owner: Resource, revision: Revision, between: bytes) -> bytes:
    habits = call.world.habits
    ids = dict.fromkeys(wanted_ids(call))
    if habits.largest_batch is not None and len(ids) > habits.largest_batch:
        raise Refused(TOO_MANY)
    history, way = owner.history, owner.history.way(revision.number)
    pieces: list[bytes] = [b"{"]
    found = 0
    for id_ in ids:
        version = history.at(id_, way)
        if version is not None:
            found += 1
            head = version.head if habits.wrapped_items else _bare_head(version)
            tail = version.tail if habits.wrapped_items else version.tail[: -len(CLOSES)]
            pieces += (head, between, tail, b",")
        elif habits.unknown_items == "status":
            pieces += (json.dumps(id_).encode(), b':{"data":[],"status":404}', b",")
    call.statistics.read(found)
    if len(pieces) > 1:
        pieces.pop()
    return b"".join([*pieces, b"}"])


def _bare_head(version: Version) -> bytes:
    return version.head.replace(OPENS, b'":', 1)


def _gap(owner: Resource, line: Branch, revision: Revision) -> bytes:
    base = f"{resource_base(owner)}/branches/{line.id}"
    return gap(base, owner.id, revision.number, stamp(owner.world.habits, revision.time))
