"""A Teamwork Cloud passes the suite of sources that tell changes."""

from __future__ import annotations

import pytest

from tcsync.domain import Selection
from tcsync.sources.base import Want
from tests.fakes.twc import Put, Use, World
from tests.sources.contract import ChangeSourceContract, Nothing


@pytest.fixture
def world() -> World:
    """The same in meaning as what `populate()` makes."""
    world = World().category("Space").category("Engines", "Space")
    model = {"a": Put("uml:Model", "", data={"v": 1})}
    rover = world.resource("rover", "Space")
    rover.commit(put=model, artifacts={"d1": b"diagram " * 40_000})
    probe = world.resource("probe", "Engines")
    probe.commit(put={"x": Put("uml:Model", "", data={"v": 1})})
    uses = [Use("probe", probe.id, probe.trunk)]
    rover.branch("side").commit(put={"a": Put(data={"v": 2})}, number=5, uses=uses).tag("v1.0", 5)
    return world


@pytest.fixture
def ids(world: World) -> dict[str, str]:
    return {
        "space": world.categories["Space"].id,
        "engines": world.categories["Engines"].id,
        "rover": world.resource("rover").id,
        "probe": world.resource("probe").id,
    }


class TestTwcContract(ChangeSourceContract):
    pass


def test_nothing_is_ever_written_to_the_server(source, server, ids):
    (rover,) = source.snapshot(Selection(resources=(ids["rover"],)), {}).resources
    source.records_of(rover.id, [1, 5])
    numbers = tuple(ref.number for ref in rover.revisions)
    with source.changesets([Want(rover.id, numbers)], Nothing()) as arriving:
        for telling in arriving:
            list(telling.changes)
    with source.walk(rover.id, 5) as walked:
        list(walked)
    source.changes(None)
    assert server.statistics.writes == []
