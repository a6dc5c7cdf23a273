"""The stand-in and a real server answer the same calls with the same keys, all the way down."""

import json

import pytest

from tests.fakes.standin.asking import Client
from tests.fakes.twc import Habits, Put, StandIn, World

TRUNK = "5f31ea7b-144f-45b2-8899-0de92d99698a"
WORKSPACE = "Tests"


def skeleton(value):
    """Return the keys of JSON; of scalars their kind. What a list holds counts once."""
    if isinstance(value, dict):
        return {key: skeleton(one) for key, one in value.items()}
    if isinstance(value, list):
        kinds = []
        for one in map(skeleton, value):
            if one not in kinds:
                kinds.append(one)
        return kinds
    return type(value).__name__


def _without_owned(data):
    return {key: value for key, value in data.items() if key != "ownedElement"}


@pytest.fixture
def saved(recorded):
    def read(name):
        return json.loads((recorded / name).read_text("utf-8"))

    return read


@pytest.fixture
def elements(saved):
    """Return the recorded element objects by id."""
    items = saved("twc19.0SP3_getRev1RootElements.json")
    return {id_: item["data"][1] for id_, item in items.items()}


@pytest.fixture
def resource(elements):
    """Make the recorded resource: its two roots, what one of them owns, and its four commits."""
    world = World("19.0 SP3", Habits()).category(WORKSPACE)
    one = world.resource("Recorded", WORKSPACE)
    put = {
        id_: Put(told["@type"], "", told.get("kerml:name"), told["kerml:esiData"])
        for id_, told in elements.items()
    }
    model = next(id_ for id_, told in elements.items() if told["@type"] == "uml:Model")
    children = {ref["@id"]: Put(owner=model) for ref in elements[model]["kerml:ownedElement"]}
    one.commit(put | children).commit(message="Test commit").commit(message="Deleting")
    return one.branch("TestBranchRev3", at=3)


@pytest.fixture
def asking(resource):
    with StandIn(resource.world) as server, Client(server) as client:
        client.login()
        yield client


@pytest.fixture
def base(resource):
    return f"/workspaces/{resource.category}/resources/{resource.id}"


def test_the_list_of_revisions_has_the_recorded_keys(saved, asking, base):
    real = saved("twc19.0SP3_getRevisionHistoryExample.json")
    ours = asking.get(f"{base}/revisions?includeBody=true")
    assert skeleton(ours) == skeleton(real)
    assert [one["ID"] for one in ours] == [one["ID"] for one in real]
    assert [one["directParent"] for one in ours] == [one["directParent"] for one in real]


@pytest.mark.parametrize(("title", "name"), [("trunk", "5F31"), ("TestBranchRev3", "184b")])
def test_a_branch_has_the_recorded_keys(saved, asking, base, resource, title, name):
    real = saved(f"twc19.0SP3_getBranch{name}.json")
    ours = asking.get(f"{base}/branches/{resource.branch_named(title).id}")
    assert skeleton(ours) == skeleton(real)
    assert ours[1]["kerml:revisions"] == real[1]["kerml:revisions"]
    assert ours[1]["startRevision"] == real[1]["startRevision"]


def test_the_list_of_branches_has_the_recorded_keys(saved, asking, base):
    real = saved("twc19.0SP3_getBranchesContentExample.json")
    ours = asking.get(f"{base}/branches?includeBody=true")["ldp:contains"]
    assert skeleton(ours) == skeleton(real)
    facts = [[pair[1]["dcterms:title"], pair[1]["latestRevision"]] for pair in ours]
    assert facts == [[pair[1]["dcterms:title"], pair[1]["latestRevision"]] for pair in real]


@pytest.mark.parametrize("number", [1, 3])
def test_a_revision_has_the_recorded_keys(saved, asking, base, number):
    real = saved(f"twc19.0SP3_getRev{number}.json")
    ours = asking.get(f"{base}/revisions/{number}")
    assert skeleton(ours) == [skeleton(real)]
    assert ours[0]["branchID"].startswith("../../../branches/")
    assert ours[0]["@base"].endswith(f"/revisions/{number}/elements")


def test_elements_have_the_recorded_keys_and_data(saved, asking, base, elements):
    real = saved("twc19.0SP3_getRev1RootElements.json")
    asking.ask("POST", f"{base}/revisions/1/elements", ",".join(elements))
    ours = json.loads(asking.body)
    assert skeleton(ours) == skeleton(real)
    for id_, told in elements.items():
        assert ours[id_]["data"][1]["kerml:esiData"] == told["kerml:esiData"]
        assert ours[id_]["data"][1]["kerml:ownedElement"] == told["kerml:ownedElement"]


def test_a_difference_has_the_recorded_keys(saved, asking, base, resource):
    resource.commit(put={"kept": Put(owner=""), "gone": Put(owner="")})
    resource.commit(put={"kept": Put(name="other"), "new": Put(owner="")}, remove=["gone"])
    real = saved("twc19.0SP3_getRev2_1Diff.json")
    ours = asking.get(f"{base}/revisiondiff?source=5&target=6")
    assert skeleton(ours) == skeleton(real)


def test_roles_have_the_recorded_keys(saved, asking):
    (ours,) = skeleton(asking.get("/admin/roles"))
    assert ours in skeleton(saved("osmc_admin_roles_2021x.json"))
