"""Differences of two revisions: along a branch, across branches, between roots that never meet."""

from __future__ import annotations

import random

import pytest

from tcsync.domain import Branch
from tcsync.errors import Missing
from tcsync.packs import Kind
from tcsync.repository import diffing, states
from tests.repository.histories import History

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

BRANCHES = (Branch("trunk", "trunk", None, None), Branch("side", "side", 1, None))


def operations(before: int, after: int, kind: Kind = Kind.ELEMENT) -> dict[str, str]:
    """Return what differs, which has to be the same however it is asked for."""
    found = list(diffing.difference(states.History("r1"), before, after, kind))
    named = list(diffing.changed(states.History("r1"), before, after, kind))
    assert named == [(one.id, one.operation) for one in found]
    return dict(named)


@pytest.fixture
def forked() -> None:
    """1 - 2 - 5 on trunk, 1 - 3 on a side branch."""
    resource = History("r1", branches=BRANCHES)
    resource.commit(1, None, {"a": {"v": 1}, "b": {"v": 1}, "c": {"v": 1}})
    resource.commit(2, 1, {"a": {"v": 2}, "new": {"v": 1}})
    resource.commit(3, 1, {"b": {"v": 3}}, removes=["c"], branch="side")
    resource.commit(5, 2, {"a": {"v": 1}}, removes=["b"])


@pytest.mark.usefixtures("forked")
def test_what_was_changed_and_changed_back_does_not_differ():
    assert operations(1, 5) == {"b": "removed", "new": "added"}


@pytest.mark.usefixtures("forked")
def test_the_way_back_is_the_reverse():
    assert operations(5, 1) == {"b": "added", "new": "removed"}


@pytest.mark.usefixtures("forked")
def test_two_branches_differ_by_what_each_did():
    assert operations(3, 5) == {"b": "removed", "c": "added", "new": "added"}
    assert operations(2, 3) == {"a": "edited", "b": "edited", "c": "removed", "new": "removed"}


@pytest.mark.usefixtures("forked")
def test_a_revision_does_not_differ_from_itself():
    assert operations(3, 3) == {}


@pytest.mark.usefixtures("forked")
def test_ids_rise_and_both_bodies_are_given():
    found = list(diffing.difference(states.History("r1"), 2, 3))
    assert [one.id for one in found] == ["a", "b", "c", "new"]
    history = states.History("r1")
    assert [(one.before, one.after) for one in found] == [
        (history.get(2, one.id), history.get(3, one.id)) for one in found
    ]


@pytest.mark.usefixtures("forked")
@pytest.mark.parametrize("at_once", [1, 2, 100])
def test_a_difference_goes_on_after_an_id(at_once):
    some = list(diffing.parts(states.History("r1"), 2, 3, after_id="a", at_once=at_once))
    assert [one.id for part in some for one in part.differences] == ["b", "c", "new"]
    assert some[-1].last == "new"
    assert not list(diffing.parts(states.History("r1"), 2, 3, after_id="new"))


@pytest.mark.usefixtures("forked")
def test_a_part_without_a_difference_says_how_far_it_came():
    first = next(diffing.parts(states.History("r1"), 1, 5, at_once=1))
    assert (first.differences, first.last) == ((), "a")


def test_roots_that_never_meet_are_compared_as_a_whole():
    resource = History("r1", branches=BRANCHES)
    resource.commit(1, None, {"a": {"v": 1}, "b": {"v": 1}})
    resource.commit(2, None, {"a": {"v": 1}, "b": {"v": 2}, "c": {"v": 1}}, branch="side")
    assert operations(1, 2) == {"b": "edited", "c": "added"}
    assert operations(2, 1) == {"b": "edited", "c": "removed"}


def test_artifacts_differ_by_their_manifest():
    resource = History("r1")
    resource.commit(1, None, {"a": {}}, artifacts={"d1": b"1", "d2": b"2", "d3": b"3"})
    resource.commit(2, 1, {"a": {"v": 2}}, artifacts={"d1": b"1", "d2": b"other", "d3": None})
    assert operations(1, 2, Kind.ARTIFACT) == {"d2": "edited", "d3": "removed"}


@pytest.mark.usefixtures("forked")
def test_a_revision_that_does_not_exist_is_missing():
    with pytest.raises(Missing, match="no revision 4"):
        operations(1, 4)


@pytest.mark.parametrize("seed", range(4))
def test_drawn_histories_differ_the_same_however_it_is_asked_for(seed):
    dice = random.Random(seed)
    resource = History("r1", branches=BRANCHES)
    states_of: dict[int, dict[str, int]] = {}
    heads = {"trunk": None, "side": None}
    for number in range(1, 16):
        branch = "side" if number > 1 and dice.random() < 0.5 else "trunk"
        parent = heads[branch] or heads["trunk"]
        before = states_of.get(parent, {})
        removes = dice.sample(sorted(before), min(len(before), dice.randrange(3)))
        puts = {f"e{dice.randrange(8)}": dice.randrange(3) for _ in range(dice.randrange(5))}
        puts = {id_: v for id_, v in puts.items() if id_ not in removes}
        states_of[number] = {i: v for i, v in before.items() if i not in removes} | puts
        bodies = {id_: {"v": v} for id_, v in puts.items()}
        resource.commit(number, parent, bodies, removes=removes, branch=branch)
        heads[branch] = number
    for before, one in states_of.items():
        for after, other in states_of.items():
            found = operations(before, after)
            differing = {i for i in one | other if one.get(i) != other.get(i)}
            assert set(found) == differing
            assert {i for i in differing if i not in one} == {
                i for i in found if found[i] == "added"
            }
