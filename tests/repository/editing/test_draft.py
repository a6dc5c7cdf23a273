"""A draft: many children of one owner, and bodies of copies that are not as ours."""

import time

import pytest

from tcsync.domain import UNCATEGORIZED_ID
from tcsync.packs import canonical_value, loads
from tcsync.repository.editing import Change, Draft, New, Removal, edit
from tcsync.repository.states import History
from tests.api.osmc.project import TRUNK, Project
from tests.repository.editing.test_race import ACTOR

MANY, SECONDS = 20_000, 4
ODD = {"children": [{}, "b"], "owner": {"id": "a"}, "data": {}}
INSIDE = {"children": [], "owner": "a", "data": {}}


@pytest.fixture
def odd(db) -> str:
    bodies = {"a": canonical_value(ODD), "b": canonical_value(INSIDE)}
    Project("r1", UNCATEGORIZED_ID).commit(1, None, bodies)
    return "r1"


def test_very_many_children_of_one_owner_come_and_go(odd):
    draft = Draft(History(odd), 1, ["a"])
    ids = [f"{n}" for n in range(MANY)]
    start = time.process_time()
    draft.fulfil(New(id_, "uml:Class", "", {}, owner="b") for id_ in ids)
    draft.fulfil(Removal(id_) for id_ in ids)
    assert time.process_time() - start < SECONDS
    assert draft.roots == ("a",)


def test_an_element_of_a_copy_with_odd_children_is_removed(odd):
    done = edit(ACTOR, odd, TRUNK, [Removal("a")])
    assert History(odd).get(done.number, "a") is None
    assert History(odd).get(done.number, "b") is None


def test_an_element_of_a_copy_with_an_odd_owner_is_moved(odd):
    made = edit(ACTOR, odd, TRUNK, [New("c", "uml:Class", "", {}, owner="")])
    done = edit(ACTOR, odd, TRUNK, [Change("a", {}, owner="c")])
    assert loads(History(odd).get(done.number, "a"))["owner"] == "c"
    assert loads(History(odd).get(done.number, "c"))["children"] == ["a"]
    assert done.number == made.number + 1
