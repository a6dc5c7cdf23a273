"""The closure of used projects: circles, diamonds, what is missing, and what ends it early."""

import pytest

from tcsync.domain import HeadUses
from tcsync.sync.closure import ASKED_AT_ONCE, MOST_FOUND, Closure, UsedBy, closure
from tests.sync.situations import resource


class World:
    """Resources by letters, and what the head of each uses; asking is written down."""

    def __init__(self, uses: dict[str, str | list[str]]) -> None:
        self.uses = uses
        self.offered = [resource(id_) for id_ in uses]
        self.hidden: set[str] = set()
        self.asked: list[str] = []

    def ask(self, ids):
        self.asked += ids
        return {
            id_: (HeadUses("trunk", 3, tuple(self._raw(used) for used in self.uses[id_])),)
            for id_ in ids
            if id_ not in self.hidden
        }

    def _raw(self, used: str) -> dict[str, object]:
        return {"resource": used, "branch": "trunk", "version": "2"}

    def closure(self, *picked: str, **more) -> Closure:
        return closure(picked, self.offered, self.ask, **more)


def reached(found: Closure) -> list[tuple[str, int]]:
    return [(one.use.resource, one.depth) for one in found.needed]


def test_what_is_used_by_what_is_used_is_in_it():
    assert reached(World({"a": "b", "b": "c", "c": ""}).closure("a")) == [("b", 1), ("c", 2)]


def test_a_circle_ends_and_holds_what_was_picked_too():
    world = World({"a": "b", "b": "c", "c": "ab"})
    assert reached(world.closure("a")) == [("b", 1), ("c", 2), ("a", 3)]
    assert sorted(world.asked) == ["a", "b", "c"]


def test_a_project_that_uses_itself_is_not_its_own_user():
    assert World({"a": "a"}).closure("a").needed == ()


def test_what_is_reached_in_two_ways_stands_there_once_with_both_users():
    world = World({"a": "bc", "b": "d", "c": "d", "d": ""})
    (lowest,) = (one for one in world.closure("a").needed if one.use.resource == "d")
    assert lowest.users == (UsedBy("b", "trunk", "2"), UsedBy("c", "trunk", "2"))
    assert world.asked.count("d") == 1


def test_what_the_source_does_not_offer_is_named_and_not_asked():
    world = World({"a": ["ghost", "b"], "b": ""})
    found = {one.use.resource: one.resource for one in world.closure("a").needed}
    assert found["ghost"] is None
    assert found["b"] is not None
    assert "ghost" not in world.asked


def test_a_project_id_leads_to_the_same_resource_as_its_resource_id():
    world = World({"a": "b", "b": "", "c": "b"})
    both = {"a": {"project": "PROJECT-b", "version": "1"}, "c": {"resource": "b", "version": "2"}}
    world._raw = lambda _used: both[world.asked[-1]]
    found = closure(["a"], world.offered, world.ask).needed
    found += closure(["c"], world.offered, world.ask).needed
    assert [one.resource.id for one in found] == ["b", "b"]


def test_files_that_no_server_holds_are_left_out():
    world = World({"a": "x"})
    world._raw = lambda used: {"uri": f"file:/{used}.mdzip", "version": "19.0 v9"}
    assert world.closure("a").needed == ()


def test_what_could_not_be_read_is_told():
    world = World({"a": "bc", "b": "", "c": "d", "d": ""})
    world.hidden = {"c"}
    found = world.closure("a")
    assert reached(found) == [("b", 1), ("c", 1)]
    assert found.unread == ("c",)


def test_a_thousand_in_a_row_and_a_thousand_side_by_side():
    row = World({str(n): [str(n + 1)] for n in range(1000)} | {"1000": ""})
    assert len(row.closure("0").needed) == 1000
    wide = World({"a": [str(n) for n in range(1000)]} | {str(n): ["a"] for n in range(1000)})
    assert len(wide.closure("a").needed) == 1001
    assert len(wide.asked) == 1001


@pytest.mark.parametrize("most", [1, 2])
def test_it_ends_after_so_many_questions_and_says_how_many_are_left(most):
    found = World({"a": "bcd", "b": "", "c": "", "d": ""}).closure("a", most=most)
    assert (len(found.needed), found.left) == (3, 4 - most)


def test_whatever_a_source_tells_no_more_are_named_than_may_be():
    told = tuple({"resource": f"x{n}", "version": "1"} for n in range(MOST_FOUND + 7))
    ask = {"a": (HeadUses("trunk", 1, told),)}
    found = closure(["a"], [resource("a")], lambda _ids: ask)
    assert (len(found.needed), found.left) == (MOST_FOUND, 7)


def test_it_ends_when_the_time_is_up():
    world = World({str(n): "" for n in range(3 * ASKED_AT_ONCE)})
    answers = iter([True, False])
    found = closure(map(str, range(600)), world.offered, world.ask, lambda: next(answers))
    assert (len(world.asked), found.left) == (ASKED_AT_ONCE, 2 * ASKED_AT_ONCE)


def test_a_source_that_does_not_know_the_question_cannot_tell():
    found = closure(["a"], [resource("a")], lambda _ids: None)
    assert not found.can_tell
