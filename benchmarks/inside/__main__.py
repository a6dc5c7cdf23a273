"""The loop of steps."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import django
import msgspec

django.setup()

from benchmarks.inside import copying, making, reading, serving  # noqa: E402 - need the applications

STEPS: dict[str, Callable[..., Any]] = {
    f"{module.__name__.rpartition('.')[2]}.{name}": getattr(module, name)
    for module in (copying, making, reading, serving)
    for name in module.STEPS
}


def main() -> None:
    """Answer each line; an exception ends the process, its trace is on standard error."""
    # What a step prints must not stand between the answers.
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        step, given = msgspec.json.decode(line)
        answers.write(msgspec.json.encode(STEPS[step](**given)) + b"\n")


main()
