"""Several hops, for real: a Teamwork Cloud, node N that reads it, node B that knows only N."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e import pair
from tests.fakes.twc import Put, StandIn, World
from tests.fakes.twc.samples import sample
from tests.syncconfigs.supervisor.running import running_node

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

DIGESTS = "SELECT resource_id, number, digest FROM repository_revision ORDER BY 1, 2"
LEVELS = "SELECT DISTINCT verified_level FROM repository_resource"
HOPS = "SELECT 1 FROM repository_resource WHERE name LIKE 'Rover%' AND json_array_length(hops) = 2"
NAMES = (
    "SELECT name FROM repository_tag UNION SELECT name FROM repository_branch"
    " UNION SELECT name FROM repository_resource"
)
USER, PASSWORD = "reader", "secret"


@dataclass(frozen=True)
class Cloud:
    """The stand-in, and the node that reads it."""

    world: World
    server: StandIn
    n: Path
    token: str


def follow(data: Path, address: str, *, user: str = "", secret: str, kind: str) -> None:
    """Let a node follow all that a server shows, by hand."""
    pair.manage(data, "migrate", "-v0")
    account = ("--kind", kind, "--username", user, "--password-stdin")
    pair.manage(data, "add_server", "source", address, *account, given=secret)
    words = ("--all-categories", "--into", "Copies", "--trigger", "manual")
    pair.manage(data, "add_configuration", "source", *words)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """The sample world, followed and synchronized by node N."""
    world = sample()
    with StandIn(world) as server:
        n = tmp_path_factory.mktemp("cloud") / "n"
        follow(n, server.address, user=USER, secret=PASSWORD, kind="teamwork-cloud")
        pair.manage(n, "sync", "--all")
        yield Cloud(world, server, n, account_at(n))


def account_at(data: Path) -> str:
    """Return a token of an account that may read all that a node has."""
    script = (
        "from tcsync.access.models import *;"
        "user = User.objects.create(username='reader');"
        "RoleGrant.objects.create(user=user, role=Role.REVIEWER)"
    )
    pair.manage(data, "shell", "-v0", "-c", script)
    return pair.manage(data, "create_api_token", "reader").strip()


def test_what_the_cloud_holds_arrives_proven_and_logged_out(cloud):
    assert len(pair.query(cloud.n, DIGESTS)) > 5
    assert pair.query(cloud.n, LEVELS) == [("head_walk",)]
    assert (cloud.server.sessions.logins > 0, cloud.server.sessions.open) == (True, 0)


def test_what_happens_at_the_cloud_arrives_behind_the_node_that_reads_it(cloud, tmp_path):
    b, rover = tmp_path / "b", cloud.world.resource("Rover")
    with running_node(cloud.n) as n:
        follow(b, f"http://127.0.0.1:{n.port}", secret=cloud.token, kind="tcsync")
        pair.manage(b, "sync", "--all")
        assert pair.facts(b) == pair.facts(cloud.n)
        rover.commit(put={"arm": Put(name="Longer arm")}, message="longer")
        rover.rename("Rover II").tag("late", revision=1).branch("another")
        pair.manage(cloud.n, "sync", "--all")
        pair.manage(b, "sync", "--all")
    assert pair.facts(b) == pair.facts(cloud.n)
    assert {"late", "another", "Rover II"} <= {str(row[0]) for row in pair.query(b, NAMES)}
    assert len(pair.query(b, HOPS)) == 1


@pytest.mark.long
def test_a_node_reads_another_one_through_its_teamwork_cloud_api(cloud, tmp_path):
    m = tmp_path / "m"
    with running_node(cloud.n) as n:
        follow(m, f"http://127.0.0.1:{n.port}", secret=cloud.token, kind="teamwork-cloud")
        pair.manage(m, "sync", "--all")
    assert pair.query(m, DIGESTS) == pair.query(cloud.n, DIGESTS)
    assert pair.query(m, LEVELS) == [("head_walk",)]


@pytest.mark.long
def test_two_nodes_that_read_the_cloud_apart_hold_equal_digests(cloud, tmp_path):
    other = tmp_path / "other"
    with StandIn(cloud.world) as elsewhere:
        follow(other, elsewhere.address, user=USER, secret=PASSWORD, kind="teamwork-cloud")
        pair.manage(other, "sync", "--all")
    assert pair.query(other, DIGESTS) == pair.query(cloud.n, DIGESTS)
