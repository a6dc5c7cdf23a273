"""Used projects, for real: taken along out of a Teamwork Cloud, then out of a node."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.e2e import pair
from tests.e2e.test_cloud import PASSWORD, USER, account_at
from tests.fakes.twc import StandIn
from tests.fakes.twc.samples import sample
from tests.syncconfigs.supervisor.running import running_node

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

FOLLOWED = "SELECT source_name, target_category_id FROM syncconfigs_syncconfig ORDER BY 1"
HERE = "SELECT name FROM repository_resource ORDER BY 1"


def add_server(data: Path, address: str, kind: str, secret: str, user: str = "") -> None:
    pair.manage(data, "migrate", "-v0")
    words = ("--kind", kind, "--username", user, "--password-stdin")
    pair.manage(data, "add_server", "source", address, *words, given=secret)


def add_rover(data: Path, rover: str) -> None:
    words = ("--resource", rover, "--into", "Copies", "--trigger", "manual")
    pair.manage(data, "add_configuration", "source", *words, "--include-used-projects")
    pair.manage(data, "sync", "--all")


def test_what_is_used_comes_along_from_a_cloud_and_from_a_node(tmp_path):
    world, n, b = sample(), tmp_path / "n", tmp_path / "b"
    rover = world.resource("Rover").id
    with StandIn(world) as server:
        add_server(n, server.address, "teamwork-cloud", PASSWORD, USER)
        add_rover(n, rover)
    assert [name for name, _target in pair.query(n, FOLLOWED)] == ["Library", "Rover"]
    assert pair.query(n, HERE) == [("Library",), ("Rover",)]
    with running_node(n) as running:
        add_server(b, f"http://127.0.0.1:{running.port}", "tcsync", account_at(n))
        assert closure_at(b, rover) == {"Library": "can_come"}
        add_rover(b, rover)
    assert pair.facts(b) == pair.facts(n)


def closure_at(data: Path, resource: str) -> dict[str, str]:
    """Return the marks of what a resource uses; 2 says that something of it is not here yet."""
    words = ("used_projects", "--server", "source", "--resource", resource, "--json")
    done = subprocess.run(
        [*pair.COMMAND, *words], env=pair.environment(data), capture_output=True, check=False
    )
    assert done.returncode == 2, done.stderr
    return {one["name"]: one["mark"] for one in json.loads(done.stdout)["projects"]}
