"""A small server on loopback that answers as the REST API of a Teamwork Cloud does ("osmc").

It knows nothing of the project that it tests: what it answers stands in the reference of the API
and in recorded answers. Sections named in comments are sections of that reference.

Nouns: a **world** is what the server holds: categories, resources, users. **Habits** are how this
server does what the reference leaves open, and which version it is. A **version** of an element is
its bytes from one commit on; a **history** says which version a revision shows. A **shape** is the
JSON of one thing. A **session** holds a licence **seat** until logout or timeout. A **fault** makes
an answer go wrong, or makes something happen just before it. **Statistics** say what was asked.

    world = World(version="2024x Refresh3")
    rover = world.resource("Rover").commit(put={"model": Put("uml:Model", name="Model")})
    with StandIn(world, seats=2) as server:
        server.faults.add("*/revisiondiff", faults.status(503, retry_after=1))
        ... server.address, server.statistics.by_path
"""

from tests.fakes.twc.content import Facts, Put, Use
from tests.fakes.twc.habits import Habits
from tests.fakes.twc.server import StandIn
from tests.fakes.twc.world import UNCATEGORIZED, World

__all__ = ["UNCATEGORIZED", "Facts", "Habits", "Put", "StandIn", "Use", "World"]
