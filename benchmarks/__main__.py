"""`python -m benchmarks [ROW...]`: measure what was not measured yet, then write the table.

ROW: rows to measure again, by name; `--list` shows the names. What is made for them (minutes, for M
and L) and what was measured is kept in `var/bench`, or where TCSYNC_BENCH_DATA says. `--quick` is
the short form: measures a few rows and fails where one falls below half of what the table says.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

from benchmarks import quick, report, results
from benchmarks.results import Result
from benchmarks.rows import ROWS


def main(words: list[str]) -> int:
    """Do what the words say; return an exit code."""
    if words == ["--list"]:
        print("\n".join(ROWS))
        return 0
    if words == ["--quick"]:
        return quick.main()
    if unknown := [word for word in words if word not in ROWS]:
        print(f"There is no row {unknown[0]}. These exist: {', '.join(ROWS)}.", file=sys.stderr)
        return 2
    for key in words or [key for key in ROWS if results.load(key) is None]:
        rows = ROWS[key]()
        results.save(Result(key, datetime.now(UTC).date().isoformat(), _commit(), rows))
        for row in rows:
            print(report.line(row), flush=True)
    report.write(results.load_all(ROWS))
    return 0


def _commit() -> str:
    words = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
