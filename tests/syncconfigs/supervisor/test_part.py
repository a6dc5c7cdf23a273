"""A part: started, restarted with back-off, ended with all its processes."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator

import pytest

from syncconfigs.supervisor.part import Part, Program
from tests.syncconfigs.supervisor.family import is_alive, wait_until

SLEEPER = "import time; time.sleep(60)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up'); signal.pause()"
FAMILY = "import os, time; print(os.fork() or '', flush=True); time.sleep(60)"


class Stage:
    """A part under test and what it said."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.part: Part

    def play(self, code: str, name: str = "web") -> Part:
        program = Program(name, (sys.executable, "-u", "-c", code), os.environ)
        self.part = Part(program, lambda name, line: self.lines.append(f"{name} | {line}"))
        return self.part

    def tend_until_gone(self, now: float) -> None:
        assert wait_until(lambda: self.part.tend(now) or not self.part.pid, 5.0)

    def said(self, words: str) -> bool:
        return any(words in line for line in self.lines)


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.part.stop(time.monotonic(), 0.0)
    stage.tend_until_gone(time.monotonic())


def test_its_lines_carry_its_name(stage: Stage) -> None:
    stage.play("print('hello'); print('there')").tend(0.0)
    assert wait_until(lambda: stage.lines[:2] == ["web | hello", "web | there"], 5.0)


def test_one_that_dies_again_and_again_is_restarted_more_and_more_slowly(stage: Stage) -> None:
    part = stage.play("raise SystemExit(3)")
    now, waits = 0.0, []
    for _ in range(4):
        part.tend(now)
        stage.tend_until_gone(now)
        waits.append(float(stage.lines[-1].split(" in ")[1].split()[0]))
        now += waits[-1] + 0.01
    assert waits == [0.2, 0.4, 0.8, 1.6]
    assert stage.said("exit code 3")


def test_the_delay_has_an_upper_end_and_long_life_resets_it(stage: Stage) -> None:
    part = stage.play(SLEEPER)
    part._delay = 30.0
    part.tend(0.0)
    assert part.pid
    os.kill(part.pid, signal.SIGKILL)
    assert wait_until(lambda: part.tend(61.0) or not part.pid, 5.0)
    assert stage.said("ended (SIGKILL), starts again in 0.2 s")


def test_a_killed_main_process_takes_its_children_along(stage: Stage) -> None:
    part = stage.play(FAMILY)
    part.tend(0.0)
    assert part.pid
    assert wait_until(lambda: stage.lines, 5.0)
    child = int(stage.lines[0].split("|")[1])
    os.kill(part.pid, signal.SIGKILL)
    assert wait_until(lambda: part.tend(0.0) or not is_alive(child), 5.0)


def test_one_that_does_not_end_in_time_is_killed(stage: Stage) -> None:
    part = stage.play(DEAF)
    part.tend(0.0)
    assert wait_until(lambda: stage.said("up"), 5.0)
    part.stop(0.0, grace=8.0)
    part.tend(7.9)
    assert part.pid
    assert wait_until(lambda: part.tend(8.0) or not part.pid, 5.0)


def test_a_program_that_does_not_exist_is_said_and_tried_again(stage: Stage) -> None:
    part = stage.play("")
    part.program = Program("web", ("/nowhere/to/be/found",), os.environ)
    part.tend(0.0)
    assert stage.said("cannot be started")
    part.tend(0.1)
    assert len(stage.lines) == 1
    part.tend(0.3)
    assert len(stage.lines) == 2
