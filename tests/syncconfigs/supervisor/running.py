"""A whole node under test: `manage.py up` as a process, with its parts by name."""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.syncconfigs.supervisor.family import wait_until

ROOT = Path(__file__).resolve().parents[3]
PROCESSES = 10
"""Web has 3, the queue 6 (main, sentinel, pusher, monitor, two workers), the watcher 1."""
WORDS = {"web": "gunicorn", "queue": "qcluster", "watcher": "watch"}


class RunningNode:
    """`up` on a free port; `lines` is what it has said so far."""

    def __init__(self, data: Path, *words: str) -> None:
        self.data = data
        self.lines: list[str] = []
        self._arrived: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "up", *(words or ("--port", "0"))],
            env={**os.environ, "TCSYNC_DATA": str(data)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            self.lines.extend(line.rstrip() for line in lines)

    @property
    def port(self) -> int:
        """The port of the ready line; waits for it."""
        assert wait_until(lambda: self.said("ready at") or self.process.poll(), 60), self.lines
        line = next(line for line in self.lines if "ready at" in line)
        return int(re.findall(r":(\d+)/", line)[0])

    def said(self, words: str) -> bool:
        """Whether a line contains these words."""
        return any(words in line for line in list(self.lines))

    def main(self, part: str) -> psutil.Process | None:
        """Return the main process of a part, if it runs."""
        for child in psutil.Process(self.process.pid).children():
            try:
                if WORDS[part] in " ".join(child.cmdline()):
                    return child
            except psutil.Error:
                continue
        return None

    def family(self) -> list[psutil.Process]:
        """Return all processes below the supervisor; waits until every part has all of its own."""
        me = psutil.Process(self.process.pid)
        assert wait_until(lambda: len(me.children(recursive=True)) >= PROCESSES, 30), self.lines
        return me.children(recursive=True)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Signal the supervisor; return its exit code and the seconds until it was gone."""
        began = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(20)
        self._reader.join(10)
        return code, time.monotonic() - began


def gone(family: list[psutil.Process]) -> bool:
    """Whether none of these processes runs."""
    return not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in family)


@contextmanager
def running_node(data: Path, *words: str) -> Iterator[RunningNode]:
    """Run a node; whatever happens, nothing of it is left afterwards."""
    node = RunningNode(data, *words)
    try:
        yield node
    finally:
        if node.process.poll() is None:
            node.stop()
