"""What a run costs a Teamwork Cloud: its requests, counted at the stand-in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from syncconfigs.connect import opening
from syncconfigs.models import RemoteServer, SyncConfig
from tcsync.domain import UNCATEGORIZED_ID
from tcsync.sources.twc import SESSIONS
from tests.fakes.twc import Put, StandIn, World, faults
from tests.syncconfigs.runs.working import synchronize

pytestmark = pytest.mark.django_db(transaction=True)

CHANGED = 30
OPENS_THE_SESSION = 1
LOOK = 4
"""The resource, its revisions, branches and tags."""
ONE_REVISION = 5
"""Used projects, artifacts, what differs, the elements themselves, and those that own them."""
BLOCKS = [f"block {number}" for number in range(CHANGED)]


@pytest.fixture
def cloud(settings) -> Iterator[StandIn]:
    settings.TCSYNC_ALLOW_LOOPBACK = True
    world = World()
    blocks = {block: Put("uml:Class", "model") for block in BLOCKS}
    world.resource("Rover").commit(put={"model": Put("uml:Model", ""), **blocks})
    with StandIn(world) as running:
        yield running
        opening.close_idle()
        SESSIONS.close()


@pytest.fixture
def config(cloud: StandIn) -> SyncConfig:
    """Rover, synchronized, and without a session."""
    values = {"kind": "teamwork-cloud", "username": "reader", "secret": "secret"}
    made = SyncConfig.objects.create(
        server=RemoteServer.objects.create(name="T", address=cloud.address, **values),
        kind="resource",
        source_id=cloud.world.resource("Rover").id,
        target_category_id=UNCATEGORIZED_ID,
    )
    assert synchronize(made).state == "succeeded"
    SESSIONS.close()
    cloud.statistics.clear()
    return made


@pytest.mark.parametrize(
    "put",
    [
        {block: Put(name="New") for block in BLOCKS},
        {f"new {block}": Put("uml:Class", "block 0") for block in BLOCKS},
    ],
)
def test_one_new_revision_is_fourteen_requests_with_its_session_and_comparison(cloud, config, put):
    cloud.world.resource("Rover").commit(put=put)
    assert synchronize(config).state == "succeeded"
    assert len(cloud.statistics.asked) == OPENS_THE_SESSION + LOOK + ONE_REVISION + LOOK == 14


def test_a_run_that_finds_nothing_new_is_one_look(cloud, config):
    assert synchronize(config).state == "succeeded"
    assert len(cloud.statistics.asked) == OPENS_THE_SESSION + LOOK == 5


def test_a_major_version_that_is_new_by_the_end_of_a_run_is_found(cloud, config):
    rover = cloud.world.resource("Rover")
    rover.commit(put={"block 0": Put(name="New")})
    seen = []

    def upgrade():
        seen.append(rover.id)
        cloud.world.version = "2026x"
        cloud.sessions.expire_all()

    cloud.faults.add("POST */elements", faults.first(upgrade))
    run = synchronize(config)
    assert (run.state, run.code, seen) == ("queued", "version_changed", [rover.id])
