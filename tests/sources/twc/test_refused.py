"""A password that is refused: never taken for resources that may not be read, nor tried again."""

from __future__ import annotations

import pytest

from tcsync.domain import Selection
from tcsync.errors import LoginRefused
from tcsync.sources.base import Want
from tcsync.sources.twc import NoSeat
from tests.fakes.twc import faults
from tests.fakes.twc.exchange import Answer
from tests.sources.twc.connecting import Kept, connect, looked_at, wants


@pytest.fixture
def lost(server, world) -> faults.Fault:
    """Another password is given to the account, and its session ends, just before a call."""

    def lose() -> None:
        world.user("reader", "another")
        server.sessions.expire_all()

    return faults.first(lose)


def test_a_wrong_password_hides_no_picked_resource(server, sessions, world):
    picked = Selection(resources=(world.resource("Rover").id,))
    with connect(server, sessions, basic=("reader", "wrong")) as source:
        for known in (None, {}):
            with pytest.raises(LoginRefused):
                source.snapshot(picked, known)


def test_a_password_refused_after_the_catalogue_hides_no_resource(source, server, world, lost):
    space = Selection(categories=(world.categories["Space"].id,))
    server.faults.add("*/revisions", lost)
    with pytest.raises(LoginRefused, match="wrong"):
        source.snapshot(space, {})


def test_a_password_refused_in_mid_stream_ends_the_stream(source, server, world, lost):
    shown = looked_at(source, world.resource("Rover").id, world.resource("Library").id)
    server.faults.add("*/models/*", lost)
    kept = Kept()
    with pytest.raises(LoginRefused, match="wrong"):
        kept.pull(source, wants(*shown.resources))
    assert kept.absent == []


def test_a_password_refused_while_changes_are_read_ends_the_stream(source, server, world, lost):
    server.faults.add("POST */elements", lost)
    with pytest.raises(LoginRefused, match="wrong"):
        Kept().pull(source, [Want(world.resource("Rover").id, (1,))])


def test_a_401_that_a_new_session_does_not_mend_is_the_end_for_a_resource_too(source, server):
    server.faults.add("*/branches", faults.status(401), times=99)
    with pytest.raises(LoginRefused):
        looked_at(source, *(r.id for r in source.snapshot(None, None).resources))


def page(code: int, text: bytes) -> faults.Fault:
    """Answer a login with words of the server's own."""
    return faults.Fault(change=lambda _request, _answer: Answer(code, text, "text/html"))


def test_a_login_page_that_speaks_of_sessions_is_a_refused_password(source, server):
    text = b"<html>Your session has ended: no seat at our table without a password.</html>"
    server.faults.add("*/version", page(401, text))
    for _attempt in range(3):
        with pytest.raises(LoginRefused):
            source.identity()
    assert server.statistics.asked == ["GET /osmc/version"]


@pytest.mark.parametrize(("code", "text"), [(401, b"No free License."), (403, b""), (429, b"")])
def test_a_login_that_lacks_a_licence_is_tried_again(source, server, code, text):
    server.faults.add("*/version", page(code, text))
    with pytest.raises(NoSeat):
        source.identity()
    assert source.identity().account == "reader"
