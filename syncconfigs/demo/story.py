"""What happens in the demo, in order: from two empty folders to the table of what arrived."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from syncconfigs.demo import table
from syncconfigs.demo.filling import Filling
from syncconfigs.demo.nodes import DemoFailed, DemoNode, DemoStopped, Steps
from syncconfigs.supervisor.part import Part
from syncconfigs.supervisor.place import is_ready
from tcsync.access.passwords import make_password
from tcsync.amounts import size

READY_SECONDS = 90.0
LOOK_SECONDS = 0.25
STILL_SECONDS = 180.0
ACCOUNT = "demo"
LOG_LINES = 15

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Story:
    """Tells itself: `tell` prints a line, `hint` one that the next line may overwrite."""

    source: DemoNode
    target: DemoNode
    parts: Sequence[Part]
    filling: Filling
    steps: Steps
    tell: Tell
    hint: Tell

    def run(self) -> None:
        """Go through it once. Raises DemoFailed, or DemoStopped when it is to stop."""
        for at, part in zip((self.source, self.target), self.parts, strict=True):
            self._wait_until_ready(at, part)
        self.tell(f"Source node: {self.source.address}   target node: {self.target.address}")
        self.tell("Filling the source (only what is not there yet) ...")
        self.filling.fill(self.steps, self.tell)
        # A fresh one at every start: nowhere is it kept in clear, and nobody has to look for it.
        password = make_password()
        for line in told(self._synchronize(password)):
            self.tell(line)
        self._invite(password)

    def _wait_until_ready(self, at: DemoNode, part: Part) -> None:
        until = time.monotonic() + READY_SECONDS
        self.hint(f"Starting the {at.role} node ...")
        while not is_ready("127.0.0.1", at.port):
            if part.exit_code is not None or time.monotonic() > until:
                raise DemoFailed(
                    f"The {at.role} node did not start. The end of {at.log}:\n{_end_of(at)}",
                    next_step="Mend that, then `make demo` again.",
                )
            self._pause()

    def _synchronize(self, password: str) -> dict[str, Any]:
        account = {"account": ACCOUNT, "password": password}
        offered = self.steps.ask(self.source, "offer", account)
        given = {**offered, "address": self.source.address}
        if self.steps.ask(self.target, "known", account) != self.source.address:
            given["token"] = self.steps.ask(self.source, "token")
        begun = self.steps.ask(self.target, "connect", given)
        moved, elements = time.monotonic(), -1
        while not (report := self.steps.ask(self.target, "report", begun))["done"]:
            self.hint(
                f"Synchronizing: {report['revisions']} of {report['revisions_total']} revisions,"
                f" {report['elements']:,} elements"
            )
            if report["elements"] != elements:
                moved, elements = time.monotonic(), report["elements"]
            elif time.monotonic() - moved > STILL_SECONDS:
                raise self._stuck(report["waiting"])
        return dict(report)

    def _stuck(self, waiting: Sequence[str]) -> DemoFailed:
        return DemoFailed(
            f"Nothing has arrived for {STILL_SECONDS:.0f} s. {'; '.join(waiting)}."
            f" The end of {self.target.log}:\n{_end_of(self.target)}",
            next_step="Mend that, then `make demo` again: it goes on from here.",
        )

    def _invite(self, password: str) -> None:
        self.tell("")
        self.tell(f"Open  {self.target.address}/   user name: {ACCOUNT}   password: {password}")
        self.tell(f"The source's own pages are at {self.source.address}/ (the same account).")
        self.tell("A new revision at the source, watched on its way: make demo-commit")

    def _pause(self) -> None:
        if self.steps.stopping.wait(LOOK_SECONDS):
            raise DemoStopped


def told(report: dict[str, Any]) -> list[str]:
    """Return the report in lines: what arrived, or that nothing was new, and what was refused."""
    rows = report["rows"]
    arrived = [row for row in rows if row["revisions"] or row["resources"]]
    lines = [""]
    if arrived:
        lines += ["What arrived:", *table.table(arrived)]
    else:
        lines.append(
            f"Nothing is new: {len(rows)} configurations were compared with the source,"
            f" the slowest in {max((row['seconds'] for row in rows), default=0.0):.2f} s."
        )
    here = report["here"]
    lines.append(
        f"In all, the target holds {here['resources']} read-only copies with {here['revisions']:,}"
        f" revisions in {size(here['bytes'])}."
    )
    lines += [
        f"Not synchronized: {entry['name']}: {entry['reason']}" for entry in report["refused"]
    ]
    lines += [f"Failed: {entry['name']}: {entry['reason']}" for entry in report["failed"]]
    return lines


def _end_of(at: DemoNode) -> str:
    try:
        return "\n".join(at.log.read_text(errors="replace").splitlines()[-LOG_LINES:])
    except FileNotFoundError:
        return "(there is none)"
