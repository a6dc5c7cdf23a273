"""Two Teamwork Clouds that hold the same, and servers that lead to them; this node is empty."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from syncconfigs.connect import opening
from syncconfigs.models import Comparison, RemoteServer
from tcsync.sources.twc import SESSIONS
from tests.fakes.twc import Put, StandIn, Use, World


def cloud() -> World:
    """Space with Rover, which uses Library; both with a few revisions, a tag and a branch."""
    world = World().category("Space")
    library = world.resource("Library", "Space").commit(put={"model": Put("uml:Model", "", "M")})
    library.commit(put={"bolt": Put("uml:Class", "model", "Bolt")}, message="a bolt")
    rover = world.resource("Rover", "Space").commit(put={"model": Put("uml:Model", "", "M")})
    rover.commit(put={"wheel": Put("uml:Class", "model", "Wheel")}, message="a wheel")
    rover.commit(put={"mast": Put("uml:Class", "model", "Mast")}, message="a mast", uses=uses(2))
    rover.tag("v1", 2)
    return world


def uses(version: int) -> tuple[Use, ...]:
    return (Use("Library", World().resource("Library").id, version=str(version)),)


@pytest.fixture
def here_cloud() -> World:
    return cloud()


@pytest.fixture
def there_cloud() -> World:
    return cloud()


def added(name: str, running: StandIn) -> RemoteServer:
    return RemoteServer.objects.create(
        name=name,
        kind="teamwork-cloud",
        address=running.address,
        username="reader",
        secret="secret",
    )


@pytest.fixture
def clouds(transactional_db, settings, here_cloud, there_cloud) -> Iterator[tuple[StandIn, ...]]:
    settings.TCSYNC_ALLOW_LOOPBACK = True
    with StandIn(here_cloud) as one, StandIn(there_cloud) as other:
        yield one, other
        opening.close_idle()
        SESSIONS.close()


@pytest.fixture
def comparison(clouds) -> Comparison:
    """Everything of both clouds."""
    one, other = added("One", clouds[0]), added("Other", clouds[1])
    return Comparison.objects.create(name="Both clouds", one=one, other=other)
