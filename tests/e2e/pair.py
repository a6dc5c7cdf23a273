"""Two nodes as processes: a source with an invented history, and copies of an empty target."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, str(ROOT / "manage.py"))
CATEGORY = "Everything"
FACTS = (
    "SELECT resource_id, number, digest FROM repository_revision ORDER BY 1, 2",
    "SELECT resource_id, uid, name, start, head, head_digest FROM repository_branch ORDER BY 1, 2",
    "SELECT resource_id, uid, name, number FROM repository_tag ORDER BY 1, 2",
    "SELECT id, project_id, name, description FROM repository_resource ORDER BY 1",
    "SELECT digest, length FROM repository_blob ORDER BY 1",
)


def environment(data: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "TCSYNC_DATA": str(data), "TCSYNC_ALLOW_LOOPBACK": "1", **more}


def manage(data: Path, *words: str, given: str = "", **more: str) -> str:
    """Run a management command of a node and return what it printed."""
    done = subprocess.run(
        [*COMMAND, *words],
        env=environment(data, **more),
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def query(data: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{data}/db.sqlite3?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


def facts(data: Path) -> list[list[tuple[object, ...]]]:
    """Return everything that must be equal at both ends, but for the time it arrived."""
    return [query(data, sql) for sql in FACTS]


def fill(data: Path, history: Path) -> str:
    """Load a history at a node, and return a token of an account that may read it."""
    manage(data, "migrate", "-v0")
    manage(data, "load_history", str(history), "--category", CATEGORY)
    manage(
        data,
        "shell",
        "-v0",
        "-c",
        "from tcsync.access.models import *;"
        "user = User.objects.create(username='reader');"
        "RoleGrant.objects.create(user=user, role=Role.REVIEWER)",
    )
    return manage(data, "create_api_token", "reader").strip()


def follow(data: Path, address: str, token: str, categories: list[str]) -> None:
    """Let a node follow categories of another one, by hand: nothing starts by itself."""
    manage(data, "migrate", "-v0")
    manage(data, "add_server", "A", address, "--token-stdin", given=token)
    picked = [word for id_ in categories for word in ("--category", id_)]
    manage(data, "add_configuration", "A", *picked, "--into", "Copies", "--trigger", "manual")


@dataclass(frozen=True)
class Template:
    """A target that follows the source and has not been synchronized yet."""

    data: Path

    def copy(self, to: Path) -> Path:
        shutil.copytree(self.data, to)
        return to
