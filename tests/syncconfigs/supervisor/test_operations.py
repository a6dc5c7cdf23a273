"""docs/operations.md names every setting, and none that does not exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
READERS = {"str", "int", "float", "bool", "list", "db_url"}


def settings_read() -> set[str]:
    """Return the variables that tcsync/settings.py reads: `env.int("NAME")`, `_key("NAME")`."""
    calls = ast.walk(ast.parse((ROOT / "tcsync/settings.py").read_text()))
    found = set()
    for call in calls:
        if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant):
            reads = isinstance(call.func, ast.Attribute) and call.func.attr in READERS
            if reads or (isinstance(call.func, ast.Name) and call.func.id == "_key"):
                found.add(str(call.args[0].value))
    return found


def settings_described() -> set[str]:
    """Return the names in the table of the document."""
    text = (ROOT / "docs/operations.md").read_text()
    return set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE))


def test_every_setting_is_described_and_nothing_else() -> None:
    assert settings_read() >= {"TCSYNC_DATA", "SECRET_KEY", "TZ"}
    assert settings_described() == settings_read()


def test_each_default_stands_beside_its_setting() -> None:
    text = (ROOT / "docs/operations.md").read_text()
    rows = re.findall(r"^\| `[A-Z_]+` \| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    assert len(rows) == len(settings_read())
