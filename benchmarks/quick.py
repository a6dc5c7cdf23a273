"""The short form: S and a small *wide*; fails where a ratio falls below half of the table's.

It measures again what fell short, once: machines are shared, and one disturbance is no regression.
"""

from __future__ import annotations

import json
import sys

from benchmarks.measuring import EFFORT
from benchmarks.report import EXPECTED, figure, line
from benchmarks.results import Row
from benchmarks.rows import QUICK, ROWS

SHARE = 0.5
ROUNDS = 2


def main() -> int:
    """Measure, print, compare; return 1 where something fell short twice."""
    EFFORT.rounds, EFFORT.profiles = ROUNDS, False
    expected: dict[str, float] = json.loads(EXPECTED.read_text())
    failed = []
    for key in QUICK:
        short = _short(ROWS[key](), expected)
        if short:
            short = _short(ROWS[key](), expected)
        failed += short
    for sentence in failed:
        print(sentence, file=sys.stderr)
    return 1 if failed else 0


def _short(rows: list[Row], expected: dict[str, float]) -> list[str]:
    found = []
    for row in rows:
        print(line(row), flush=True)
        wanted = expected.get(row.name)
        if wanted is not None and row.ratio is not None and row.ratio < wanted * SHARE:
            found.append(
                f"{row.name}: {figure(row.ratio)} times as fast as git, less than half of the"
                f" {figure(wanted)} in docs/performance.md."
            )
    return found
