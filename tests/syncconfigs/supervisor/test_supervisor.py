"""The supervisor's loop, with small programs as its parts."""

from __future__ import annotations

import os
import sys
import threading
import time

import pytest

from syncconfigs.supervisor.part import Part, Program
from syncconfigs.supervisor.stalls import Check
from syncconfigs.supervisor.supervisor import Supervisor
from tests.syncconfigs.supervisor.family import wait_until


def sleeper(lines: list[str], code: str = "import time; time.sleep(60)") -> Part:
    program = Program("queue", (sys.executable, "-u", "-c", code), os.environ)
    return Part(program, lambda _name, line: lines.append(line))


def test_a_part_that_stands_still_is_restarted_with_its_reason() -> None:
    lines: list[str] = []
    part = sleeper(lines)
    check = Check(part, lambda: frozenset(["run 1"]), 0.5, "nothing was taken for {seconds} s")
    supervisor = Supervisor([part], lambda _name, line: lines.append(line), [check])
    loop = threading.Thread(target=supervisor.run)
    loop.start()
    assert wait_until(lambda: part.pid, 5)
    first = part.pid
    assert wait_until(lambda: part.pid and part.pid != first, 10)
    supervisor.stop()
    loop.join(10)
    assert any(line.startswith("nothing was taken for") for line in lines)


@pytest.mark.parametrize("asked", [1, 2])
def test_it_stops_at_once_where_nobody_holds_it_up(asked: int) -> None:
    deaf = "import signal; signal.signal(15, signal.SIG_IGN); print('up'); signal.pause()"
    lines: list[str] = []
    part = sleeper(lines, deaf if asked > 1 else "import time; time.sleep(60)")
    supervisor = Supervisor([part], lambda *_: None)
    loop = threading.Thread(target=supervisor.run)
    loop.start()
    assert wait_until(lambda: part.pid and (lines or asked == 1), 5)
    began = time.monotonic()
    for _ in range(asked):
        supervisor.stop()
    loop.join(10)
    assert part.pid is None
    assert time.monotonic() - began < 3
