"""A small world with one of everything, for tests and for a look around."""

from __future__ import annotations

from tests.fakes.twc.content import Put, Use
from tests.fakes.twc.habits import Habits
from tests.fakes.twc.resources import Resource
from tests.fakes.twc.world import World

LONG_MIN = -(2**63)
LONG_MIN_OF_JAVASCRIPT = -9223372036854776000
"""Long.MIN_VALUE as a double prints it: 64 bits do not hold it."""


def sample(version: str = "2024x Refresh3", habits: Habits | None = None) -> World:
    """Make the world: nested categories, a rover with branches and tags, a library it uses."""
    world = World(version, habits)
    world.category("Space").category("Engines", "Space")
    _library(world.resource("Library", "Engines"))
    _rover(world.resource("Rover", "Space"), world.resource("Library"))
    world.resource("Notes", suffix=".CC").commit(
        put={"note": Put("esiproject:EsiProject", "", data={"text": "née ☃ 🚀", "count": LONG_MIN})}
    )
    world.resource("Secret", "Space").commit(put={"model": Put("uml:Model", "", "Model")})
    world.hide("Secret")
    return world


def _library(library: Resource) -> None:
    library.commit(put={"model": Put("uml:Model", "", "Library")})
    library.commit(put={"bolt": Put("uml:Class", "model", "Bolt")}, message="bolts")


def _rover(rover: Resource, library: Resource) -> None:
    bolt = library.ref("bolt") | {"resource": library.id, "revision": LONG_MIN_OF_JAVASCRIPT}
    rover.commit(
        put={
            "project": Put("esiproject:EsiProject", "", data={"sections": [], "limit": LONG_MIN}),
            "options": Put(
                "project.options:CommonProjectOptions", "", data={"optionsString": "UEsDBBQACAgI="}
            ),
            "model": Put("uml:Model", "", "Model", {"viewpoint": None}),
            "wheel": Put("uml:Class", "model", "Wheel", {"fastener": bolt, "mass": 1.50}),
            "arm": Put("uml:Class", "model", "Arm"),
            "joint": Put("uml:Property", "arm", "joint", stereotypes={"Part": {"risk": "low"}}),
        },
        artifacts={"diagram": b"<svg/>" * 100},
        uses=[Use("Library", library.id, library.trunk, "1")],
    )
    rover.commit(put={"wheel": Put(name="Rad ø")}, message="the wheel", author="ada").tag("v1")
    rover.branch("side").commit(
        put={"mast": Put("uml:Class", "model", "Mast")}, branch="side", message="a mast"
    )
    rover.commit(
        put={"model": Put(owned=["arm", "wheel"])},
        remove=["joint"],
        number=7,
        message="order, and the joint is gone",
        artifacts={"diagram": None, "photo": bytes(range(256))},
    ).tag("v2", description="the second")
