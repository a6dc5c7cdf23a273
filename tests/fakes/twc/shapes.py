"""The JSON of categories, resources, branches, revisions, tags and artifacts (sections 5 to 11)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.fakes.twc.commits import Branch, Revision, Tag
from tests.fakes.twc.content import HOST
from tests.fakes.twc.habits import date, stamp
from tests.fakes.twc.resources import Resource
from tests.fakes.twc.world import Category, User, World

NO_REVISION = -1


def ids(values: Iterable[str]) -> list[dict[str, str]]:
    """Return references."""
    return [{"@id": value} for value in values]


def workspace_list(entries: list[Any]) -> dict[str, Any]:
    """Return the container that GET /workspaces answers."""
    return {
        "@id": "",
        "@type": ["ldp:BasicContainer"],
        "@context": _schema("workspaceContainer"),
        "ldp:contains": entries,
    }


def workspace_entry(world: World, category: Category) -> list[dict[str, Any]]:
    """Return a pair of that list."""
    container = {
        **_container("kerml:Workspace", "kerml:resources", category.id, "workspaceContainer"),
        "@id": category.id,
    }
    return [container, {**_workspace(world, category), "@id": f"#{category.id}"}]


def workspace_pair(
    world: World, category: Category, members: list[Resource], *, bodies: bool
) -> list[dict[str, Any]]:
    """Return what GET /workspaces/{w}/resources answers: the category and what lies in it."""
    container = {
        **_container("kerml:Workspace", "kerml:resources", "it", "workspaceContainer"),
        "ldp:contains": ids(one.id for one in members),
    }
    below = (one.id for one in world.categories.values() if one.parent == category.id)
    told = {
        **_workspace(world, category),
        "@id": {"@id": "#it"},
        "kerml:resources": [resource(one) for one in members]
        if bodies
        else ids(one.id for one in members),
        "kerml:categories": ids(below),
    }
    return [container, told]


def resource(one: Resource, *, with_id: bool = True) -> dict[str, Any]:
    """Return a resource object (section 6)."""
    habits = one.world.habits
    told: dict[str, Any] = {
        "@context": _schema("resource"),
        "@base": resource_base(one),
        "@type": "kerml:Resource",
        "dcterms:title": one.title,
        "dcterms:description": one.description,
        "categoryID": one.category,
        "metadata": dict(one.metadata),
        "removed": one.is_removed,
        "trunkID": one.trunk,
        "kerml:branches": "branches",
    }
    if with_id:
        told["ID"] = one.id
    if habits.resource_dates:
        told["createdDate"] = date(habits, one.created)
        told["modifiedDate"] = date(habits, one.modified)
    return told


def resource_base(one: Resource) -> str:
    """Return the address of a resource below its workspace."""
    place = f"/workspaces/{one.category}" if one.category else ""
    return f"{HOST}/osmc{place}/resources/{one.id}"


def branch_list(entries: list[Any]) -> dict[str, Any]:
    """Return the container that GET .../branches answers."""
    return {
        **_container("kerml:Branch", "kerml:branches", "it", "branchesContainer"),
        "ldp:contains": entries,
    }


def branch_entry(owner: Resource, line: Branch) -> list[dict[str, Any]]:
    """Return a pair of that list: without the revisions."""
    container = {
        **_container("kerml:Branch", "kerml:revisions", line.id, "branchContainer"),
        "@id": line.id,
    }
    return [container, {**_branch(owner, line), "@id": f"#{line.id}"}]


def branch_pair(owner: Resource, line: Branch) -> list[dict[str, Any]]:
    """Return what GET .../branches/{b} answers. Its revisions include those above it."""
    numbers = owner.numbers(line)
    container = {
        **_container("kerml:Branch", "kerml:revisions", "it", "branchContainer"),
        "ldp:contains": numbers,
    }
    told = {**_branch(owner, line), "@id": {"@id": "#it"}, "kerml:revisions": numbers}
    return [container, told]


def commit_info(owner: Resource, revision: Revision, *, roots: bool = True) -> dict[str, Any]:
    """Return an entry of the list of revisions."""
    told = {
        "ID": revision.number,
        "branchID": revision.branch,
        "resourceID": owner.id,
        **_commit(owner, revision),
    }
    return {**told, "rootObjectIDs": list(revision.roots)} if roots else told


def revision(owner: Resource, one: Revision, branch: str | None) -> dict[str, Any]:
    """Return what entry 0 of GET .../revisions/{n} holds: an empty ID, and relative addresses."""
    below = "" if branch is None else f"/branches/{branch}"
    return {
        "@type": ["RDFSource", "kerml:Revision"],
        "@base": f"{resource_base(owner)}{below}/revisions/{one.number}/elements",
        "@context": _schema("revision"),
        "ID": "",
        "branchID": f"../../../branches/{one.branch}" if branch is None else "../..",
        "resourceID": "../../..",
        **_commit(owner, one),
        "rootObjectIDs": list(one.roots),
        "artifacts": "artifacts",
    }


def tag(owner: Resource, one: Tag) -> dict[str, Any]:
    """Return a tag. Its date is text where others are numbers (section 8.2)."""
    return {
        "@type": ["kerml:Tag", "ldp:DirectContainer"],
        "@id": one.id,
        "dcterms:title": one.title,
        "dcterms:description": one.description,
        "commitID": one.revision,
        "branchID": one.branch,
        "author": one.author,
        "createdDate": str(date(owner.world.habits, one.time)),
    }


def tag_list(owner: Resource) -> dict[str, Any]:
    """Return the container that GET .../tags answers."""
    return {
        **_container("kerml:Tag", "kerml:tags", "it", "tagContainer"),
        "ldp:contains": ids(owner.tags),
    }


def artifact_list(owner: Resource, one: Revision) -> dict[str, Any]:
    """Return what GET .../artifacts answers: plain ids (section 11)."""
    at = f"{HOST}/osmc/resources/{owner.id}"
    return {
        "@type": ["ldp:Container", "ldp:BasicContainer"],
        "ldp:contains": list(one.artifacts),
        "kerml:resource": at,
        "kerml:revision": f"{at}/revisions/{one.number}",
        "kerml:modifiedTime": stamp(owner.world.habits, one.time),
    }


def artifact(owner: Resource, id_: str, data: bytes) -> dict[str, Any]:
    """Return what is said of an artifact."""
    return {
        "@type": ["Resource", "NonRDFSource"],
        "ID": id_,
        "ownResourceID": owner.id,
        "size": len(data),
        "metadata": {},
        "download": "?download",
    }


def user(one: User, *, permissions: list[Any] | None) -> dict[str, Any]:
    """Return a user (section 13)."""
    told = {
        "userName": one.name,
        "enabled": one.enabled,
        "external": False,
        "otherAttributes": {"name": one.name},
        "roleAssignments": [],
        "userGroups": [],
        "removed": False,
    }
    return told if permissions is None else {**told, "permissions": permissions}


def _workspace(world: World, category: Category) -> dict[str, Any]:
    return {
        "@type": ["kerml:Workspace"],
        "@context": _schema("workspace"),
        "ID": category.id,
        "dcterms:title": category.title,
        "dcterms:description": category.description,
        "kerml:parentID": category.parent,
        "createdDate": date(world.habits, category.created),
        "modifiedDate": date(world.habits, category.modified),
    }


def _branch(owner: Resource, line: Branch) -> dict[str, Any]:
    described = {"dcterms:description": line.description} if line.description else {}
    marked = {"removed": True} if line.is_removed else {}
    return {
        "@type": ["kerml:Branch"],
        "@context": _schema("branch"),
        "ID": line.id,
        "resourceID": owner.id,
        "dcterms:title": line.title,
        "startRevision": line.start,
        "latestRevision": owner.head(line) or NO_REVISION,
        "author": line.author,
        "authorInfo": {"name": line.author, "deleted": False},
        "createdDate": date(owner.world.habits, line.time),
        **described,
        **marked,
    }


def _commit(owner: Resource, one: Revision) -> dict[str, Any]:
    facts = one.facts
    return {
        "commitType": facts.kind,
        "author": facts.author,
        "authorInfo": {"name": facts.author, "deleted": False},
        "createdDate": date(owner.world.habits, one.time),
        "description": facts.message,
        "directParent": NO_REVISION if one.parent is None else one.parent,
        "pickedRevision": facts.picked,
        "dependencies": [],
    }


def _container(kind: str, relation: str, member: str, schema: str) -> dict[str, Any]:
    return {
        "@id": "",
        "@type": ["ldp:DirectContainer", kind],
        "@context": _schema(schema),
        "ldp:membershipResource": {"@id": f"#{member}"},
        "ldp:hasMemberRelation": relation,
    }


def _schema(name: str) -> str:
    return f"{HOST}/osmc/schemas/{name}"
