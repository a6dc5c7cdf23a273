"""Recorded answers of real servers: stored here, and asked for again, they come back the same."""

import json
import re
from types import SimpleNamespace

import pytest

from tcsync import domain
from tcsync.audit.recording import SYSTEM
from tcsync.domain import RevisionRecord
from tcsync.packs import canonical_value
from tcsync.repository.models import Category
from tcsync.repository.writing import Changeset, HistoryBatch
from tests.api.osmc.conftest import Caller, account

TRUNK, SIDE = "5f31ea7b-144f-45b2-8899-0de92d99698a", "184bdb32-3959-4e23-b14f-346fbd26c0eb"
SPACE, RESOURCE = "e5b17282-4b76-43fd-a077-e838e2bbf0e5", "a3e235d0-8dff-4351-8bb4-c96f9ea1e8f5"
HOST = re.compile(r"(https?://)?[\w.]+(:8111)?(?=/osmc/)")


def as_stored(pair):
    """Return a recorded element in stored form."""
    element = pair[1]
    return canonical_value(
        {
            "children": [one["@id"] for one in element["kerml:ownedElement"]],
            "data": element["kerml:esiData"],
            "id": element["kerml:esiID"],
            "name": element.get("kerml:name"),
            "nsURI": element["kerml:nsURI"],
            "owner": None,
            "type": element["@type"],
        }
    )


def write(revision, puts, removes=()):
    """Write a recorded revision."""
    batch = HistoryBatch(copies=False)
    branches = (domain.Branch(TRUNK, "trunk", None, None),)
    branches += (domain.Branch(SIDE, "TestBranchRev3", 3, None),)
    described = domain.Resource(RESOURCE, "P", "Recorded", SPACE, TRUNK, branches)
    batch.describe(described, SPACE)
    parent = None if revision["directParent"] < 0 else revision["directParent"]
    with Changeset() as changes:
        for id_, body in puts.items():
            changes.put(id_, body)
        for id_ in removes:
            changes.remove(id_)
        start = batch.sink().tell()
        summary = changes.write(batch.sink(), batch.history(RESOURCE), parent)
    record = RevisionRecord(
        RESOURCE,
        revision["ID"],
        revision["branchID"],
        parent,
        revision["createdDate"],
        revision["author"],
        revision["description"],
        "",
        "",
        root_ids=tuple(revision["rootObjectIDs"]),
    )
    batch.admit_local(record, summary, start)
    batch.commit(SYSTEM, "test")


def filler(id_, number):
    return canonical_value(
        {"children": [], "data": {"v": number}, "id": id_, "owner": None, "type": "uml:Class"}
    )


@pytest.fixture
def said(recorded, db):
    """Return the recorded answers by name, after what they tell of is stored here."""
    Category.objects.create(id=SPACE, name="Recorded")
    history = {one["ID"]: one for one in recorded("twc19.0SP3_getRevisionHistoryExample")}
    elements = recorded("twc19.0SP3_getRev1RootElements")
    difference = recorded("twc19.0SP3_getRev2_1Diff")
    first = {id_: filler(id_, 1) for id_ in difference["changed"] + difference["removed"]}
    write(history[1], first | {id_: as_stored(one["data"]) for id_, one in elements.items()})
    second = {id_: filler(id_, 2) for id_ in difference["changed"] + difference["added"]}
    write(history[2], second, difference["removed"])
    write(history[3], {id_: as_stored(one["data"]) for id_, one in elements.items()})
    write(history[4], {})
    account("anna", "administrator")
    return SimpleNamespace(answer=recorded, elements=elements, client=Caller("anna"))


def same(ours, theirs):
    """Check that two answers are equal, but for the host that is named in them."""
    assert _neutral(ours) == _neutral(theirs)


def _neutral(value):
    return json.loads(HOST.sub("", json.dumps(value)))


FAMILIES = [f"resources/{RESOURCE}", f"workspaces/{SPACE}/resources/{RESOURCE}"]


@pytest.mark.parametrize("where", FAMILIES)
def test_the_list_of_revisions(said, where):
    ours = said.client.read(f"{where}/revisions", includeBody="true")
    same(ours, said.answer("twc19.0SP3_getRevisionHistoryExample"))


@pytest.mark.parametrize("number", [1, 3])
def test_a_revision(said, number):
    ours = said.client.read(f"{FAMILIES[1]}/revisions/{number}")
    same(ours, [said.answer(f"twc19.0SP3_getRev{number}")])


@pytest.mark.parametrize(("uid", "name"), [(TRUNK, "5F31"), (SIDE, "184b")])
def test_a_branch(said, uid, name):
    ours = said.client.read(f"{FAMILIES[0]}/branches/{uid}")
    same(ours, said.answer(f"twc19.0SP3_getBranch{name}"))


def test_the_branches(said):
    ours = said.client.read(f"{FAMILIES[1]}/branches", includeBody="true")
    same(ours["ldp:contains"], said.answer("twc19.0SP3_getBranchesContentExample"))


def test_a_difference(said):
    ours = said.client.read(f"{FAMILIES[0]}/revisiondiff", source=1, target=2)
    theirs = said.answer("twc19.0SP3_getRev2_1Diff")
    assert list(ours) == list(theirs)
    for key in ("added", "changed", "removed"):
        assert sorted(ours[key]) == sorted(theirs[key])
    assert ours["empty"] is theirs["empty"]


@pytest.mark.parametrize("dialect", [json.dumps, ",".join])
def test_a_batch_of_elements(said, dialect):
    ours = said.client.batch(f"{FAMILIES[1]}/revisions/3/elements", dialect(list(said.elements)))
    for one in ours.values():
        # The recorded server named the same second in its own zone: 05:30:59 PDT.
        assert one["data"][1].pop("kerml:modifiedTime") == "20200916123059UTC"
    for one in said.elements.values():
        assert one["data"][1].pop("kerml:modifiedTime") == "20200916053059PDT"
    same(ours, said.elements)


def test_the_roles(said):
    theirs = {role["ID"]: role for role in said.answer("osmc_admin_roles_2021x")}
    ours = {role["ID"]: role for role in said.client.read("admin/roles")}
    for id_ in ours.keys() & theirs.keys():
        assert ours[id_].keys() == theirs[id_].keys()
        assert ours[id_]["name"] == theirs[id_]["name"]
    assert len(ours.keys() & theirs.keys()) == 3


def test_the_permissions_of_roles(said):
    theirs = _permissions(said.answer("osmc_admin_roles_2021x"))
    ours = _permissions(said.client.read("admin/roles"))
    assert ours
    assert {id_: theirs[id_] for id_ in ours} == ours


def _permissions(roles):
    return {one["ID"]: one for role in roles for one in role["permissions"]}
