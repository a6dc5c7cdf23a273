"""Runs every check that is not a test of behaviour, says how each went, and fails if one fails."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = [sys.executable]
MANAGE = [sys.executable, "manage.py"]
OWN_APPS = ["access", "audit", "repository", "syncconfigs"]
CHECKS = {
    "format": [*PYTHON, "-m", "ruff", "format", "--check", "--output-format", "concise", "."],
    "lint": [*PYTHON, "-m", "ruff", "check", "--output-format", "concise", "."],
    "types": [*PYTHON, "-m", "mypy"],
    "layers": [str(ROOT / ".venv/bin/lint-imports"), "--no-logo"],
    "settings": [*MANAGE, "check"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run", *OWN_APPS],
    "templates": [*PYTHON, "-m", "djlint", "--lint", "--quiet", "templates"],
    "sizes": [*PYTHON, "-m", "pytest", "-q", "-p", "no:randomly", "tests/project"],
}
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "TMPDIR")


def main(names: list[str]) -> int:
    """Run the named checks, all if none is named; return the number that failed."""
    with tempfile.TemporaryDirectory(prefix="tcsync-check-") as data:
        environment = _environment(data)
        failed = [name for name in names or CHECKS if not _passes(name, environment)]
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return len(failed)


def _environment(data: str) -> dict[str, str]:
    """Keep what programs need to start; the caller's settings must not decide what passes."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return {**kept, "TCSYNC_DATA": data, "PYTHONNOUSERSITE": "1"}


def _passes(name: str, environment: dict[str, str]) -> bool:
    started = time.monotonic()
    done = subprocess.run(
        CHECKS[name], cwd=ROOT, env=environment, check=False, capture_output=True, text=True
    )
    verdict = "FAILED" if done.returncode else "ok"
    print(f"{name:<11} {verdict} ({time.monotonic() - started:.1f} s)", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return not done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
