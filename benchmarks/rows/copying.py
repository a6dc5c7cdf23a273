"""First copies: seconds, memory, bytes. A run is timed from its request until it has succeeded."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from benchmarks import gitrepos, gitserver, nodes
from benchmarks.counting import counting
from benchmarks.gitrepos import LAYOUTS
from benchmarks.measuring import EFFORT, in_turn
from benchmarks.places import FOLDER
from benchmarks.results import Goal, Row

ROUNDS = {"S": 5, "M": 5, "L": 3}
FASTER = {"M": Goal(6, 9), "L": Goal(8, 15), "wide": Goal(30, 60)}
MANY_ROUNDS = 3
SAMPLE = {"wide": 40, "narrow": 10}
AT_ONCE = 4
MEMORY_ROUNDS = 3
MIB = 1 << 20
SETTLED_SECONDS = 2.0
"""What a node that was just started still loads must not be part of what is measured."""


def first_copy(size: str) -> list[Row]:
    """Copy a resource for the first time, all digests recomputed; `clone --mirror` beside it."""
    names = [f"a file per {layout}" for layout in LAYOUTS]
    with _source(size) as (source, address):
        clones = [
            partial(_clone, f"{address}/{repository(size, layout).name}") for layout in LAYOUTS
        ]
        ours, *theirs = in_turn(ROUNDS[size], partial(_copy, source), *clones)
        profile = _profile(source)
    row = Row(
        f"first copy of {size}",
        "s",
        ours,
        dict(zip(names, theirs, strict=True)),
        FASTER.get(size),
        profile,
    )
    return [row]


def repository(size: str, layout: str, index: int = 0) -> Path:
    """Return the git repository of one resource of a size, made at first use."""
    path = gitrepos.path_of(size, layout, index)
    if not path.exists():
        stream = path.with_suffix(".stream")
        with nodes.Inside(nodes.source_data(size)) as inside:
            inside.call("making.export", index=index, layout=layout, into=str(stream))
        gitrepos.made(path, str(stream))
        stream.unlink()
    return path


@contextmanager
def _source(size: str) -> Iterator[tuple[nodes.Node, str]]:
    """Run a source node and, beside it, git's server; yields the node and git's address."""
    with ExitStack() as stack:
        data = stack.enter_context(nodes.copied(nodes.source_data(size)))
        source = stack.enter_context(nodes.running(data, "A"))
        yield source, stack.enter_context(gitserver.serving(FOLDER))


def _copy(source: nodes.Node) -> float:
    with nodes.copied(nodes.empty_data()) as data, nodes.running(data, "B") as target:
        configs = target.follow(source, **source.everything())
        time.sleep(SETTLED_SECONDS)
        return target.timed(*configs)


def _clone(address: str) -> float:
    """Clone and return the seconds, without those of removing the clone."""
    into = FOLDER / f"clone-{os.getpid()}-{time.time_ns()}.git"
    began = time.perf_counter()
    gitrepos.git("clone", "--quiet", "--mirror", address, str(into))
    taken = time.perf_counter() - began
    shutil.rmtree(into)
    return taken


def _profile(source: nodes.Node) -> list[str]:
    """Copy once more, in a process that is watched; return where the time goes."""
    if not EFFORT.profiles:
        return []
    with nodes.copied(nodes.empty_data()) as data:
        with nodes.running(data, "B") as target:
            configs = target.follow(source, **source.everything())
        with nodes.Inside(data) as inside:
            lines: list[str] = inside.call("copying.run_profile", config=configs[0])
    return lines


def first_copy_of_many(size: str) -> list[Row]:
    """Copy many small resources; git's seconds are those of a sample, as if all took as long."""
    with nodes.Inside(nodes.source_data(size)) as inside:
        count = inside.call("reading.counts")["resources"]
    sample = range(0, count, count // SAMPLE[size])
    addresses: dict[str, list[str]] = {}
    with _source(size) as (source, address):
        for layout in LAYOUTS:
            names = [repository(size, layout, index).name for index in sample]
            addresses[layout] = [f"{address}/{name}" for name in names]
        works = {
            f"{layout} files, {at_once} at once": partial(_clone_all, addresses[layout], at_once)
            for layout in LAYOUTS
            for at_once in (1, AT_ONCE)
        }
        ours, *theirs = in_turn(MANY_ROUNDS, partial(_copy, source), *works.values())
        profile = _profile(source)
    all_of_them = {
        name: [taken * count / len(sample) for taken in times]
        for name, times in zip(works, theirs, strict=True)
    }
    note = f"git: {len(sample)} of {count:,} repositories were cloned, the seconds extrapolated."
    row = Row(
        f"first copy of {size} ({count:,} resources)",
        "s",
        ours,
        all_of_them,
        FASTER.get(size),
        profile,
        [note],
    )
    return [row]


def _clone_all(addresses: list[str], at_once: int) -> float:
    into = FOLDER / f"clones-{os.getpid()}-{time.time_ns()}"
    into.mkdir()

    def clone(place: int) -> None:
        gitrepos.git("clone", "--quiet", "--mirror", addresses[place], str(into / f"{place}.git"))

    began = time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(clone, range(len(addresses))))
    taken = time.perf_counter() - began
    shutil.rmtree(into)
    return taken


