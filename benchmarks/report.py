"""docs/performance.md: the table, where the time goes, and what is to be said about it."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil

from benchmarks.places import ROOT
from benchmarks.results import Goal, Result, Row

TABLE = ROOT / "docs" / "performance.md"
REMARKS = ROOT / "benchmarks" / "remarks.toml"
EXPECTED = ROOT / "benchmarks" / "expected.json"
WORDS = {"stretch": "reached, stretch too", "enough": "reached", "missed": "**missed**"}


def line(row: Row) -> str:
    """Return a row as a line for the terminal."""
    text = f"{row.name:<44} {figure(row.ours_median):>8} {row.unit}"
    if row.ratio is not None:
        text += f"  git {figure(row.theirs_median)}, {figure(row.ratio)} x"
    return f"{text}  {row.goal.reached(row)}" if row.goal else text


def figure(value: float | None) -> str:
    """Return a number with three digits that count."""
    if value is None:
        return ""
    for bound, digits in ((100, 0), (10, 1), (1, 2), (0.1, 3)):
        if abs(value) >= bound:
            return f"{value:,.{digits}f}"
    return f"{value:.4f}"


def write(found: list[Result]) -> None:
    """Write the table, and what the short form expects."""
    rows = [row for result in found for row in result.rows]
    TABLE.write_text("\n".join(_page(found, rows)) + "\n")
    ratios = {row.name: round(row.ratio, 2) for row in rows if row.ratio is not None}
    EXPECTED.write_text(json.dumps(ratios, indent=1, sort_keys=True) + "\n")


def _page(found: list[Result], rows: list[Row]) -> Iterator[str]:
    remarks = tomllib.loads(REMARKS.read_text())
    yield "# Performance\n"
    yield "Written by `make bench`; the remarks are those of `benchmarks/remarks.toml`.\n"
    yield from _machine(found)
    yield "\n" + remarks["method"].strip() + "\n"
    yield "| what | ours | git's better way | ratio | at least | stretch | |"
    yield "|---|---|---|---|---|---|---|"
    yield from map(_table_line, rows)
    for result in found:
        yield f"\n## {result.key}"
        yield f"Measured {result.at}.\n"
        for row in result.rows:
            yield from _details(row)
        if said := remarks.get("rows", {}).get(result.key):
            yield "\n" + said.strip()


def _machine(found: Iterable[Result]) -> Iterator[str]:
    model = _cpu() or platform.processor() or platform.machine()
    git = subprocess.run(["git", "version"], capture_output=True, text=True, check=True).stdout
    memory = psutil.virtual_memory().total / 1e9
    days = sorted({result.at for result in found}) or ["never"]
    yield f"- Measured {' to '.join(dict.fromkeys((days[0], days[-1])))}"
    yield f"- {os.cpu_count()} cores ({model}), {memory:.0f} GB of memory, {platform.system()}"
    yield f"- Python {platform.python_version()}, {git.strip()}, SQLite as the database"


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return ""
    names = [n.partition(":")[2] for n in info.read_text().splitlines() if n.startswith("model n")]
    return names[0].strip() if names else ""


def _table_line(row: Row) -> str:
    theirs = f"{figure(row.theirs_median)} {row.unit}" if row.ratio is not None else ""
    ratio = f"{figure(row.ratio)} x" if row.ratio is not None else ""
    verdict = WORDS[row.goal.reached(row)] if row.goal else ""
    bounds = [_bound(row.goal, row.unit, which) for which in ("enough", "stretch")]
    ours = f"{figure(row.ours_median)} {row.unit}"
    return f"| {' | '.join([row.name, ours, theirs, ratio, *bounds, verdict])} |"


def _bound(goal: Goal | None, unit: str, which: str) -> str:
    value = getattr(goal, which) if goal else None
    if goal is None or value is None:
        return ""
    return f"at most {value:g} {unit}" if goal.is_limit else f"{value:g} x"


def _details(row: Row) -> Iterator[str]:
    yield f"- **{row.name}**: {_spread(row.ours, row.unit)}"
    for name, taken in row.theirs.items():
        yield f"  - git, {name}: {_spread(taken, row.unit)}"
    for note in row.notes:
        yield f"  - {note}"
    if row.profile:
        yield f"  - where it goes: {', '.join(row.profile)}"


def _spread(figures: list[float], unit: str) -> str:
    if len(figures) == 1:
        return f"{figure(figures[0])} {unit}"
    middle = sorted(figures)[len(figures) // 2]
    least, most = figure(min(figures)), figure(max(figures))
    return f"{figure(middle)} {unit} ({least} to {most}, {len(figures)} times)"
