"""Processes for the tests of this folder: what they print, and whether they still live."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie that nobody has reaped does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
        return stat.rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(true: Callable[[], object], seconds: float) -> bool:
    """Return whether `true` became true within the time."""
    until = time.monotonic() + seconds
    while not (found := bool(true())) and time.monotonic() < until:
        time.sleep(0.02)
    return found


@contextmanager
def script(text: str) -> Iterator[subprocess.Popen[str]]:
    """Run Python code in a process with a readable stdout; it is killed afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", text],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def numbers(process: subprocess.Popen[str], count: int) -> list[int]:
    """Return the first `count` numbers that a script prints, one a line."""
    assert process.stdout
    return [int(process.stdout.readline()) for _ in range(count)]