def memory() -> list[Row]:
    """Sample the memory of the workers while they copy S and L."""
    peaks = {size: _peaks(size) for size in ("S", "L")}
    more = [max(0.0, large - small) for small, large in zip(peaks["S"], peaks["L"], strict=True)]
    return [
        Row("peak memory of the copying worker, L", "MiB", peaks["L"], goal=Goal(150, 110, True)),
        Row("peak memory, L minus S", "MiB", more, goal=Goal(15, None, True)),
    ]


def _peaks(size: str) -> list[float]:
    peaks = []
    with _source(size) as (source, _address):
        for _round in range(MEMORY_ROUNDS):
            with nodes.copied(nodes.empty_data()) as data, nodes.running(data, "B") as target:
                configs = target.follow(source, **source.everything())
                with nodes.PeakMemory(target) as seen:
                    target.synchronize(*configs)
            peaks.append(seen.peak / MIB)
    return peaks


def sizes(size: str) -> list[Row]:
    """Count the bytes that travel for a first copy, and those that lie there afterwards."""
    sent: dict[str, list[float]] = {}
    stored: dict[str, list[float]] = {}
    with _source(size) as (source, address), nodes.copied(nodes.empty_data()) as data:
        with counting(source.address) as through, nodes.running(data, "B") as target:
            configs = target.follow(source, through.address, **source.everything())
            through.clear()
            target.synchronize(*configs)
            ours = through.down / 1e6
        kept = {part: _bytes(data / part) / 1e6 for part in ("segments", "db.sqlite3")}
        for layout in LAYOUTS:
            path = repository(size, layout)
            sent[f"{layout} files"] = [_sent_by_git(f"{address}/{path.name}") / 1e6]
            stored[f"{layout} files"] = [_bytes(path / "objects") / 1e6]
    rows = f"The database beside the packs: {kept['db.sqlite3']:.1f} MB."
    goal = Goal(1.3, 0.9, is_limit=True)
    return [
        _share(f"bytes sent for {size}", ours, sent, goal, []),
        _share(f"bytes stored for {size}", kept["segments"], stored, goal, [rows]),
    ]


def _share(
    name: str, ours: float, theirs: dict[str, list[float]], goal: Goal, notes: list[str]
) -> Row:
    """Return a row whose figure is our share of git's better way."""
    best = min(taken[0] for taken in theirs.values())
    git = ", ".join(f"{way} {taken[0]:.1f} MB" for way, taken in theirs.items())
    return Row(
        name, "of git's", [ours / best], {}, goal, [], [f"{ours:.1f} MB; git {git}.", *notes]
    )


def _sent_by_git(address: str) -> int:
    base, _slash, name = address.rpartition("/")
    with counting(base) as through:
        _clone(f"{through.address}/{name}")
        return through.down


def _bytes(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
