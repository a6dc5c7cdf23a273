"""What the served Teamwork Cloud API takes for a batch of elements at an old revision."""

from __future__ import annotations

from pathlib import Path

from benchmarks import nodes
from benchmarks.places import FOLDER, fresh
from benchmarks.results import Goal, Row

BROAD = {"revisions": 300, "elements": 200_000, "edits": 200}
COUNT = 1_000
WAYS = {"drawn from all": False, "neighbours": True}


def broad_data() -> Path:
    """Return the data of a node with one resource of 200,000 elements, made at first use."""
    path = FOLDER / f"broad-{BROAD['elements']}"
    if not path.exists():
        with fresh(path) as scratch, nodes.Inside(scratch) as inside:
            inside.call("making.deepen", name="Broad", **BROAD)
    return path


def batch() -> list[Row]:
    """Read a thousand elements at revisions drawn by chance, in process, by the whole API."""
    rows = []
    with nodes.copied(broad_data()) as data, nodes.Inside(data) as inside:
        for words, together in WAYS.items():
            seen = inside.call("serving.batches", count=COUNT, together=together)
            taken = [seconds * 1000 for seconds in seen["seconds"]]
            notes = [
                f"Of {seen['elements']:,} elements at {seen['revisions']:,} revisions;"
                f" the answer has {seen['bytes']:,} bytes, the slowest took {max(taken):.1f} ms."
            ]
            name = f"/osmc batch of {COUNT:,} elements, {words}"
            rows.append(Row(name, "ms", taken, {}, Goal(60, 30, True), seen["profile"], notes))
    return rows
