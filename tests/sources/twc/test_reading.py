"""Batches of elements: both dialects, each item's own status, and what is missing."""

from __future__ import annotations

import json

import pytest

from tcsync.errors import BadAnswer, Unreachable
from tcsync.sources.twc.api import Api
from tcsync.sources.twc.assumptions import VERSION_SECONDS
from tcsync.sources.twc.reading import read_elements
from tests.fakes.twc import Habits, Put, StandIn, World, faults
from tests.fakes.twc.samples import sample
from tests.sources.twc.connecting import connect


def api_of(source) -> Api:
    source.identity()
    return Api(source._session, None)


@pytest.fixture
def rover(world: World):
    return world.resource("Rover")


def names(source, rover, *keys: str) -> list[str]:
    ids = [rover.element_id(key) for key in keys]
    return [json.loads(e.body)["name"] for e in read_elements(api_of(source), rover.id, 2, ids)]


def test_elements_come_in_the_order_asked_for(source, rover):
    assert names(source, rover, "wheel", "model", "arm") == ["Rad ø", "Model", "Arm"]


@pytest.mark.parametrize("version", ["19.0 SP3", "2022x Refresh2", "2024x Refresh3", "2026x"])
def test_the_dialect_is_chosen_by_the_version(sessions, version):
    with StandIn(sample(version)) as server, connect(server, sessions) as source:
        assert names(source, server.world.resource("Rover"), "arm") == ["Arm"]
        assert 400 not in server.statistics.by_status
        assert 500 not in server.statistics.by_status
        sessions.close()


@pytest.mark.parametrize(("said", "real"), [("2026x", "19.0 SP3"), ("19.0 SP3", "2026x")])
def test_a_dialect_that_is_refused_is_tried_once_and_remembered(sessions, said, real):
    with StandIn(sample(real)) as server, connect(server, sessions) as source:
        server.faults.add("*/version", faults.text(said.encode(), "text/plain"), times=9)
        for _time in range(3):
            assert names(source, server.world.resource("Rover"), "arm") == ["Arm"]
        refused = server.statistics.by_status[400] + server.statistics.by_status[500]
        assert refused == 1
        sessions.close()


def test_after_an_upgrade_the_dialect_is_chosen_anew(sessions, clock):
    world = sample("2024x")
    with StandIn(world) as server, connect(server, sessions) as source:
        assert names(source, world.resource("Rover"), "arm") == ["Arm"]
        world.version = "2024x Refresh2"
        clock.pass_by(VERSION_SECONDS)
        assert names(source, world.resource("Rover"), "arm") == ["Arm"]
        sessions.close()


def test_a_dialect_that_was_proven_is_not_changed_by_an_accident(source, rover, server):
    names(source, rover, "arm")
    server.faults.add("POST */elements", faults.status(500))
    with pytest.raises(Unreachable):
        names(source, rover, "arm")
    assert names(source, rover, "arm") == ["Arm"]
    assert 400 not in server.statistics.by_status


def test_bare_items_without_a_status_are_read_too(sessions):
    world = sample(habits=Habits(wrapped_items=False))
    with StandIn(world) as server, connect(server, sessions) as source:
        assert names(source, world.resource("Rover"), "arm") == ["Arm"]
        sessions.close()


def test_an_element_that_is_left_out_once_is_asked_for_again(source, rover, server):
    names(source, rover, "model")
    server.faults.add("*/elements", faults.without(rover.element_id("arm")))
    assert names(source, rover, "wheel", "arm") == ["Rad ø", "Arm"]


@pytest.mark.parametrize("code", [404, 500, "404"])
def test_an_element_that_is_missing_is_named(source, rover, server, code):
    arm = rover.element_id("arm")
    names(source, rover, "model")
    server.faults.add("*/elements", faults.item_status(arm, code), times=2)
    with pytest.raises(BadAnswer, match=rf"Element {arm} exists at revision 2.*status {code}"):
        names(source, rover, "wheel", "arm")


@pytest.mark.parametrize("code", ["OK", "--5", "9" * 5000, "", 10**4000])
@pytest.mark.parametrize("data", ["[]", '{"a": 1}'])
def test_a_status_that_is_no_number_is_a_missing_element(source, rover, server, code, data):
    arm = rover.element_id("arm")
    names(source, rover, "model")
    said = json.dumps(code) if isinstance(code, str) else "1" + "0" * 4000
    text = f'{{"{arm}": {{"status": {said}, "data": {data}}}}}'
    server.faults.add("*/elements", faults.text(text.encode()), times=2)
    with pytest.raises(BadAnswer, match=f"Element {arm}"):
        names(source, rover, "arm")


def test_an_element_that_may_not_be_read_is_told_as_such(source, rover, server):
    arm = rover.element_id("arm")
    names(source, rover, "model")
    server.faults.add("*/elements", faults.item_status(arm, 403), times=2)
    with pytest.raises(BadAnswer, match=f"Element {arm} .* may not be read by this account"):
        names(source, rover, "wheel", "arm")


def test_another_element_under_an_id_is_refused(source, rover, server):
    names(source, rover, "model")
    ids = [rover.element_id(key) for key in ("arm", "wheel")]
    swap = faults.reshaped(lambda items: {ids[0]: items[ids[1]], ids[1]: items[ids[0]]})
    server.faults.add("*/elements", swap)
    with pytest.raises(BadAnswer, match=r"where .* was asked for"):
        names(source, rover, "arm", "wheel")


@pytest.mark.parametrize("body", [b"[]", b"[1,", b"7", b"", b'{"a": 1'])
def test_an_answer_that_is_no_batch_is_refused(source, rover, server, body):
    names(source, rover, "model")
    server.faults.add("*/elements", faults.text(body), times=2)
    with pytest.raises(BadAnswer):
        names(source, rover, "arm")


@pytest.mark.slow
def test_an_answer_that_is_too_long_is_asked_for_in_halves(source, world):
    long = {f"long {n}": Put("uml:Comment", "", data={"body": "x" * (9 << 20)}) for n in range(8)}
    heavy = world.resource("Heavy").commit(put=long)
    ids = [heavy.element_id(key) for key in long]
    assert [e.id for e in read_elements(api_of(source), heavy.id, 1, ids)] == ids
