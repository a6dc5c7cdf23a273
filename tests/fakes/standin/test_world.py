"""What tests can do to a world, and that a history stays what it was."""

import pytest

from tests.fakes.twc import Put, World
from tests.fakes.twc.content import decode, encode
from tests.fakes.twc.generate import Size, big, polled
from tests.fakes.twc.keeping import kept


@pytest.fixture
def resource():
    return (
        World()
        .resource("Rover")
        .commit(put={"a": Put(owner=""), "b": Put(owner="a", name="B", data={"v": 2**70})})
        .commit(put={"b": Put(name="C")})
    )


def names(resource, number):
    way = resource.history.way(number)
    found = (resource.history.at(resource.element_id(key), way) for key in "abc")
    return [None if version is None else decode(version).name for version in found]


def test_a_revision_goes_on_showing_what_it_showed(resource):
    resource.commit(remove=["b"]).commit(put={"c": Put(owner="a")})
    shown = [names(resource, number) for number in (1, 2, 3, 4)]
    assert shown == [["a", "B", None], ["a", "C", None], ["a", None, None], ["a", None, "c"]]


def test_a_branch_makes_a_commit_and_does_not_see_the_trunk_go_on(resource):
    resource.branch("side", at=1).commit(put={"c": Put(owner="a")})
    assert resource.newest == 4
    assert names(resource, 3) == names(resource, 1)
    assert resource.numbers(resource.branch_named("side")) == [3, 1]
    assert resource.numbers(resource.branch_named("trunk")) == [4, 2, 1]


def test_an_owner_is_changed_by_what_is_put_below_it(resource):
    resource.commit(put={"c": Put(owner="a")})
    a, c = resource.element_id("a"), resource.element_id("c")
    assert resource.history.difference(2, 3) == ([c], [a], [])
    assert resource.history.difference(3, 2) == ([], [a], [c])
    assert resource.history.difference(3, 3) == ([], [], [])


def test_removing_takes_away_what_is_owned(resource):
    resource.commit(remove=["a"])
    assert names(resource, 3) == [None, None, None]
    assert resource.revisions[3].roots == ()


def test_what_housekeeping_removes_is_gone_and_what_is_above_stays(resource):
    resource.tag("old", 1).commit(message="third").vanish(1, 2)
    assert [one.number for one in resource.listed()] == [3]
    assert resource.revisions[3].parent == 2
    assert resource.tags == {}
    assert names(resource, 3) == ["a", "C", None]


def test_deleting_a_branch_makes_holes(resource):
    resource.branch("side").delete_branch("side").commit()
    assert [one.number for one in resource.listed()] == [4, 2, 1]


def test_a_revision_can_be_rewritten_under_its_number(resource):
    resource.rewrite(2, put={"b": Put(name="Other")}, author="mallory")
    assert names(resource, 2) == ["a", "Other", None]
    assert resource.revisions[2].facts.author == "mallory"
    assert resource.newest == 2


def test_a_commit_that_says_an_old_time_still_changes_the_resource_now(resource):
    before = resource.modified
    resource.commit(time=1)
    assert resource.revisions[3].time == 1
    assert resource.modified > before


def test_renaming_keeps_the_suffix_and_moving_the_id(resource):
    world = resource.world.category("Space")
    resource.rename("Explorer").move("Space")
    assert resource.title == "Explorer.MASTER"
    assert resource.category == world.categories["Space"].id
    assert world.resource("Rover") is resource


def test_a_type_without_names_has_none(resource):
    resource.commit(put={"c": Put("uml:Comment", "a", name="")})
    version = resource.history.at(resource.element_id("c"), resource.history.way(3))
    assert b"kerml:name" not in version.head
    assert b'"name"' not in version.tail


def test_an_element_comes_back_from_its_bytes(resource):
    way = resource.history.way(2)
    version = resource.history.at(resource.element_id("b"), way)
    assert decode(version).data == {"v": 2**70}
    assert encode(decode(version)) == version


def test_ids_and_times_are_the_same_on_every_run(resource):
    again = World().resource("Rover").commit(put={"a": Put(owner="")})
    assert again.id == resource.id
    assert again.element_id("a") == resource.element_id("a")
    assert again.revisions[1].time == resource.revisions[1].time


def test_a_generated_resource_has_the_size_that_was_asked_for():
    resource = big(Size(elements=1_000, revisions=20)).resource("Big")
    way = resource.history.way(20)
    live = [id_ for id_ in resource.history.ids() if resource.history.at(id_, way) is not None]
    assert len(live) == 1_000
    assert resource.newest == 20


def test_many_small_resources_are_spread_over_categories():
    world = polled(20)
    assert len(world.resources) == 20
    assert len({one.category for one in world.resources.values()}) == 10


def test_a_world_that_was_kept_is_read_back_and_can_go_on(tmp_path):
    made = []

    def make():
        made.append(big(Size(elements=200, revisions=3)))
        return made[-1]

    worlds = [kept(tmp_path, "small", make) for _ in range(2)]
    assert len(made) == 1
    numbers = [world.resource("Big").commit(put={"e1": Put(name="x")}).newest for world in worlds]
    assert numbers == [4, 4]
    assert worlds[0].resource("Big").revisions == worlds[1].resource("Big").revisions
