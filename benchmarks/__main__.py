"""`python -m benchmarks [SIZE...] [ROW...]`: measure, and print a line for each row.

Sizes: S, M, L; S unless named. What is made for them (minutes, for M and L) is kept in `var/bench`,
or where TCSYNC_BENCH_DATA says.
"""

from __future__ import annotations

import sys

from benchmarks.measuring import Row
from benchmarks.places import SIZES
from benchmarks.rows import ROWS


def main(words: list[str]) -> None:
    """Measure the named rows of the named sizes."""
    unknown = [word for word in words if word not in SIZES and word not in ROWS]
    if unknown:
        sys.exit(
            f"{unknown[0]} is neither a size ({', '.join(SIZES)}) nor a row ({', '.join(ROWS)})."
        )
    sizes = [word for word in words if word in SIZES] or ["S"]
    names = [word for word in words if word in ROWS] or list(ROWS)
    for size in sizes:
        for name in names:
            for row in ROWS[name](size):
                print(line(row), flush=True)


def line(row: Row) -> str:
    """Return a row as text: ours, git's, and how many times faster ours is."""
    text = f"{row.name:<36}{row.ours:>10.3f} {row.unit:<4}"
    if row.theirs is not None and row.ratio is not None:
        text += f" git {row.theirs:>8.3f} {row.unit:<4} {row.ratio:>6.1f} x"
    return "  ".join([text, *row.notes]).rstrip()


if __name__ == "__main__":
    main(sys.argv[1:])
