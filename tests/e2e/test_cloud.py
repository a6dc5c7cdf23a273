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
HOPS = "SELECT hops FROM repository_resource WHERE name LIKE 'Rover%'"
USER, PASSWORD = "reader", "secret"


@dataclass(frozen=True)
class Cloud:
    """The stand-in, and the node that reads it."""

    world: World
    server: StandIn
    n: Path


def follow(data: Path, address: str, *, user: str = "", secret: str, kind: str) -> None:
    """Let a node follow all that a server shows, by hand."""
    pair.manage(data, "migrate", "-v0")
    account = ("--kind", kind, "--username", user, "--password-stdin")
    pair.manage(data, "add_server", "source", address, *account, given=secret)
    words = ("--all-categories", "--into", "Copies", "--trigger", "manual")
    pair.manage(data, "add_configuration", "source", *words)


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    """The sample world, followed and synchronized by node N."""
    world = sample()
    with StandIn(world) as server:
        n = tmp_path / "n"
        follow(n, server.address, user=USER, secret=PASSWORD, kind="teamwork-cloud")
        pair.manage(n, "sync", "--all")
        yield Cloud(world, server, n)


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
    assert cloud.server.sessions.open == 0


def test_a_node_behind_a_node_holds_the_same_digests(cloud, tmp_path):
    b, token = tmp_path / "b", account_at(cloud.n)
    with running_node(cloud.n) as n:
        follow(b, f"http://127.0.0.1:{n.port}", secret=token, kind="tcsync")
        pair.manage(b, "sync", "--all")
    assert pair.facts(b) == pair.facts(cloud.n)
    assert "tcsync" in str(pair.query(b, HOPS))


def test_commit_rename_late_tag_and_new_branch_arrive_behind_the_node(cloud, tmp_path):
    b, token = tmp_path / "b", account_at(cloud.n)
    rover = cloud.world.resource("Rover")
    with running_node(cloud.n) as n:
        follow(b, f"http://127.0.0.1:{n.port}", secret=token, kind="tcsync")
        pair.manage(b, "sync", "--all")
        rover.commit(put={"arm": Put(name="Longer arm")}, message="longer")
        rover.rename("Rover II").tag("late", revision=1).branch("another")
        pair.manage(cloud.n, "sync", "--all")
        pair.manage(b, "sync", "--all")
    assert pair.facts(b) == pair.facts(cloud.n)
    names = pair.query(
        b, "SELECT name FROM repository_tag UNION SELECT name FROM repository_branch"
    )
    assert {"late", "another"} <= {str(row[0]) for row in names}
    assert pair.query(b, "SELECT name FROM repository_resource WHERE name LIKE 'Rover II%'")


def test_a_node_reads_another_one_through_its_teamwork_cloud_api(cloud, tmp_path):
    m, token = tmp_path / "m", account_at(cloud.n)
    with running_node(cloud.n) as n:
        follow(m, f"http://127.0.0.1:{n.port}", secret=token, kind="teamwork-cloud")
        pair.manage(m, "sync", "--all")
        pair.manage(m, "verify", "--all")
    assert pair.query(m, DIGESTS) == pair.query(cloud.n, DIGESTS)
    assert pair.query(m, LEVELS) == [("head_walk",)]


def test_two_nodes_that_read_the_cloud_apart_hold_equal_digests(cloud, tmp_path):
    other = tmp_path / "other"
    with StandIn(cloud.world) as elsewhere:
        follow(other, elsewhere.address, user=USER, secret=PASSWORD, kind="teamwork-cloud")
        cloud.world.resource("Rover").commit(put={"arm": Put(name="Arm 2")}, message="second")
        pair.manage(other, "sync", "--all")
    pair.manage(cloud.n, "sync", "--all")
    assert pair.query(other, DIGESTS) == pair.query(cloud.n, DIGESTS)
