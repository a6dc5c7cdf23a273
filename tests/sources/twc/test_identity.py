"""Who a server and an account say they are."""

from __future__ import annotations

import pytest

from tcsync.sources.twc.assumptions import ACCOUNT_SECONDS, VERSION_SECONDS
from tests.fakes.twc import StandIn, World, faults
from tests.sources.twc.connecting import connect

TOKEN = {"basic": None, "headers": {"Authorization": "Token reader-token"}}


def test_a_server_is_known_by_its_address_whoever_asks_and_when(server, sessions):
    with connect(server, sessions) as one, connect(server, sessions, **TOKEN) as two:
        found, again = one.identity(), two.identity()
    sessions.close()
    assert (found.uuid, found.epoch) == (again.uuid, again.epoch)
    assert found.name == server.address.removeprefix("http://")


def test_two_servers_are_two(server, sessions):
    with StandIn(World()) as other, connect(other, sessions) as two:
        with connect(server, sessions) as one:
            assert one.identity().uuid != two.identity().uuid
        sessions.close()


@pytest.mark.parametrize(("version", "major"), [("19.0 SP3", "19.0"), ("2026x", "2026x")])
def test_the_major_version_is_told(sessions, version, major):
    with StandIn(World(version)) as server, connect(server, sessions) as source:
        assert source.identity().major_version == major
        assert source.snapshot(None, None).major_version == major
        sessions.close()


def test_the_rights_of_the_account_are_told(source):
    assert source.identity().rights == "Read Resources"


def test_the_account_of_a_token_is_asked_for(server, sessions):
    with connect(server, sessions, **TOKEN) as source:
        assert source.identity().account == "reader"
        sessions.close()


@pytest.mark.parametrize(
    "fault",
    [
        faults.status(403),
        faults.html(),
        faults.text(b"[]"),
        faults.redirect("http://other.invalid/osmc/admin/users/reader"),
    ],
)
@pytest.mark.parametrize(("account", "name"), [({}, "reader"), (TOKEN, "token")])
def test_who_may_not_ask_for_itself_has_no_rights_told(server, sessions, fault, account, name):
    server.faults.add("*/currentUser", fault)
    with connect(server, sessions, **account) as source:
        found = source.identity()
        assert (found.account, found.rights) == (name, "")
        sessions.close()


def test_asking_again_costs_nothing_and_one_request_after_a_while(source, server, clock):
    source.identity()
    before = len(server.statistics.asked)
    source.identity()
    assert server.statistics.asked[before:] == []
    clock.pass_by(VERSION_SECONDS)
    source.identity()
    assert server.statistics.asked[before:] == ["GET /osmc/version"]


def test_an_account_is_asked_for_once_a_session_whoever_asks(source, server, sessions):
    source.identity()
    server.faults.add("*/currentUser", faults.status(403))
    with connect(server, sessions) as other:
        assert other.identity().rights == "Read Resources"
        sessions.close()
        assert other.identity().rights == ""


def test_rights_that_were_told_long_ago_are_asked_for_again(source, server, clock):
    source.identity()
    server.faults.add("*/currentUser", faults.status(403))
    clock.pass_by(ACCOUNT_SECONDS + 1)
    assert source.identity().rights == ""
