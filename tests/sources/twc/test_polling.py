"""Polls: what changed is told, and a poll that finds nothing costs next to nothing."""

from __future__ import annotations

import pytest

from tcsync.errors import BadAnswer
from tcsync.sources.twc.polling import FEW, ROUND
from tests.fakes.twc import Habits, Put, StandIn, World, faults
from tests.fakes.twc.generate import polled
from tests.fakes.twc.samples import sample
from tests.sources.twc.connecting import connect, looked_at


@pytest.fixture
def rover(world: World):
    return world.resource("Rover")


class Watching:
    """Somebody who polls with the cursor of the time before."""

    def __init__(self, source):
        self.source = source
        self.cursor = source.changes(None).cursor

    def look(self) -> tuple[str, ...]:
        self.last = self.source.changes(self.cursor)
        self.cursor = self.last.cursor
        return self.last.resources


@pytest.fixture
def watching(source):
    return Watching(source)


def test_the_first_poll_only_takes_a_cursor(source):
    found = source.changes(None)
    assert (found.resources, found.tree_changed, found.complete) == ((), False, True)
    assert found.epoch == source.identity().epoch


def test_a_poll_that_finds_nothing_keeps_its_cursor(watching):
    before = watching.cursor
    assert watching.look() == ()
    assert watching.cursor == before


@pytest.mark.parametrize(
    "change",
    [
        lambda rover: rover.commit(put={"arm": Put(name="Boom")}),
        lambda rover: rover.rename("Lander"),
        lambda rover: rover.move("Engines"),
        lambda rover: rover.remove(),
    ],
)
def test_a_change_of_a_resource_is_told_once(watching, rover, change):
    change(rover)
    assert watching.look() == (rover.id,)
    assert watching.look() == ()


def test_a_resource_that_comes_is_told(watching, world):
    new = world.resource("New", "Space").commit(put={"m": Put("uml:Model", "")})
    assert watching.look() == (new.id,)


def test_a_resource_whose_right_was_lost_is_told(watching, world, rover):
    world.hide("Rover")
    assert watching.look() == (rover.id,)


def test_a_change_of_the_tree_is_told(watching, world):
    world.rename_category("Space", "Outer space")
    watching.look()
    assert watching.last.tree_changed


@pytest.mark.parametrize(
    "change",
    [
        lambda rover: rover.tag("v3", 4),
        lambda rover: rover.tag("v1", 4),
        lambda rover: rover.untag("v2"),
    ],
)
def test_tags_are_looked_at_in_turn(watching, rover, change):
    resources = 3
    for _poll in range(resources):
        assert watching.look() == ()
    change(rover)
    found = [watching.look() for _poll in range(resources)]
    assert sorted(found) == [(), (), (rover.id,)]


def test_who_asks_late_is_told_all_since_then(watching, rover, world):
    early = watching.cursor
    rover.commit(put={"arm": Put(name="Boom")})
    watching.look()
    world.resource("Library").commit(put={"bolt": Put(name="Nut")})
    watching.look()
    found = watching.source.changes(early)
    assert set(found.resources) == {rover.id, world.resource("Library").id}


def test_a_source_that_remembers_nothing_says_that_all_must_be_looked_at_anew(source):
    first = source.changes(17)
    assert first.epoch != source.identity().epoch
    assert source.changes(17).epoch == source.identity().epoch


def test_without_dates_the_newest_revision_of_what_is_followed_tells(sessions):
    world = sample(habits=Habits(resource_dates=False))
    rover = world.resource("Rover")
    with StandIn(world) as server, connect(server, sessions) as source:
        looked_at(source, rover.id)
        watching = Watching(source)
        rover.commit(put={"arm": Put(name="Boom")})
        assert watching.look() == (rover.id,)
        assert watching.look() == ()
        sessions.close()


def test_a_second_commit_within_the_unit_of_the_date_is_told(server, sessions, rover):
    now = [1000.0]
    with connect(server, sessions, clock=lambda: now[0]) as source:
        watching = Watching(source)
        rover.commit(put={"arm": Put(name="Boom")})
        assert watching.look() == (rover.id,)
        rover.commit(put={"arm": Put(name="Beam")}, time=rover.modified)
        now[0] += 10
        assert watching.look() == (rover.id,)
        sessions.close()


def test_an_answer_that_is_nested_too_deep_is_a_bad_answer(source, server):
    watching = Watching(source)
    server.faults.add("*/branches", faults.text(b"[" * 500 + b"]" * 500))
    with pytest.raises(BadAnswer, match="cannot be understood"):
        watching.look()


@pytest.fixture
def crowd(sessions):
    """Somebody who polls nine resources, of which each has been looked at in every way."""
    with StandIn(polled(FEW + 1)) as server, connect(server, sessions) as source:
        watching = Watching(source)
        for _poll in range((FEW + 1) * ROUND):
            assert watching.look() == ()
        watching.world, watching.server = server.world, server
        yield watching
        sessions.close()


def looks_until_told(watching) -> int:
    for count in range(1, (FEW + 1) * ROUND + 1):
        if watching.look() or watching.last.tree_changed:
            return count
    raise AssertionError("nothing was told")


@pytest.mark.parametrize(
    ("change", "most"),
    [
        (lambda world: world.resource("Project 0004").commit(put={"block 0": Put(name="N")}), 1),
        (lambda world: world.resource("Project 0004").tag("v1", 2), 2 * (FEW + 1)),
        (lambda world: world.rename_category("Category 4", "Another"), ROUND),
        (lambda world: world.resource("Project 0004").branch("another"), 1),
    ],
)
def test_of_many_resources_all_that_changes_is_told_sooner_or_later(crowd, change, most):
    change(crowd.world)
    assert looks_until_told(crowd) <= most


def test_of_many_resources_a_tag_that_moves_is_told_at_last(crowd):
    rover = crowd.world.resource("Project 0004").tag("v1", 2)
    looks_until_told(crowd)
    for _poll in range((FEW + 1) * ROUND):
        crowd.look()
    rover.tag("v1", 3)
    assert looks_until_told(crowd) <= (FEW + 1) * ROUND


def test_a_category_that_only_a_resource_names_is_read_at_once(crowd):
    crowd.world.category("New")
    crowd.world.resource("Project 0004").move("New")
    assert len(crowd.look()) == 1
    assert crowd.last.tree_changed


def test_a_poll_of_a_thousand_resources_that_finds_nothing_is_two_requests(sessions):
    with StandIn(polled(1000)) as server, connect(server, sessions) as source:
        watching = Watching(source)
        server.statistics.clear()
        for _poll in range(ROUND):
            assert watching.look() == ()
        # Branches and tags together, once in a round, are one more.
        assert len(server.statistics.asked) == 2 * ROUND + 1
        sessions.close()
