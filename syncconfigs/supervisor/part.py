"""One program of a node: started in a session of its own, restarted with back-off, ended whole.

Nothing here waits: `tend` is called several times a second and does what is due.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 30.0
PROVEN_SECONDS = 60.0
"""A program that lived this long has started well: its next restart is quick again."""

Say = Callable[[str, str], None]
"""Called with the part's name and a line, from any thread."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to run: a name for the log, the command, and the files that it is to inherit."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    pass_fds: tuple[int, ...] = ()


class Part:
    """A program that runs until it is ended; `now` is always time.monotonic()."""

    def __init__(self, program: Program, say: Say, *, restarts: bool = True) -> None:
        self.program = program
        self.started_at: float | None = None
        self.exit_code: int | None = None
        self._say = say
        self._restarts = restarts
        self._process: subprocess.Popen[str] | None = None
        self._due = 0.0
        self._delay = FIRST_DELAY_SECONDS
        self._kill_at: float | None = None

    @property
    def name(self) -> str:
        """The part's name in the log."""
        return self.program.name

    @property
    def pid(self) -> int | None:
        """The main process, while it runs."""
        return self._process.pid if self._process else None

    @property
    def is_ending(self) -> bool:
        """Whether it was asked to end and has not been started again since."""
        return self._kill_at is not None

    def tend(self, now: float) -> None:
        """Start what is due, bury what died, kill what was to end and did not in time."""
        if self._process is None:
            if self._restarts and now >= self._due:
                self.start(now)
        elif (code := self._process.poll()) is not None:
            self._bury(now, code)
        elif self._kill_at is not None and now >= self._kill_at:
            self._kill_group()

    def start(self, now: float) -> None:
        """Start the program. One that cannot be started counts as one that died at once."""
        self.started_at, self._kill_at = now, None
        try:
            self._process = subprocess.Popen(
                self.program.command,
                env=self.program.environment,
                pass_fds=self.program.pass_fds,
                # A session of its own: Ctrl-C at the terminal reaches the supervisor alone, and
                # the group can be killed whole.
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
        except OSError as error:
            self._say(self.name, f"cannot be started: {error}")
            self._schedule(now)
            return
        reader = threading.Thread(target=self._relay, args=(self._process.stdout,), daemon=True)
        reader.start()

    def end(self, now: float, grace: float) -> None:
        """Ask the main process to end; `tend` kills the group when it is still there after `grace`.

        The signal goes to the main process alone: django-q2 hangs when all its processes get it
        at once, and each program knows how to end its own children.
        """
        if self._process is None:
            return
        if self._kill_at is None:
            self._process.terminate()
        self._kill_at = min(self._kill_at or now + grace, now + grace)

    def stop(self, now: float, grace: float) -> None:
        """End it for good."""
        self._restarts = False
        self.end(now, grace)

    def _bury(self, now: float, code: int) -> None:
        # Whoever is left of its children would go on beside the next one (workers of a killed
        # qcluster do).
        self._kill_group()
        self._process = None
        self.exit_code = code
        if self._restarts:
            self._schedule(now)
            self._say(
                self.name, f"ended ({_reason(code)}), starts again in {self._due - now:.1f} s"
            )

    def _schedule(self, now: float) -> None:
        if self.started_at is not None and now - self.started_at >= PROVEN_SECONDS:
            self._delay = FIRST_DELAY_SECONDS
        self._due = now + self._delay
        self._delay = min(self._delay * 2, LONGEST_DELAY_SECONDS)

    def _kill_group(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _relay(self, lines: IO[str]) -> None:
        with lines:
            for line in lines:
                if line := line.rstrip():
                    self._say(self.name, line)


def _reason(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
