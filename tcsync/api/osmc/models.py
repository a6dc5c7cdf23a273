"""Models of a project: where the UML model begins, and which projects it uses."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase

from tcsync.access.models import User
from tcsync.api.osmc import answers, asked, place
from tcsync.api.osmc.resources import project_name
from tcsync.packs import loads
from tcsync.repository.browsing import stored
from tcsync.repository.states import History

PROJECT = "esiproject:EsiProject"
MODEL = "uml:Model"
MODEL_SECTION = "model"
MOST_ROOTS = 1_000
KINDS = ("decomposition", "uml")

Json = dict[str, Any]


def listed(request: HttpRequest, user: User, **where: Any) -> HttpResponseBase:
    """List what there is to say about the models of a revision."""
    at = place.at(request, user, **where)
    said = {
        "@id": "",
        "@type": ["ldp:Container", "ldp:BasicContainer"],
        "@context": f"{at.base}/schemas/modelContainer",
        "ldp:contains": asked.references(KINDS),
    }
    return answers.json(request, said)


def detail(request: HttpRequest, user: User, m: str, **where: Any) -> HttpResponseBase:
    """Return one of these."""
    at = place.at(request, user, **where)
    shown = {"uml": _uml, "decomposition": _decomposition}.get(m)
    if shown is None:
        raise answers.Absent
    return answers.json(request, shown(at))


def _uml(at: place.Place) -> Json:
    root = model_root(at.history, at.number, at.revision.root_ids[:MOST_ROOTS])
    found = {"@type": "models:PrimaryModel", "models:root": f"../../elements/{root}"}
    return {
        "@id": "",
        "@type": ["models:UMLModels"],
        "@context": f"{at.base}/schemas/models",
        "models:roots": [found] if root else [],
    }


def _decomposition(at: place.Place) -> Json:
    address = f"twcloud:/{at.resource.id}/{at.branch}"
    project = {
        "models:name": project_name(at.resource.name),
        "@type": "PrimaryProject",
        "models:uri": address,
        "models:version": str(at.number),
        "@id": at.resource.project_id,
    }
    uses = [_use(used) for used in at.revision.used_projects]
    return {
        "@id": "",
        "@type": ["models:Decomposition"],
        "@context": f"{at.base}/schemas/decomposition",
        "models:usages": [{"models:project": project, "models:uses": uses}],
    }


def _use(used: Json) -> Json:
    address = str(used.get("uri") or "")
    if "resource" in used:
        # As a copy of a Teamwork Cloud keeps it (docs/twc.md).
        address = f"twcloud:/{used['resource']}/{used.get('branch', '')}"
    return {
        "models:name": address.rpartition("/")[2].removesuffix(".mdzip"),
        "models:uri": address,
        "models:requiredVersion": str(used.get("version") or ""),
        "models:isAutomatic": bool(used.get("automatic")),
        "@id": str(used.get("project") or ""),
    }


def model_root(history: History, number: int, roots: list[str]) -> str:
    """Return the id of the element that the model begins with, empty where none is found.

    The first project among the roots leads to its section `model` and that to its first root
    element (rest-api, section 10); else it is the first root that is a model.
    """
    bodies = history.get_many(number, roots)
    types = {id_: stored.head(bodies[id_]).get("type") for id_ in roots if id_ in bodies}
    project = next((id_ for id_, type_ in types.items() if type_ == PROJECT), "")
    if project:
        sections = _ids(_data(bodies[project]).get("ownedSections"))
        for body in history.get_many(number, sections).values():
            data = _data(body)
            elements = _ids(data.get("rootElements"))
            if data.get("name") == MODEL_SECTION and elements:
                return elements[0]
    return next((id_ for id_, type_ in types.items() if type_ == MODEL), "")


def _data(body: bytes) -> Json:
    data = loads(stored.top(body).get("data", b"{}"))
    return data if isinstance(data, dict) else {}


def _ids(value: object) -> list[str]:
    """Return the ids of references, which stand as objects or as plain text."""
    items = value if isinstance(value, list) else [value]
    ids = (item.get("@id") if isinstance(item, dict) else item for item in items)
    return [id_ for id_ in ids if isinstance(id_, str) and id_]
