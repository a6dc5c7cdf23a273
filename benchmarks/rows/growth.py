"""How cost grows: with the revisions of a resource, and with the bytes of a first copy."""

from __future__ import annotations

import statistics

from benchmarks import nodes, results
from benchmarks.results import Row
from benchmarks.rows.reading import deep_data

DEPTHS = (100, 1_000, 10_000)
COMMITS = 15
EDITS = 30


def growth() -> list[Row]:
    """Do the same at a resource with 100, 1,000 and 10,000 revisions."""
    rows: dict[str, dict[int, list[float]]] = {}
    for depth in DEPTHS:
        with nodes.copied(deep_data(depth)) as data, nodes.Inside(data) as inside:
            element = inside.call("reading.element")["seconds"]
            difference = inside.call("reading.differences", most=20, named=True)["seconds"]
            committing = [
                inside.call("making.edit", name="Deep", edits=EDITS, seed=seed)
                for seed in range(COMMITS)
            ]
            asking = [inside.call("copying.standing", name="Deep") for _ in range(COMMITS)]
        for name, taken in (
            ("reading an element", element),
            ("the difference to the parent", difference),
            (f"committing {EDITS} changes", committing),
            ("answering who knows the head", asking),
        ):
            rows.setdefault(name, {})[depth] = [seconds * 1000 for seconds in taken]
    found = [_row(name, by_depth) for name, by_depth in rows.items()]
    return [*found, *_by_bytes()]


def _row(name: str, by_depth: dict[int, list[float]]) -> Row:
    medians = {depth: statistics.median(taken) for depth, taken in by_depth.items()}
    shown = ", ".join(f"{medians[depth]:.2f} ms at {depth:,}" for depth in DEPTHS)
    factor = medians[DEPTHS[-1]] / medians[DEPTHS[0]]
    return Row(f"growth: {name}", "times", [factor], notes=[f"{shown} revisions."])


def _by_bytes() -> list[Row]:
    """Compare the seconds per MB of first copies, as far as these were measured."""
    rates = {}
    for size in ("M", "L"):
        copied = results.load(f"copy-{size}")
        if copied is not None:
            with nodes.Inside(nodes.source_data(size)) as inside:
                packs = inside.call("reading.sizes")["packs"]
            rates[size] = copied.rows[0].ours_median / packs * 1e9
    if len(rates) < 2:  # noqa: PLR2004 - both of them
        return []
    shown = ", ".join(f"{size} {rate:.2f} ms" for size, rate in rates.items())
    factor = [rates["L"] / rates["M"]]
    return [
        Row("growth: first copy, a stored MB", "times", factor, notes=[f"{shown} for each MB."])
    ]
