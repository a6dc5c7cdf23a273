"""Verifying what is stored, one element, the difference of two revisions."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import gitrepos, nodes
from benchmarks.gitrepos import LAYOUTS
from benchmarks.measuring import in_turn
from benchmarks.places import FOLDER, fresh
from benchmarks.results import Goal, Row
from benchmarks.rows.copying import repository

ROUNDS = {"S": 5, "M": 3, "L": 2}
PAIRS = 20
DEEP = {"revisions": 10_000, "elements": 20_000, "edits": 20}


def verify(size: str) -> list[Row]:
    """Recompute the digests of what is stored, in process; `git fsck` beside it."""
    checks = [partial(_fsck, repository(size, layout)) for layout in LAYOUTS]
    with (
        nodes.copied(nodes.source_data(size)) as data,
        nodes.Inside(data) as inside,
    ):
        works = [partial(inside.call, "reading.verify", deep=deep) for deep in (False, True)]
        stored, content, *theirs = in_turn(ROUNDS[size], *works, *checks)
        profiles = [inside.call("reading.verify_profile", deep=deep) for deep in (False, True)]
    ways = {f"a file per {layout}": t for layout, t in zip(LAYOUTS, theirs, strict=True)}
    goals = (Goal(50, 100), Goal(10, 17)) if size == "L" else (None, None)
    names = (f"verify {size}, stored bytes", f"verify {size}, all content digests")
    return [
        Row(name, "s", ours, ways, goal, profile)
        for name, ours, goal, profile in zip(names, (stored, content), goals, profiles, strict=True)
    ]


def _fsck(path: Path) -> None:
    gitrepos.git("fsck", cwd=path)


def deep_data(revisions: int) -> Path:
    """Return the data of a node with one resource of so many small revisions, made at first use."""
    path = FOLDER / f"deep-{revisions}"
    if not path.exists():
        with fresh(path) as scratch, nodes.Inside(scratch) as inside:
            inside.call("making.deepen", name="Deep", **{**DEEP, "revisions": revisions})
    return path


def element() -> list[Row]:
    """Read elements of revisions drawn by chance out of 10,000, in process."""
    with nodes.copied(deep_data(DEEP["revisions"])) as data, nodes.Inside(data) as inside:
        seen = inside.call("reading.element")
    taken = [seconds * 1000 for seconds in seen["seconds"]]
    notes = [f"Each is read with nothing open; the slowest of {len(taken)}: {max(taken):.1f} ms."]
    name = f"one element of a revision out of {seen['revisions']:,}"
    return [Row(name, "ms", taken, {}, Goal(2, 0.5, True), seen["profile"], notes)]


def difference(size: str) -> list[Row]:
    """Compare the newest revisions with their parents; `git diff-tree` beside it.

    From git's seconds those of `git version` are taken: a process that starts is no difference.
    """
    elements, packages = (repository(size, layout) for layout in LAYOUTS)
    start = _middle([_timed(elements, "version") for _ in range(PAIRS)])
    lines = ("-p", "-U0")

    def git(path: Path, *words: str) -> list[float]:
        pairs = [(f"trunk{'~' * (place + 1)}", f"trunk{'~' * place}") for place in range(PAIRS)]
        times = [_timed(path, "diff-tree", "-r", *words, *pair) for pair in pairs]
        return [(taken - start) * 1000 for taken in times]

    with nodes.copied(nodes.source_data(size)) as data, nodes.Inside(data) as inside:
        names, bodies = (
            inside.call("reading.differences", most=PAIRS, named=named) for named in (True, False)
        )
    by_lines = {"package files, their lines": git(packages, *lines)}
    note = (
        f"{_middle(names['found'])} elements differ at the median; git without the"
        f" {start * 1000:.1f} ms of a process that starts."
    )
    of_names = {"element files, their names": git(elements), **by_lines}
    of_bodies = {"element files, their lines": git(elements, *lines), **by_lines}
    return [
        _difference(f"difference of two revisions, {size}", names, of_names, Goal(10, 20), note),
        _difference(f"the same with both contents, {size}", bodies, of_bodies, None, note),
    ]


def _difference(
    name: str, seen: dict[str, Any], git: dict[str, list[float]], goal: Goal | None, note: str
) -> Row:
    taken = [seconds * 1000 for seconds in seen["seconds"]]
    return Row(name, "ms", taken, git, goal, seen["profile"], [note])


def _middle(figures: list[float]) -> float:
    return sorted(figures)[len(figures) // 2]


def _timed(path: Path, *words: str) -> float:
    began = time.perf_counter()
    gitrepos.git(*words, cwd=path)
    return time.perf_counter() - began
