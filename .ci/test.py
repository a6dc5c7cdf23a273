"""Runs the tests: all of them on SQLite, then those that use a database on PostgreSQL too.

Arguments go to pytest. A leg that cannot run is counted and explained in the last lines.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import databases

NO_TESTS_COLLECTED = 5
PYTEST = [sys.executable, "-m", "pytest"]
# A file stays with one process: its nodes and histories are made once.
PARALLEL = ["-n", "auto", "--maxprocesses", "2", "--dist", "loadfile"]
QUICK = ["-m", "not long"]
ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """Run both legs and return an exit code; the second one runs even if the first one fails.

    Tests marked long run only where the arguments choose marks of their own (`make test-long`).
    """
    if "-m" not in arguments:
        arguments = [*QUICK, *arguments]
    print("Tests on SQLite", flush=True)
    codes = [_pytest(PARALLEL + arguments, "")]
    postgres = databases.find()
    if postgres.url:
        print("Tests on PostgreSQL", flush=True)
        codes.append(_pytest([*PARALLEL, "--only-database", *arguments], postgres.url))
    else:
        count = _count_database_tests(arguments)
        print(f"PostgreSQL leg skipped ({count} tests): {postgres.reason}", flush=True)
    return next((code for code in codes if code not in (0, NO_TESTS_COLLECTED)), 0)


def _environment(url: str) -> dict[str, str]:
    return {**os.environ, databases.VARIABLE: url}


def _pytest(arguments: list[str], url: str) -> int:
    command = [*PYTEST, *arguments]
    return subprocess.run(command, cwd=ROOT, env=_environment(url), check=False).returncode


def _count_database_tests(arguments: list[str]) -> int:
    command = [*PYTEST, "--only-database", "--collect-only", "-q", *arguments]
    listing = subprocess.run(
        command, cwd=ROOT, env=_environment(""), check=False, capture_output=True, text=True
    )
    return sum("::" in line for line in listing.stdout.splitlines())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
