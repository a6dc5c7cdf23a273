"""Answers about artifacts, models and used projects (sections 11 and 12)."""

from __future__ import annotations

from typing import Any

from tests.fakes.twc import shapes
from tests.fakes.twc.calls import Call, Refused
from tests.fakes.twc.commits import Branch, Revision
from tests.fakes.twc.content import Use
from tests.fakes.twc.exchange import Answer, told
from tests.fakes.twc.identity import make_id
from tests.fakes.twc.resources import Resource


def artifacts(call: Call) -> Answer:
    owner = call.resource()
    _line, revision = call.revision(owner)
    return told(shapes.artifact_list(owner, revision))


def artifact(call: Call) -> Answer:
    owner = call.resource()
    _line, revision = call.revision(owner)
    id_ = call.named["a"] or ""
    data = revision.artifacts.get(id_)
    if data is None:
        raise Refused(404)
    if call.request.query.get("download", "").lower() == "true":
        return Answer(body=data, type="application/octet-stream")
    return told(shapes.artifact(owner, id_, data))


def models(call: Call) -> Answer:
    call.revision(call.resource())
    value = {
        "@id": "",
        "@type": ["ldp:BasicContainer"],
        "ldp:contains": shapes.ids(["decomposition", "uml"]),
    }
    return told(value)


def model(call: Call) -> Answer:
    owner = call.resource()
    line, revision = call.revision(owner)
    if call.named["x"] == "decomposition":
        return told({"@id": "decomposition", "models:usages": [_usage(owner, line, revision)]})
    if call.named["x"] == "uml":
        return told({"@id": "uml", "models:roots": _roots(owner, revision)})
    raise Refused(404)


def _usage(owner: Resource, line: Branch, revision: Revision) -> dict[str, Any]:
    project = {
        "models:name": owner.metadata.get("name", ""),
        "@type": "PrimaryProject",
        "models:uri": f"twcloud:/{owner.id}/{line.id}",
        "models:version": str(revision.number),
        "@id": f"#{owner.id}",
    }
    return {"models:project": project, "models:uses": [_use(one) for one in revision.uses]}


def _use(one: Use) -> dict[str, Any]:
    uri = f"file:/{one.name}.mdzip" if one.resource is None else f"twcloud:/{one.resource}"
    return {
        "models:name": one.name,
        "models:uri": f"{uri}/{one.branch}" if one.branch else uri,
        "models:requiredVersion": one.version,
        "models:isAutomatic": one.automatic,
        "@id": f"#{make_id('use', one.name)}",
    }


def _roots(owner: Resource, revision: Revision) -> list[dict[str, Any]]:
    way = owner.history.way(revision.number)
    found = ((id_, owner.history.at(id_, way)) for id_ in revision.roots)
    return [
        {"@type": "models:PrimaryModel", "models:root": f"../../elements/{id_}"}
        for id_, version in found
        if version is not None and b'"uml:Model"' in version.head
    ]
