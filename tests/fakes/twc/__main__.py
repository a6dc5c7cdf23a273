"""Runs a stand-in as a process: `python -m tests.fakes.twc --generate M --port 0`.

It prints `ready at ADDRESS/` once it answers, and ends on a signal.
"""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
import threading
from pathlib import Path

from tests.fakes.twc import generate, samples
from tests.fakes.twc.keeping import kept
from tests.fakes.twc.server import StandIn
from tests.fakes.twc.world import World


def main(words: list[str] | None = None) -> int:
    """Serve until a signal comes."""
    said = _parser().parse_args(words)
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: done.set())
    with StandIn(_world(said), port=said.port, seats=said.seats, latency=said.latency) as server:
        sys.stdout.write(f"ready at {server.address}/\n")
        sys.stdout.flush()
        done.wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.twc", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds for each request")
    parser.add_argument("--seats", type=int, default=None, help="licence seats; default: no limit")
    parser.add_argument("--version", default="2024x Refresh3")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--world", help="module:function that makes a World; default: the sample")
    what.add_argument("--generate", choices=[*generate.SIZES, "poll"])
    parser.add_argument("--keep", type=Path, help="a folder of your own for generated worlds")
    parser.add_argument("--resources", type=int, default=generate.POLLED_RESOURCES, help="of poll")
    parser.add_argument("--elements", type=int, help="instead of the generated size's")
    parser.add_argument("--revisions", type=int, help="instead of the generated size's")
    return parser


def _world(said: argparse.Namespace) -> World:
    if said.world:
        module, _colon, name = said.world.partition(":")
        made: World = getattr(importlib.import_module(module), name)()
        return made
    if said.generate == "poll":
        return generate.polled(said.resources, said.version)
    if said.generate:
        usual = generate.SIZES[said.generate]
        size = generate.Size(said.elements or usual.elements, said.revisions or usual.revisions)
        name = f"{size.elements}-{size.revisions}-{said.version}"
        return kept(said.keep, name, lambda: generate.big(size, version=said.version))
    return samples.sample(said.version)


if __name__ == "__main__":
    sys.exit(main())
