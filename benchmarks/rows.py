"""The rows that can be measured so far: each returns what it saw, beside git in the same run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import gitrepos, gitserver, nodes
from benchmarks.measuring import Row, in_turn
from benchmarks.places import FOLDER

ROUNDS = 3


def first_copy(size: str) -> list[Row]:
    """Copy a resource for the first time, all digests recomputed; `clone --mirror` beside it."""
    seconds: list[float] = []
    peak: list[int] = []
    repositories = [gitrepos.repository(size, layout) for layout in gitrepos.LAYOUTS]
    with (
        nodes.copied(nodes.source_data(size)) as data,
        nodes.running(data, "A") as source,
        gitserver.serving(FOLDER) as address,
    ):
        works = [lambda: _copy(source, seconds, peak)]
        works += [_clone(f"{address}/{repository.name}") for repository in repositories]
        times = in_turn(ROUNDS, *works)
    theirs = {layout: t.best for layout, t in zip(gitrepos.LAYOUTS, times[1:], strict=True)}
    best = min(theirs.values())
    notes = tuple(f"git, a {name} a file: {taken:.2f} s" for name, taken in theirs.items())
    return [
        Row(
            f"first copy of {size}", min(seconds), "s", best, ratio=best / min(seconds), notes=notes
        ),
        Row(f"peak memory of the worker, {size}", max(peak) / 2**20, "MiB"),
    ]


def _copy(source: nodes.Node, seconds: list[float], peak: list[int]) -> None:
    with nodes.copied(nodes.empty_data()) as data, nodes.running(data, "B") as target:
        shown = source.call("GET", "resources/")["results"]
        config = target.follow(source, resources=[shown[0]["id"]])
        with nodes.PeakMemory(target) as memory:
            began = time.perf_counter()
            target.synchronize(config)
            seconds.append(time.perf_counter() - began)
        peak.append(memory.peak)


def _clone(address: str) -> Callable[[], None]:
    into = FOLDER / f"clone-{os.getpid()}.git"

    def clone() -> None:
        shutil.rmtree(into, ignore_errors=True)
        gitrepos.git("clone", "--quiet", "--mirror", address, str(into))

    return clone


def verify(size: str) -> list[Row]:
    """Recompute every digest of what is stored; `git fsck` of the better layout beside it."""
    ours = min(_inside(nodes.source_data(size), "verify")["seconds"] for _ in range(ROUNDS))
    checks = [_fsck(gitrepos.repository(size, layout)) for layout in gitrepos.LAYOUTS]
    theirs = min(times.best for times in in_turn(ROUNDS, *checks))
    return [Row(f"verify {size}", ours, "s", theirs, ratio=theirs / ours)]


def _fsck(repository: Path) -> Callable[[], None]:
    return lambda: gitrepos.git("fsck", cwd=repository) and None


def element(size: str) -> list[Row]:
    """Read elements of revisions drawn by chance, in process."""
    seen = _inside(nodes.source_data(size), "element")
    return [Row(f"one element of {seen['revisions']} revisions", seen["median"] * 1000, "ms")]


def difference(size: str) -> list[Row]:
    """Compare revisions with their parents, in process."""
    seen = _inside(nodes.source_data(size), "differences")
    return [Row(f"difference of two revisions, {size}", seen["seconds"] * 1000, "ms")]


def _inside(data: Path, step: str) -> dict[str, Any]:
    nodes.manage(data, "migrate", "-v0")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.inside", step, "{}"],
        env=nodes.environment(data, data.name),
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


ROWS: dict[str, Callable[[str], list[Row]]] = {
    row.__name__: row for row in (first_copy, verify, element, difference)
}
