"""`manage.py up`: a whole node as a process, and what happens when parts of it are killed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncconfigs.supervisor.place import is_ready
from tests.syncconfigs.supervisor.family import wait_until
from tests.syncconfigs.supervisor.running import RunningNode, gone, running_node

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningNode]:
    with running_node(tmp_path_factory.mktemp("node")) as node:
        assert node.port
        yield node


@pytest.mark.parametrize("part", ["web", "queue", "watcher"])
def test_a_killed_main_process_is_replaced_and_takes_its_family_along(
    node: RunningNode, part: str
) -> None:
    assert node.family()
    before = node.main(part)
    assert before
    family = [before, *before.children(recursive=True)]
    before.kill()
    assert wait_until(lambda: (now := node.main(part)) and now.pid != before.pid, 10)
    assert gone(family)


def test_it_answers_again_after_its_web_part_was_killed(node: RunningNode) -> None:
    web = node.main("web")
    assert web
    web.kill()
    assert wait_until(lambda: is_ready("127.0.0.1", node.port), 20)


def test_a_second_one_with_the_same_data_is_refused(node: RunningNode) -> None:
    with running_node(node.data) as second:
        assert second.process.wait(20) == 1
        assert wait_until(lambda: second.said(f"running already, as process {node.process.pid}"), 2)


def test_a_port_that_another_node_has_is_refused_before_anything_is_done(
    node: RunningNode, tmp_path: Path
) -> None:
    with running_node(tmp_path / "other", "--port", str(node.port)) as other:
        assert other.process.wait(20) == 1
        assert wait_until(lambda: other.said("is taken by another tcsync node"), 2)
    assert not (tmp_path / "other" / "db.sqlite3").exists()


def test_it_stops_in_ten_seconds_and_nothing_is_left(tmp_path: Path) -> None:
    with running_node(tmp_path) as node:
        port, family = node.port, node.family()
        code, seconds = node.stop()
    assert (code, gone(family)) == (0, True)
    assert seconds < 10
    socket.create_server(("127.0.0.1", port)).close()


def test_all_of_it_is_gone_5_s_after_it_was_killed(tmp_path: Path) -> None:
    with running_node(tmp_path) as node:
        port, family = node.port, node.family()
        node.process.kill()
        assert wait_until(lambda: gone(family), 5)
    socket.create_server(("127.0.0.1", port)).close()
