"""Killed at any moment, a node goes on and ends in the same state as one that was left alone."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tcsync.histories.generate import GeneratorSpec, generate
from tests.e2e import pair
from tests.syncconfigs.supervisor.family import wait_until
from tests.syncconfigs.supervisor.running import RunningNode, running_node

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

KILLS = 10
SEED = 20_261_123
LEASE = {"TCSYNC_LEASE_SECONDS": "1.5"}
HISTORY = GeneratorSpec("kills", 8, (40, 600), (5, 30), 3, artifacts=True)


class Source:
    """A running node with a history, and what a copy of it must be."""

    def __init__(self, data: Path, node: RunningNode, token: str) -> None:
        self.data = data
        self.node = node
        self.address = f"http://127.0.0.1:{node.port}"
        self.token = token
        tops = pair.query(data, "SELECT id FROM repository_category WHERE parent_id IS NULL")
        self.categories = [str(row[0]) for row in tops]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    data = tmp_path_factory.mktemp("source")
    history = data / "history.jsonl"
    with history.open("wb") as out:
        generate(HISTORY, out)
    token = pair.fill(data, history)
    with running_node(data) as node:
        yield Source(data, node, token)


@pytest.fixture(scope="module")
def template(source: Source, tmp_path_factory: pytest.TempPathFactory) -> pair.Template:
    data = tmp_path_factory.mktemp("template")
    pair.follow(data, source.address, source.token, source.categories)
    return pair.Template(data)


def synchronizing(data: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(pair.ROOT / "manage.py"), "sync", "--all"],
        env=pair.environment(data, **LEASE),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def has_begun(data: Path) -> bool:
    return bool(pair.query(data, "SELECT 1 FROM syncconfigs_syncrun WHERE started_at IS NOT NULL"))


@pytest.fixture(scope="module")
def seconds(source: Source, template: pair.Template, tmp_path_factory) -> float:
    """How long an undisturbed run takes from its beginning; it must end equal."""
    data = template.copy(tmp_path_factory.mktemp("undisturbed") / "data")
    with synchronizing(data) as process:
        assert wait_until(lambda: has_begun(data), 30)
        began = time.monotonic()
        told = process.communicate(timeout=60)[0]
    assert process.returncode == 0, told
    assert pair.facts(data) == pair.facts(source.data)
    return time.monotonic() - began


@pytest.mark.parametrize("kill", range(KILLS))
def test_a_worker_killed_at_a_random_moment_leaves_a_prefix_and_the_next_ends_equal(
    source, template, seconds, tmp_path, kill
):
    data = template.copy(tmp_path / "target")
    moment = random.Random(SEED + kill).uniform(0, seconds)
    with synchronizing(data) as process:
        assert wait_until(lambda: has_begun(data), 30)
        time.sleep(moment)
        process.kill()
    assert set(pair.facts(data)[0]) <= set(pair.facts(source.data)[0])
    with synchronizing(data) as process:
        told = process.communicate(timeout=60)[0]
    assert process.returncode == 0, told
    assert pair.facts(data) == pair.facts(source.data)
    pair.manage(data, "verify", "--all")


def busiest(node: RunningNode, part: str) -> psutil.Process:
    """A process of a part: the newest below its main process, where the work is done."""
    main = node.main(part)
    assert main is not None
    below = main.children(recursive=True)
    return below[-1] if below else main


@pytest.mark.parametrize("part", ["queue", "web", "watcher", "source", "supervisor"])
def test_a_node_whose_processes_are_killed_in_a_run_goes_on_by_itself(
    source, template, tmp_path, monkeypatch, part
):
    data = template.copy(tmp_path / "target")
    monkeypatch.setenv("TCSYNC_LEASE_SECONDS", LEASE["TCSYNC_LEASE_SECONDS"])
    with running_node(data) as node:
        node.family()
        pair.manage(data, "shell", "-v0", "-c", REQUEST)
        assert wait_until(lambda: has_begun(data), 30)
        kill(source, node, part)
        if part == "supervisor":
            wait_until(lambda: node.process.poll() is not None, 10)
    with running_node(data):
        assert wait_until(lambda: pair.facts(data) == pair.facts(source.data), 60)
        states = "SELECT DISTINCT state FROM syncconfigs_syncrun"
        assert wait_until(lambda: pair.query(data, states) == [("succeeded",)], 30)


REQUEST = (
    "from syncconfigs import runs; from syncconfigs.models import SyncConfig;"
    "from tcsync.audit.recording import SYSTEM;"
    "[runs.request(config, SYSTEM, 'test') for config in SyncConfig.objects.all()]"
)


def kill(source: Source, node: RunningNode, part: str) -> None:
    if part == "supervisor":
        node.process.send_signal(signal.SIGKILL)
    elif part == "source":
        busiest(source.node, "web").kill()
    else:
        busiest(node, part).kill()
