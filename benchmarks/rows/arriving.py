"""One commit on its way to another node, and asking what is new when nothing is."""

from __future__ import annotations

import random
import shutil
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks import gitrepos, gitserver, nodes
from benchmarks.counting import counting
from benchmarks.gitrepos import LAYOUTS
from benchmarks.measuring import in_turn
from benchmarks.places import FOLDER
from benchmarks.results import Goal, Row
from benchmarks.rows.copying import SAMPLE, repository

COMMITS = 15
PATIENCE = 30.0
VISIBLE = "SELECT 1 FROM repository_revision WHERE resource_id = ? AND number = ?"
FETCHES = 9
EDITED, ADDED = 20, 10
"""As many elements as a commit of the demo changes."""
IDLE_SECONDS = 6.0
POLLS = 300
EVERY_COMMIT = {"type": "every_commit"}


def commit_to_visible(size: str) -> list[Row]:
    """Commit at the source at odd moments; look into the target's database until it is there."""
    with _pair(size) as (source, target, config):
        dice = random.Random(1)  # noqa: S311 - no secret
        committed, seen = [], []
        with nodes.Inside(source.data) as inside:
            for _commit in range(COMMITS):
                time.sleep(1 + dice.random())
                committed.append(time.time())
                made = inside.call("making.commit")
                target.wait_for(VISIBLE, (made["resource"], made["number"]), PATIENCE)
                seen.append(time.monotonic() - made["at"])
        time.sleep(1)
        with nodes.Inside(target.data) as inside:
            runs = inside.call("copying.runs_of", config=config)[-COMMITS:]
    stages = {
        "until the watcher looks": [r["asked"] - c for r, c in zip(runs, committed, strict=True)],
        "until a worker has it": [r["began"] - r["asked"] for r in runs],
        "the run": [r["ended"] - r["began"] for r in runs],
    }
    profile = [f"{name} {statistics.median(taken):.2f} s" for name, taken in stages.items()]
    spread = f"{COMMITS} commits, {min(seen):.2f} to {max(seen):.2f} s."
    goal = Goal(1.0, 0.4, is_limit=True)
    return [Row(f"commit to visible, {size}", "s", seen, {}, goal, profile, [spread])]


@contextmanager
def _pair(size: str) -> Iterator[tuple[nodes.Node, nodes.Node, int]]:
    """Run two nodes of which the second has all of the first's one resource, and follows it."""
    with (
        nodes.copied(nodes.source_data(size)) as there,
        nodes.copied(nodes.empty_data()) as here,
        nodes.running(there, "A") as source,
        nodes.running(here, "B") as target,
    ):
        (config,) = target.follow(source, trigger=EVERY_COMMIT, **source.everything())
        target.synchronize(config)
        yield source, target, config


def transfer(size: str) -> list[Row]:
    """Fetch one commit: pack request, verification, durable write; `git fetch` beside it."""
    with (
        nodes.copied(nodes.source_data(size)) as there,
        nodes.copied(nodes.empty_data()) as here,
        nodes.running(there, "A") as source,
        _served(size) as pairs,
    ):
        with nodes.running(here, "B") as target:
            (config,) = target.follow(source, **source.everything())
            target.synchronize(config)
        with nodes.Inside(there) as committing, nodes.Inside(here) as fetching:

            def ours() -> float:
                committing.call("making.commit")
                taken: float = fetching.call("copying.transfer", config=config)["seconds"]
                return taken

            fetches = [partial(_fetch, *pair) for pair in pairs]
            # The first time of each opens connections and loads modules.
            in_turn(1, ours, *fetches)
            mine, *theirs = in_turn(FETCHES, ours, *fetches)
    names = [f"a file per {layout}" for layout in LAYOUTS]
    ways = dict(zip(names, theirs, strict=True))
    return [Row(f"transfer of one commit, {size}", "s", mine, ways, Goal(5, 10))]


@contextmanager
def _served(size: str) -> Iterator[list[tuple[Path, Path]]]:
    """Serve a copy of each git repository; yields it and a clone of it."""
    root = FOLDER / f"served-{time.time_ns()}"
    try:
        with gitserver.serving(root) as address:
            pairs = []
            for layout in LAYOUTS:
                served, clone = root / f"{layout}.git", root / f"{layout}-clone.git"
                shutil.copytree(repository(size, layout), served)
                gitrepos.git("clone", "--quiet", "--mirror", f"{address}/{served.name}", str(clone))
                pairs.append((served, clone))
            yield pairs
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _fetch(served: Path, clone: Path) -> float:
    gitrepos.add_commit(served, EDITED, ADDED, time.time_ns())
    began = time.perf_counter()
    gitrepos.git("fetch", "--quiet", cwd=clone)
    return time.perf_counter() - began


def nothing_new(size: str) -> list[Row]:
    """Follow many resources of which none changes; `ls-remote` of a sample beside it."""
    with (
        nodes.copied(nodes.source_data(size)) as there,
        nodes.copied(nodes.empty_data()) as here,
        nodes.running(there, "A") as source,
        gitserver.serving(FOLDER) as address,
    ):
        with counting(source.address) as through, nodes.running(here, "B") as target:
            configs = target.follow(
                source, through.address, trigger=EVERY_COMMIT, **source.everything()
            )
            count = sum(run["counts"]["resources_total"] for run in target.synchronize(*configs))
            time.sleep(2)
            through.clear()
            time.sleep(IDLE_SECONDS)
            asked = list(through.requests)
        with nodes.Inside(here) as inside:
            inside.call("copying.point_at", address=source.address)
            mine = [taken * 1000 for taken in inside.call("copying.polling", rounds=POLLS)]
        step = count // SAMPLE[size]
        sample = [repository(size, LAYOUTS[0], index).name for index in range(0, count, step)]
        began = time.perf_counter()
        for name in sample:
            gitrepos.git("ls-remote", f"{address}/{name}")
        theirs = (time.perf_counter() - began) * 1000 * count / len(sample)
    kinds = {request.partition("?")[0] for request in asked}
    notes = [
        f"In {IDLE_SECONDS:.0f} s {len(asked)} requests came for all resources together,"
        f" one each time: {', '.join(sorted(kinds))}.",
        f"git: `ls-remote` of {len(sample)} repositories, extrapolated.",
    ]
    name = f"nothing new in {count:,} resources"
    return [Row(name, "ms", mine, {"ls-remote": [theirs]}, Goal(30, 5, True), [], notes)]
