"""The demo as a new user runs it: once from nothing, once more, with a commit in between."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tcsync.histories.generate import GeneratorSpec, generate

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def manage(data: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), *words],
        env={**os.environ, "TCSYNC_DATA": str(data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


SMALL = GeneratorSpec("small", 4, (20, 60), (3, 8), 2, artifacts=True)


def said_by(process: subprocess.Popen[str]) -> str:
    try:
        return process.communicate(timeout=120)[0]
    except subprocess.TimeoutExpired:
        process.terminate()
        return process.communicate(timeout=15)[0]


class Demo:
    """Runs of one demo folder, without the real histories."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.ports = free_port(), free_port()
        (data / "none").mkdir()
        (data / "demo").mkdir()
        # In place of the demo's own invented repository, which takes a quarter of a minute to load.
        with (data / "demo" / "invented.jsonl").open("wb") as out:
            self.invented = generate(SMALL, out)

    def start(self, *words: str) -> subprocess.Popen[str]:
        source, target = map(str, self.ports)
        ports = ("--source-port", source, "--target-port", target)
        return manage(self.data, "demo", *ports, "--histories", str(self.data / "none"), *words)

    def told(self, *words: str) -> str:
        text = said_by(process := self.start(*words))
        assert process.returncode == 0, text
        return text


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return Demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def first(demo: Demo) -> str:
    return demo.told("--once")


@pytest.fixture
def second(demo: Demo, first: str) -> Iterator[list[str]]:
    with demo.start() as process:
        assert process.stdout
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Ctrl-C stops" in line:
                break
        yield lines
        process.terminate()
        process.communicate(timeout=15)


def test_the_first_run_tells_what_arrived_and_how_to_look_at_it(demo: Demo, first: str) -> None:
    assert re.search(rf" 4 +{demo.invented.revisions} .* content$", first, re.MULTILINE)
    assert re.search(r"user name: demo +password: \S{16,}", first)
    assert "make demo-commit" in first


def test_a_second_run_finds_its_data_and_a_commit_arrives_at_once(
    demo: Demo, second: list[str]
) -> None:
    assert any("Nothing is new" in line for line in second), second
    said = said_by(manage(demo.data, "demo_commit"))
    found = re.search(r"arrived after ([\d.]+) s", said)
    assert found, said
    assert float(found[1]) < 5


def test_a_taken_port_is_named_with_the_way_to_choose_another(tmp_path: Path) -> None:
    other = Demo(tmp_path)
    with socket.create_server(("127.0.0.1", other.ports[0])):
        said = said_by(other.start("--once"))
    assert f"Port {other.ports[0]} of 127.0.0.1 is taken by another program" in said
    assert "make demo SOURCE_PORT=8011 TARGET_PORT=8010" in said
