"""A small project as Teamwork Cloud stores one, written through the one writer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from tcsync import domain
from tcsync.audit.recording import SYSTEM
from tcsync.domain import ArtifactRef, RevisionRecord
from tcsync.packs import canonical_value
from tcsync.repository.models import Resource
from tcsync.repository.writing import Changeset, HistoryBatch

UML = "http://www.nomagic.com/magicdraw/UML/2.5.1"
NOON = 1_600_257_292
"""The second in which the project began."""


def uid(number: int) -> str:
    """Return an id that looks like Teamwork Cloud's."""
    return f"00000000-0000-4000-8000-{number:012d}"


PROJECT, SECTION, MODEL, PACKAGE, VALVE, STEREOTYPE, TAG_DEFINITION, TAGGED, TRUNK, SIDE = (
    uid(n) for n in range(1, 11)
)
SPARE = uid(11)


def ref(id_: str) -> dict[str, str]:
    return {"@id": id_}


def stored(id_: str, type_: str, owner: str | None = None, children: object = (), **data: object):
    """Return the stored form of an element."""
    return canonical_value(
        {
            "children": list(children),
            "data": {"ID": f"_{id_}", **data},
            "id": id_,
            "name": data.get("name"),
            "nsURI": UML,
            "owner": owner,
            "type": type_,
        }
    )


def package(*children: str) -> bytes:
    """Return the package with these children."""
    data = {"name": "Hydraulics", "owningPackage": ref(MODEL)}
    return stored(PACKAGE, "uml:Package", MODEL, children, **data)


def valve(name: str) -> bytes:
    """Return the class, with a stereotype and the value of its tag."""
    data = {"appliedStereotype": [ref(STEREOTYPE)], "taggedValue": [ref(TAGGED)]}
    data |= {"name": name, "owningPackage": ref(PACKAGE)}
    return stored(VALVE, "uml:Class", PACKAGE, [TAGGED], **data)


def elements() -> dict[str, bytes]:
    """Return the first revision: a project that leads to its model, a package and two classes."""
    tagged = {"tagDefinition": ref(TAG_DEFINITION), "value": ["steel"], "name": None}
    return {
        PROJECT: stored(PROJECT, "esiproject:EsiProject", ownedSections=[ref(SECTION)]),
        SECTION: stored(SECTION, "esiproject:EsiDataSection", name="model", rootElements=[MODEL]),
        MODEL: stored(MODEL, "uml:Model", None, [PACKAGE], name="Model", owningPackage=None),
        PACKAGE: package(VALVE, SPARE),
        VALVE: valve("Valve 🚀"),
        SPARE: stored(SPARE, "uml:Class", PACKAGE, name="Spare", owningPackage=ref(PACKAGE)),
        STEREOTYPE: stored(STEREOTYPE, "uml:Stereotype", None, [TAG_DEFINITION], name="block"),
        TAG_DEFINITION: stored(TAG_DEFINITION, "uml:Property", STEREOTYPE, name="material"),
        TAGGED: stored(TAGGED, "uml:StringTaggedValue", VALVE, **tagged),
    }


class Project:
    """A resource that is written revision by revision."""

    def __init__(self, id_: str, category: str, name: str = "Pump", **more: object) -> None:
        self.id = id_
        self._copies = bool(more.pop("copies", False))
        branches = (domain.Branch(TRUNK, "trunk", None, None), domain.Branch(SIDE, "side", 1, None))
        self._resource = domain.Resource(
            id_, f"PROJECT-{id_}", name, category, TRUNK, branches=branches, **more
        )

    def commit(
        self,
        number: int,
        parent: int | None,
        puts: Mapping[str, bytes],
        branch: str = TRUNK,
        removes: tuple[str, ...] = (),
        artifacts: Mapping[str, bytes] | None = None,
    ) -> None:
        """Write one revision."""
        batch = HistoryBatch(copies=self._copies)
        batch.describe(self._resource, self._resource.category)
        with Changeset() as changes:
            for id_, body in puts.items():
                changes.put(id_, body)
            for id_ in removes:
                changes.remove(id_)
            for id_, data in (artifacts or {}).items():
                digest = hashlib.sha256(data).hexdigest()
                batch.artifacts.receive_unless_here(digest, len(data), [data])
                changes.put_artifact(ArtifactRef(id_, f"{id_}.png", digest, len(data)))
            sink = batch.sink()
            start = sink.tell()
            summary = changes.write(sink, batch.history(self.id), parent)
        batch.admit_local(self._record(number, parent, branch), summary, start)
        batch.commit(SYSTEM, "test")

    def _record(self, number: int, parent: int | None, branch: str) -> RevisionRecord:
        return RevisionRecord(
            resource=self.id,
            number=number,
            branch=branch,
            parent=parent,
            time=NOON + number - 1,
            author="Zoë",
            message=f"revision {number}",
            content_digest="",
            artifact_digest="",
            root_ids=(PROJECT, MODEL, SECTION, STEREOTYPE),
            used_projects=({"project": "P-9", "uri": "UML.mdzip", "version": "19.0 v9"},),
        )


def pump(id_: str, category: str, **more: object) -> Resource:
    """Make a project of three revisions on the trunk and, from the first, one on a branch."""
    project = Project(id_, category, **more)
    project.commit(1, None, elements(), artifacts={"picture": b"pixels" * 300})
    project.commit(2, 1, {VALVE: valve("Valve 2")})
    project.commit(3, 1, {uid(77): stored(uid(77), "uml:Class", MODEL)}, branch=SIDE)
    project.commit(4, 2, {PACKAGE: package(VALVE)}, removes=(SPARE,))
    return Resource.objects.get(id=id_)
