"""The lifeline: processes that end when the one that started them is gone, however it died.

The parent keeps the write end of a pipe, which nobody else ever has; its children inherit the read
end. A read returns when the last write end is closed, and the kernel closes it even after SIGKILL.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Mapping

VARIABLE = "TCSYNC_LIFELINE_FD"
GRACE_SECONDS = 3.0
"""From the polite signal to the hard end; every process has its own clock."""
EXIT_CODE = 70
"""EX_SOFTWARE of sysexits.h: ended because its parent was gone."""


class Lifeline:
    """The parent's side. Hold it as long as the children are to live; `close` lets them go."""

    def __init__(self) -> None:
        # Neither end is inheritable by default (PEP 446): Popen has to pass the read end by name.
        self._read, self._write = os.pipe()

    @property
    def pass_fds(self) -> tuple[int, ...]:
        """What Popen must pass on to a child."""
        return (self._read,)

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """Return `base` with the variable that makes a child hold this lifeline."""
        return {**base, VARIABLE: f"{self._read}:{_identity(self._read)}"}

    def close(self) -> None:
        """Let go: every process that holds the other end begins to end. May be called twice."""
        for end in (self._read, self._write):
            if end >= 0:
                os.close(end)
        self._read = self._write = -1


def hold() -> None:
    """Make this process, and all that are forked from it, end when the parent is gone.

    Does nothing in a process that was started without a lifeline, or that holds it already.
    """
    global _held  # noqa: PLW0603 - one process has one parent, so this is the process's own state
    end = _inherited(os.environ.get(VARIABLE, ""))
    if _held or end is None:
        return
    _held = True
    # A copy, so that whatever closes the number it was inherited under does not cut the line.
    watch = _watcher(os.dup(end))
    os.register_at_fork(after_in_child=watch)
    watch()


_held = False


def _identity(end: int) -> str:
    found = os.fstat(end)
    return f"{found.st_dev}.{found.st_ino}"


def _inherited(value: str) -> int | None:
    """Return the read end that `value` names, if this process really has it.

    A grandchild started with closed files inherits the variable but not the pipe: the number may
    then be any other file, so the pipe is recognized by its inode.
    """
    number, _, identity = value.partition(":")
    try:
        return int(number) if _identity(int(number)) == identity else None
    except (ValueError, OSError):
        return None


def _watcher(end: int) -> Callable[[], None]:
    def start() -> None:
        # Threads do not survive a fork: each forked process starts one of its own.
        threading.Thread(target=_wait, args=(end,), name="lifeline", daemon=True).start()

    return start


def _wait(end: int) -> None:
    os.read(end, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(EXIT_CODE)
