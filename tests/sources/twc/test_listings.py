"""Listings as real servers gave them: recorded answers through the same functions."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from tcsync.errors import BadAnswer
from tcsync.sources.twc.elements import reference
from tcsync.sources.twc.listings import (
    Commit,
    Listing,
    described,
    read_branches,
    read_listing,
    read_revision,
    root_ids,
)
from tcsync.sources.twc.preparing import read_difference

RECORDED = Path(__file__).resolve().parents[3].parent / "shared" / "teamwork-cloud" / "recorded"
RESOURCE = "a3e235d0-8dff-4351-8bb4-c96f9ea1e8f5"
TRUNK = "5f31ea7b-144f-45b2-8899-0de92d99698a"
SIDE = "184bdb32-3959-4e23-b14f-346fbd26c0eb"


class Recorded:
    """Answers every call with one text."""

    where = "recorded"

    def __init__(self, text: bytes):
        self.text = text

    def shaped(self, _path, shape):
        return msgspec.json.decode(self.text, type=shape)

    def json(self, _path):
        return json.loads(self.text)

    def strange(self, what):
        return BadAnswer(what)


def answered(name: str, wrap: str = "%s") -> Recorded:
    path = RECORDED / f"twc19.0SP3_{name}.json"
    if not path.is_file():
        pytest.skip("../shared/teamwork-cloud is not there")
    return Recorded((wrap % path.read_text()).encode())


def listing() -> Listing:
    return read_listing(answered("getRevisionHistoryExample"), RESOURCE)


def test_a_recorded_history_is_read():
    found = listing()
    assert {n: (r.parent, r.branch) for n, r in found.records.items()} == {
        1: (None, TRUNK),
        2: (1, TRUNK),
        3: (2, TRUNK),
        4: (3, SIDE),
    }
    newest = found.records[4]
    assert (newest.author, newest.time) == ("userid", 1601477216)
    assert newest.message == 'Branch "TestBranchRev3" created'


def test_the_roots_of_a_recorded_revision_keep_their_order():
    roots = root_ids(answered("getRev3", "[%s]"), listing(), 3)
    assert len(roots) == 55
    assert roots[0] == "1a1dbf67-bddb-4321-96fe-a01be9b76347"


@pytest.mark.parametrize("wrap", ["[%s]", "%s"])
def test_a_recorded_revision_is_the_first_entry_or_the_answer_itself(wrap):
    commit = read_revision(answered("getRev1", wrap), RESOURCE, 1)
    assert (commit.id, commit.parent) == (1, -1)
    assert commit.branch.endswith(TRUNK)


def test_recorded_branches_are_read_with_start_and_head():
    recorded = answered("getBranchesContentExample", '{"ldp:contains": %s}')
    found = {b.name: b for b in read_branches(recorded, RESOURCE, listing())}
    assert (found["trunk"].id, found["trunk"].start, found["trunk"].head) == (TRUNK, None, 3)
    assert (found["TestBranchRev3"].id, found["TestBranchRev3"].start) == (SIDE, 3)
    assert found["TestBranchRev3"].head == 4


def test_a_recorded_difference_is_read():
    found = read_difference(answered("getRev2_1Diff"), RESOURCE, 1, 2)
    assert (len(found.put), len(found.removed)) == (12, 1)


def test_overlaps_in_a_difference_are_lenient():
    told = {"added": ["a", "b"], "changed": ["b", "#c"], "removed": ["c", "d", "d"], "empty": False}
    found = read_difference(Recorded(json.dumps(told).encode()), RESOURCE, 1, 2)
    assert (found.put, found.removed) == (("a", "b", "c"), ("d",))


@pytest.mark.parametrize(
    ("value", "id_"),
    [
        ("x", "x"),
        ("#x", "x"),
        ({"@id": "#x"}, "x"),
        ({"@id": {"@id": "x"}}, "x"),
        (7, ""),
        ({}, ""),
    ],
)
def test_a_reference_is_found_however_it_is_wrapped(value, id_):
    assert reference(value) == id_


@pytest.mark.parametrize(
    "value",
    [
        {"a": 1, "b": 2},
        [{"ldp:membershipResource": {}}, {"a": 1, "b": 2}],
        {"status": 200, "data": {"a": 1, "b": 2}},
        {"status": "200", "data": [{"ldp:membershipResource": {}}, {"a": 1, "b": 2}]},
    ],
)
def test_a_description_is_found_however_it_is_wrapped(value):
    assert described(value) == {"a": 1, "b": 2}


@pytest.mark.parametrize("value", ["id", {"@id": "id"}, {"status": 404, "data": []}, [], None])
def test_an_id_alone_describes_nothing(value):
    assert described(value) is None


def test_a_revision_in_its_oldest_form_is_read():
    commit = msgspec.json.decode(
        b'{"ID":"7","branchID":"b","commitDate":1470636013000}', type=Commit
    )
    recorded = Recorded(msgspec.json.encode([commit]))
    assert read_listing(recorded, "r").records[7].time == 1470636013


@pytest.mark.parametrize("parent", ["--5", "9" * 5000, "5-", "OK", ""])
def test_a_parent_that_is_no_number_is_none(parent):
    commit = Commit(id="7", branch="b", date=1470636013000, parent=parent)
    assert read_listing(Recorded(msgspec.json.encode([commit])), "r").records[7].parent is None


@pytest.mark.parametrize("number", ["--5", "9" * 5000, "OK"])
def test_a_revision_with_a_number_that_is_none_is_refused(number):
    commit = Commit(id=number, branch="b", date=1470636013000)
    with pytest.raises(BadAnswer, match="has no number"):
        read_listing(Recorded(msgspec.json.encode([commit])), "r")


def test_root_elements_that_no_number_can_be_are_refused():
    listed = Listing("r", {}, {3: msgspec.Raw(b"[%s]" % (b"9" * 5000))})
    with pytest.raises(BadAnswer, match="the roots of revision 3"):
        root_ids(Recorded(b""), listed, 3)
