"""What resources use, asked of a Teamwork Cloud: heads alone, and the closure of it."""

from __future__ import annotations

import pytest

from tcsync.errors import LoginRefused
from tcsync.sources.twc.uses import HEADS_ASKED
from tcsync.sync.closure import closure
from tests.fakes.twc import Put, Use, faults


def reached(source, *ids: str):
    return closure(ids, source.snapshot(None, None).resources, source.uses)


def test_the_closure_leads_to_what_the_server_offers(source, world):
    rover, library = world.resource("Rover"), world.resource("Library")
    (one,) = reached(source, rover.id).needed
    assert (one.resource.id, one.use.version) == (library.id, "1")
    assert one.users[0].resource == rover.id


def test_a_circle_through_the_server_ends(source, world):
    rover, library = world.resource("Rover"), world.resource("Library")
    library.commit(put={"nut": Put()}, uses=[Use("Rover", rover.id, rover.trunk, "7")])
    found = reached(source, rover.id)
    assert [one.resource.id for one in found.needed] == [library.id, rover.id]


def test_what_this_account_may_not_read_is_missing(source, world):
    secret = world.resource("Secret")
    world.resource("Library").commit(put={"x": Put()}, uses=[Use("S", secret.id, secret.trunk)])
    assert source.uses([secret.id]) == {}
    (one,) = reached(source, world.resource("Library").id).needed
    assert (one.resource, one.use.resource) == (None, secret.id)


def test_strange_answers_about_one_hold_up_no_other(source, server, world):
    rover, library = world.resource("Rover"), world.resource("Library")
    server.faults.add(f"*/{rover.id}/revisions*", faults.html(), times=99)
    assert set(source.uses([rover.id, library.id])) == {library.id}


def test_a_refused_account_is_no_missing_project(source, server, world):
    server.faults.add("*/revisions", faults.status(401), times=99)
    with pytest.raises(LoginRefused):
        source.uses([world.resource("Rover").id])


def test_of_very_many_branches_the_trunk_and_the_newest_are_asked(source, world):
    rover = world.resource("Rover")
    for number in range(HEADS_ASKED + 5):
        rover.branch(f"b{number}").commit(put={f"e{number}": Put()}, branch=f"b{number}")
    told = source.uses([rover.id])[rover.id]
    assert (told[0].branch, len(told)) == (rover.trunk, HEADS_ASKED)
    assert told[1].number == max(one.number for one in told)
