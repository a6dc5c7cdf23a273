"""The making of a record from the text of its line, and every check that needs no other line."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from tcsync.errors import HistoryError
from tcsync.histories import fields
from tcsync.histories.dates import parse_date
from tcsync.histories.lines import (
    ArtifactDelLine,
    ArtifactLine,
    BranchLine,
    Corpus,
    DelLine,
    PutLine,
    Record,
    ResourceLine,
    RevisionLine,
    TagLine,
)
from tcsync.packs import loads

FORMAT = 1


def parse_line(text: bytes, line: int) -> Record:
    """Return the record of one line. HistoryError and NotCanonical say what is wrong, not where."""
    value = loads(text)
    if not isinstance(value, dict):
        raise HistoryError("the line is not a JSON object.")
    kind = value.get("kind")
    if not fields.is_text(kind):
        raise fields.wrong("kind", "a text", kind)
    if make := _CHANGES.get(kind):
        return make(value, line)
    if make := _HEADS.get(kind):
        return make(_plain(text), line)
    raise HistoryError(f"the kind {fields.shown(kind)} is unknown (known: {', '.join(_KINDS)}).")


def _plain(text: bytes) -> dict[str, Any]:
    """Parse again with plain integers: number tokens are kept for elements only."""
    try:
        value: dict[str, Any] = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise HistoryError(f"the line is not JSON that can be kept: {error}.") from error
    return value


def _corpus(record: Mapping[str, Any], line: int) -> Corpus:
    version = record.get("format", FORMAT)
    if version != FORMAT:
        raise HistoryError(
            f"the format {fields.shown(version)} is unknown, this version reads {FORMAT}."
        )
    source, licence = (
        fields.optional_text(record, "source"),
        fields.optional_text(record, "licence"),
    )
    return Corpus(fields.text_of(record, "name"), source, licence, line)


def _resource(record: Mapping[str, Any], line: int) -> ResourceLine:
    used = fields.array(record, "used_projects")
    if not all(isinstance(entry, dict) for entry in used):
        raise fields.wrong("used_projects", "an array of objects", used)
    return ResourceLine(
        id=fields.id_of(record, "id"),
        name=fields.id_of(record, "name"),
        category=fields.optional_text(record, "category"),
        used_projects=tuple(used),
        uuid=fields.uuid_of(record),
        line=line,
    )


def _branch(record: Mapping[str, Any], line: int) -> BranchLine:
    trunk = fields.required(record, "trunk")
    if not isinstance(trunk, bool):
        raise fields.wrong("trunk", "true or false", trunk)
    start = fields.number_or_null(record, "from_revision")
    return BranchLine(
        fields.id_of(record, "resource"),
        fields.id_of(record, "name"),
        trunk,
        start,
        fields.uuid_of(record),
        line,
    )


def _tag(record: Mapping[str, Any], line: int) -> TagLine:
    revision = fields.number("revision", fields.required(record, "revision"))
    return TagLine(fields.id_of(record, "resource"), fields.id_of(record, "name"), revision, line)


def _revision(record: Mapping[str, Any], line: int) -> RevisionLine:
    date = fields.text_of(record, "date")
    parse_date(date)
    return RevisionLine(
        resource=fields.id_of(record, "resource"),
        branch=fields.id_of(record, "branch"),
        number=fields.number("number", fields.required(record, "number")),
        parent=fields.number_or_null(record, "parent"),
        merged=tuple(fields.number("merged", number) for number in fields.array(record, "merged")),
        author=fields.text_of(record, "author"),
        date=date,
        message=fields.text_of(record, "message"),
        tags=tuple(fields.storable("tags", tag) for tag in fields.array(record, "tags")),
        name=fields.id_of(record, "name"),
        state_sha256=fields.state_sha256(record),
        total=fields.total(record),
        line=line,
    )


def _put(record: Mapping[str, Any], line: int) -> PutLine:
    e = fields.required(record, "e")
    if not isinstance(e, dict):
        raise fields.wrong("e", "an object", e)
    fields.id_of(e, "id")
    fields.text_of(e, "type")
    for key in ("name", "nsURI", "owner"):
        if e.get(key) is not None and not fields.is_text(e[key]):
            raise fields.wrong(key, "a text", e[key])
    if "refs" in e:
        _check_refs(e["refs"])
    return PutLine(e, line)


def _check_refs(refs: object) -> None:
    if not isinstance(refs, dict):
        raise fields.wrong("refs", "an object", refs)
    for targets in refs.values():
        if not isinstance(targets, list) or not all(map(fields.is_text, targets)):
            raise fields.wrong("refs", "an object of arrays of texts", refs)


def _del(record: Mapping[str, Any], line: int) -> DelLine:
    return DelLine(fields.id_of(record, "id"), line)


def _artifact(record: Mapping[str, Any], line: int) -> ArtifactLine:
    encoded = fields.text_of(record, "base64")
    try:
        data = b64decode(encoded, validate=True)
    except ValueError as error:
        raise HistoryError(f"the key 'base64' does not hold base64: {error}.") from error
    return ArtifactLine(fields.id_of(record, "id"), fields.id_of(record, "name"), data, line)


def _artifact_del(record: Mapping[str, Any], line: int) -> ArtifactDelLine:
    return ArtifactDelLine(fields.id_of(record, "id"), line)


_HEADS: Mapping[str, Callable[[Mapping[str, Any], int], Record]] = {
    "corpus": _corpus,
    "resource": _resource,
    "branch": _branch,
    "tag": _tag,
    "revision": _revision,
}
_CHANGES: Mapping[str, Callable[[Mapping[str, Any], int], Record]] = {
    "put": _put,
    "del": _del,
    "artifact": _artifact,
    "artifact_del": _artifact_del,
}
_KINDS = (*_HEADS, *_CHANGES)
