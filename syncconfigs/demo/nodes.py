"""The two nodes of the demo, and running steps inside them."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from syncconfigs.supervisor import node
from tcsync.errors import TcsyncError
from tcsync.lifeline import Lifeline

POLL_SECONDS = 0.1
NOT_INHERITED = frozenset(
    {"SECRET_KEY", "TCSYNC_FIELD_KEYS", "DATABASE_URL", "ALLOWED_HOSTS", "DEBUG"}
)
"""What makes a node that node; the demo's nodes have their own in their folders."""


class DemoFailed(TcsyncError):
    """A step of the demo did not succeed."""

    code = "demo"


class DemoStopped(Exception):
    """The demo is to stop; what is running is left."""


@dataclass(frozen=True, slots=True)
class DemoNode:
    """One of the two nodes: `role` is its folder's name, too."""

    role: str
    port: int
    root: Path

    @property
    def name(self) -> str:
        """The name that the node gives itself."""
        return f"Demo {self.role}"

    @property
    def data(self) -> Path:
        """Everything that the node has."""
        return self.root / self.role

    @property
    def log(self) -> Path:
        """What it says while it runs."""
        return self.root / f"{self.role}.log"

    @property
    def address(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """Return the environment of everything that runs in this node."""
        kept = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        return node.environment(
            kept,
            TCSYNC_DATA=str(self.data),
            TCSYNC_NODE_NAME=self.name,
            TCSYNC_COOKIE_SUFFIX=f"_{self.role}",
            TCSYNC_ALLOW_LOOPBACK="1",
        )


@dataclass(frozen=True, slots=True)
class Steps:
    """Runs commands inside nodes, one after the other, until it is told to stop."""

    line: Lifeline
    stopping: threading.Event

    def run(self, at: DemoNode, *words: str, given: object = None) -> str:
        """Run a management command and return what it prints on standard output.

        `given` reaches it as JSON on standard input: secrets in it are not seen in the list of
        processes. Raises DemoFailed, or DemoStopped.
        """
        with subprocess.Popen(
            node.command(*words),
            env=self.line.environment(at.environment()),
            pass_fds=self.line.pass_fds,
            start_new_session=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            text, said = self._finish(process, "" if given is None else json.dumps(given))
        if process.returncode:
            raise DemoFailed(
                f"`manage.py {' '.join(words)}` failed in the {at.role} node ({at.data}):"
                f" {said.strip() or 'without a reason'}",
                next_step="`make demo` again goes on from here.",
            )
        return text

    def ask(self, at: DemoNode, question: str, given: object = None) -> Any:
        """Run a step of `syncconfigs.demo.inside`; return the JSON value that it gives."""
        return json.loads(self.run(at, "demo", "--inside", question, given=given))

    def _finish(self, process: subprocess.Popen[str], given: str) -> tuple[str, str]:
        rest: str | None = given
        while True:
            try:
                return process.communicate(rest, timeout=POLL_SECONDS)
            except subprocess.TimeoutExpired:
                rest = None
                if self.stopping.is_set():
                    process.terminate()
                    raise DemoStopped from None
