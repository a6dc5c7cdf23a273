"""What the demo prints: a table of what arrived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tcsync.amounts import size

COLUMNS = ("configuration", "resources", "revisions", "elements", "bytes", "seconds", "verified")


def table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the lines of a table: one row each configuration, and a last one for all of them."""
    cells = [COLUMNS, *(_cells(row) for row in rows)]
    if len(rows) > 1:
        cells.append(_cells(_total(rows)))
    widths = [max(len(row[i]) for row in cells) for i in range(len(COLUMNS))]
    lines = ["  ".join(_aligned(row, widths)).rstrip() for row in cells]
    return [lines[0], "-" * (sum(widths) + 2 * (len(widths) - 1)), *lines[1:]]


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    counts = (f"{row[name]:,}" for name in ("resources", "revisions", "elements"))
    return (row["name"], *counts, size(row["bytes"]), f"{row['seconds']:.2f}", row["verified"])


def _total(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    sums = {n: sum(row[n] for row in rows) for n in ("resources", "revisions", "elements", "bytes")}
    seconds = max(r["ended"] for r in rows) - min(r["began"] for r in rows)
    return {"name": "all, side by side", **sums, "seconds": seconds, "verified": ""}


def _aligned(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    last = len(row) - 1
    return [
        cell.ljust(width) if i in (0, last) else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
