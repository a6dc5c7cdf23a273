"""Revisions told one by one: what they change, what they own, what goes wrong on the way."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tcsync.errors import BadAnswer, Cancelled, Gone, Unreachable
from tcsync.sources.base import Want
from tcsync.sources.twc.listings import LISTED_SECONDS
from tests.fakes.twc import Put, Use, World, faults
from tests.sources.told import put
from tests.sources.twc.connecting import Kept, looked_at, walked, wants


@pytest.fixture
def rover(world: World):
    return world.resource("Rover")


def pulled(source, *resources) -> Kept:
    """Return all revisions of resources as they were told."""
    shown = looked_at(source, *(r.id for r in resources)).resources
    return Kept().pull(source, wants(*shown))


def test_every_revision_is_what_a_full_walk_shows(source, rover, world):
    kept = pulled(source, rover, world.resource("Library"), world.resource("Notes"))
    assert len(kept.told) == 8
    for (resource, number), elements in kept.elements_at.items():
        assert walked(source, resource, number)[0] == elements


def test_a_first_revision_is_told_whole_and_the_others_as_differences(source, rover):
    kept = pulled(source, rover)
    assert [item.is_whole for item in kept.told.values()] == [True, False, False, False, False]
    assert not any(item.record.hole_before for item in kept.told.values())


def test_a_record_has_what_the_listing_and_the_decomposition_say(source, rover, world):
    record = pulled(source, rover).told[rover.id, 7].record
    library = world.resource("Library")
    assert (record.number, record.parent, record.branch) == (7, 2, rover.trunk)
    assert record.root_ids == tuple(map(rover.element_id, ("project", "options", "model")))
    used = {"resource": library.id, "branch": library.trunk, "version": "1"}
    assert record.used_projects == (used,)


def test_used_projects_are_told_in_one_order_and_without_names(source, world):
    uses = [Use("Profile", None, version="19.0 v9"), Use("B", "b", "x"), Use("A", "a", "x")]
    world.resource("New").commit(put={"m": Put("uml:Model", "")}, uses=[*uses, uses[1]])
    (record,) = (item.record for item in pulled(source, world.resource("New")).told.values())
    assert record.used_projects == (
        {"branch": "x", "resource": "a", "version": "1"},
        {"branch": "x", "resource": "b", "version": "1"},
        {"uri": "file:/Profile.mdzip", "version": "19.0 v9"},
    )


def test_owners_of_what_was_added_changed_and_removed_are_read_anew(source, rover):
    rover.commit(put={"box": Put("uml:Package", "model"), "lid": Put("uml:Class", "box")})
    rover.commit(put={"lid": Put(owner="model")})
    rover.commit(remove=["lid"])
    kept = pulled(source, rover)
    names = {rover.element_id(key): key for key in ("model", "box", "lid", "wheel", "arm")}
    puts = {n: {names.get(id_, id_) for id_ in kept.puts[rover.id, n]} for n in (8, 9, 10)}
    assert puts[8] >= {"model", "box", "lid"}
    assert puts[9] >= {"model", "box", "lid"}
    assert puts[10] == {"model"}


def test_owners_are_read_even_where_the_difference_leaves_them_out(source, server, rover):
    kept = pulled(source, rover)
    rover.commit(put={"bolt": Put("uml:Class", "arm")})
    arm = rover.element_id("arm")
    server.faults.add("*/revisiondiff", faults.lie(arm))
    (shown,) = looked_at(source, rover.id).resources
    kept.pull(source, [Want(shown.id, (8,))])
    assert kept.elements_at[rover.id, 8] == walked(source, rover.id, 8)[0]


@pytest.mark.parametrize("seed", range(4))
def test_random_histories_are_what_full_walks_show(source, world, seed):
    dice = random.Random(seed)
    model = world.resource("Random").commit(put={"root": Put("uml:Model", "")})
    lines = {"trunk": {"root": ""}}
    for number in range(25):
        if number == 12:
            model.branch("side")
            lines["side"] = dict(lines["trunk"])
        line = dice.choice(sorted(lines))
        put, gone = step(dice, lines[line], number)
        model.commit(put, gone, branch=line)
    kept = pulled(source, model)
    assert len(kept.told) == 27
    for (resource, number), elements in kept.elements_at.items():
        assert walked(source, resource, number)[0] == elements


def step(dice, owners, number):
    """Return what a random commit puts and removes; `owners` says who owns what so far."""
    new = {f"e{number}-{n}": dice.choice(sorted(owners)) for n in range(dice.randint(0, 4))}
    put = {key: Put("uml:Class", owner) for key, owner in new.items()}
    gone = []
    leaves = sorted(owners.keys() - set(owners.values()) - set(new.values()) - {"root"})
    if leaves and dice.random() < 0.5:
        owners[leaves[0]] = dice.choice(["root", *new])
        put[leaves[0]] = Put(owner=owners[leaves[0]], name=f"moved {number}")
    if len(leaves) > 1 and dice.random() < 0.5:
        gone = [leaves[-1]]
        del owners[gone[0]]
    owners.update(new)
    return put, gone


def test_one_new_revision_costs_fewer_than_fifteen_requests(source, server, rover):
    kept = pulled(source, rover)
    blocks = {f"block {n}": Put("uml:Class", "arm") for n in range(30)}
    rover.commit(put=blocks)
    before = len(server.statistics.asked)
    (shown,) = looked_at(source, rover.id).resources
    kept.pull(source, [Want(shown.id, (8,))])
    assert len(server.statistics.asked) - before < 15
    assert server.statistics.writes == []


def test_a_parent_that_nobody_has_leaves_a_hole_and_a_walk(source, rover):
    rover.vanish(2)
    kept = Kept()
    kept.pull(source, [Want(rover.id, (1, 7))])
    told = kept.told[rover.id, 7]
    assert (told.is_whole, told.record.hole_before, told.record.parent) == (True, True, 2)


def test_a_parent_that_is_held_and_vanished_at_the_source_leaves_no_hole(source, rover):
    kept = pulled(source, rover)
    rover.commit(put={"mast": Put("uml:Class", "model")}).vanish(7)
    kept.pull(source, [Want(rover.id, (8,))])
    told = kept.told[rover.id, 8]
    assert (told.is_whole, told.record.hole_before, told.record.parent) == (True, False, 7)


def test_artifacts_come_with_their_bytes_and_once(source, server, rover):
    kept = pulled(source, rover)
    photo = rover.element_id("photo")
    assert kept.blobs[kept.manifests[rover.id, 7][photo].digest] == bytes(range(256))
    assert set(kept.manifests[rover.id, 7]) == {photo}
    downloads = [path for path in server.statistics.asked if rover.element_id("diagram") in path]
    assert len(downloads) <= 2 + 3


def test_an_artifact_that_grew_under_its_id_is_read_again(source, rover):
    rover.commit(artifacts={"photo": b"other bytes"})
    kept = pulled(source, rover)
    ref = kept.manifests[rover.id, 8][rover.element_id("photo")]
    assert kept.blobs[ref.digest] == b"other bytes"


def test_of_many_artifacts_some_are_asked_for_at_each_revision_in_turn(source, server, world):
    keys = [f"a{n}" for n in range(10)]
    many = world.resource("Many").commit(artifacts=dict.fromkeys(keys, b"old"))
    many.commit(artifacts=dict.fromkeys(keys, b"other bytes")).commit()
    manifests = pulled(source, many).manifests
    sizes = [sorted(ref.size for ref in manifests[many.id, n].values()) for n in (1, 2, 3)]
    assert sizes == [[3] * 10, [3] * 2 + [11] * 8, [11] * 10]
    asked = sum("/revisions/3/artifacts/" in path for path in server.statistics.asked)
    assert asked == 8 + 2 * 2


def test_a_big_artifact_arrives_whole(source, world):
    data = bytes(range(256)) * 20_000
    big = world.resource("Big").commit(put={"m": Put("uml:Model", "")}, artifacts={"a": data})
    kept = pulled(source, big)
    assert list(kept.blobs.values()) == [data]


def test_an_artifact_of_another_length_than_was_said_is_refused(source, server, rover):
    longer = faults.reshaped(lambda told: {**told, "size": told["size"] + 1})
    server.faults.add(lambda r: "/artifacts/" in r.path and not r.query, longer)
    with pytest.raises(BadAnswer, match="601"):
        pulled(source, rover)


def test_a_resource_that_may_no_longer_be_read_is_absent_and_the_others_come(source, rover, world):
    shown = looked_at(source, rover.id, world.resource("Library").id).resources
    world.hide("Rover")
    kept = Kept().pull(source, wants(*shown))
    (absent,) = kept.absent
    assert (absent.resource, absent.code) == (rover.id, "hidden")
    assert len(kept.told) == 2


def test_a_resource_that_was_deleted_is_absent(source, rover, clock):
    shown = looked_at(source, rover.id).resources
    clock.pass_by(LISTED_SECONDS)
    rover.remove()
    (absent,) = Kept().pull(source, wants(*shown)).absent
    assert absent.code == "gone"


def test_what_was_listed_moments_ago_and_is_gone_by_now_is_not_told_as_if_it_were_there(
    source, rover
):
    shown = looked_at(source, rover.id).resources
    rover.remove()
    with pytest.raises(Gone):
        Kept().pull(source, wants(*shown))


def test_a_right_that_is_lost_in_the_middle_ends_this_resource_alone(source, rover, world):
    (shown,) = looked_at(source, rover.id).resources
    with source.changesets(wants(shown), Kept()) as arriving:
        first = next(arriving)
        world.hide("Rover")
        with pytest.raises(Gone, match="may no longer read"):
            list(first.changes)


def test_a_revision_that_vanished_since_it_was_listed_ends_its_resource(source, rover, clock):
    (shown,) = looked_at(source, rover.id).resources
    clock.pass_by(LISTED_SECONDS)
    rover.vanish(3)
    kept = Kept().pull(source, wants(shown))
    assert [number for _resource, number in kept.told] == [1, 2]
    assert kept.absent[0].code == "gone"


def test_a_revision_that_vanishes_while_it_is_read_ends_its_resource(source, server, rover):
    (shown,) = looked_at(source, rover.id).resources
    server.faults.add("*/revisions/7/models/*", faults.first(lambda: rover.vanish(7)))
    with pytest.raises(Gone):
        Kept().pull(source, wants(shown))


def test_a_difference_that_names_what_is_not_there_is_refused(source, server, rover):
    ghost = "00000000-0000-0000-0000-000000000000"
    more = faults.reshaped(lambda told: {**told, "changed": [*told["changed"], ghost]})
    server.faults.add("*/revisiondiff", more)
    with pytest.raises(BadAnswer, match=ghost):
        pulled(source, rover)


def test_a_difference_that_is_none_is_refused(source, server, rover):
    server.faults.add("*/revisiondiff", faults.reshaped(lambda told: {"added": told["added"]}))
    with pytest.raises(BadAnswer, match="difference"):
        pulled(source, rover)


def test_a_resource_with_a_strange_listing_is_absent_and_the_others_come(
    source, server, rover, world, clock
):
    shown = looked_at(source, rover.id, world.resource("Library").id).resources
    clock.pass_by(LISTED_SECONDS)
    is_rover = lambda r: r.path.endswith(f"{rover.id}/revisions")  # noqa: E731
    server.faults.add(is_rover, faults.html())
    kept = Kept().pull(source, wants(*shown))
    assert [(one.resource, one.code) for one in kept.absent] == [(rover.id, "bad_answer")]
    assert len(kept.told) == 2


def test_a_server_that_fails_ends_the_stream(source, server, rover):
    (shown,) = looked_at(source, rover.id).resources
    server.faults.add("*/revisiondiff", faults.status(503, retry_after=7), after=1)
    with pytest.raises(Unreachable) as caught:
        Kept().pull(source, wants(shown))
    assert caught.value.retry_after == 7


def test_a_revision_that_is_not_read_is_passed_over(source, rover):
    (shown,) = looked_at(source, rover.id).resources
    with source.changesets(wants(shown), Kept()) as arriving:
        assert [item.record.number for item in arriving] == [1, 2, 3, 4, 7]


def test_after_a_revision_that_was_passed_over_the_next_can_be_read(source, rover):
    kept = pulled(source, rover)
    (shown,) = looked_at(source, rover.id).resources
    with source.changesets(wants(shown), kept) as arriving:
        changed = {item.record.number: item for item in arriving if item.record.number in (4, 7)}
        told = put(changed[7].changes)
    assert {id_ for id_, _body in told} == kept.puts[rover.id, 7]


def test_a_big_difference_is_read_in_batches(source, server, world):
    big = world.resource("Big").commit(put={"m": Put("uml:Model", "")})
    blocks = {f"b{n}": Put("uml:Class", "m") for n in range(2500)}
    big.commit(put=blocks)
    kept = pulled(source, big)
    assert len(kept.elements_at[big.id, 2]) == 2501
    assert sum(path.endswith("revisions/2/elements") for path in server.statistics.asked) == 3


def test_a_pulse_that_raises_ends_the_stream_and_the_source_can_be_used_again(source, rover):
    (shown,) = looked_at(source, rover.id).resources

    def enough(_count: int) -> None:
        raise Cancelled("enough")

    source.heed(enough)
    with pytest.raises(Cancelled), source.changesets(wants(shown), Kept()) as arriving:
        next(arriving)
    source.heed(None)
    assert len(Kept().pull(source, wants(shown)).told) == 5


def test_a_history_rewritten_since_it_was_listed_is_told_with_another_fingerprint(
    source, rover, clock
):
    (shown,) = looked_at(source, rover.id).resources
    clock.pass_by(LISTED_SECONDS)
    rover.rewrite(2, put={"wheel": Put(name="X")}, message="never happened")
    kept = Kept().pull(source, [replace(want, numbers=(1, 2)) for want in wants(shown)])
    assert kept.told[rover.id, 2].record.message == "never happened"
