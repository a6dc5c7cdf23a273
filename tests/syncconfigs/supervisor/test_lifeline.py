"""The lifeline: nothing outlives a killed parent, and nobody else is bothered."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tcsync.lifeline import EXIT_CODE, Lifeline
from tests.syncconfigs.supervisor.family import is_alive, numbers, script, wait_until

CHILD = """
import multiprocessing, os, signal, time
from tcsync import lifeline

def grandchild(deaf):
    if deaf:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.write(1, b"%d\\n" % os.getpid())
    time.sleep(60)

lifeline.hold()
fork = multiprocessing.get_context("fork")
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.write(1, b"%d\\n" % os.getpid())
for deaf in (False, True):
    fork.Process(target=grandchild, args=(deaf,)).start()
time.sleep(60)
"""

PARENT = """
import os, subprocess, sys, time
from tcsync.lifeline import Lifeline
line = Lifeline()
subprocess.Popen([sys.executable, "-u", "-c", {child!r}],
                 env=line.environment(os.environ), pass_fds=line.pass_fds, start_new_session=True)
time.sleep(60)
"""


@pytest.mark.slow
def test_children_and_grandchildren_are_gone_within_5_s_of_a_killed_parent() -> None:
    with script(PARENT.format(child=CHILD)) as parent:
        family = numbers(parent, 3)
        assert all(is_alive(pid) for pid in family)
        parent.kill()
        assert wait_until(lambda: not any(is_alive(pid) for pid in family), 5.0)


def test_a_child_lives_as_long_as_the_lifeline_is_held() -> None:
    line = Lifeline()
    child = subprocess.Popen(
        [sys.executable, "-c", "from tcsync import lifeline; lifeline.hold(); input()"],
        env=line.environment({"PYTHONPATH": ":".join(sys.path)}),
        pass_fds=line.pass_fds,
        stdin=subprocess.PIPE,
    )
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(1.0)
    line.close()
    assert child.wait(5.0) in (-15, EXIT_CODE)
    assert child.stdin
    child.stdin.close()


def test_a_process_that_did_not_inherit_the_pipe_is_left_alone() -> None:
    line = Lifeline()
    environment = line.environment({"PYTHONPATH": ":".join(sys.path)})
    code = "import os; os.pipe(); from tcsync import lifeline; lifeline.hold()"
    child = subprocess.Popen(
        [sys.executable, "-c", code + "; import time; time.sleep(1); print('done')"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    line.close()
    assert child.communicate(timeout=10)[0].endswith("done\n")
