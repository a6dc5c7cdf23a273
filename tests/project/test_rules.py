"""docs/rules.md: every rule has its row, every row a proof, every proof is a test that exists."""

from __future__ import annotations

import ast
import re
from functools import cache

from tests.project.tree import ROOT

TEXT = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+|[A-Z]) \| (.+?) \| (.+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
RULES = 24


def rows() -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """Return sentence and tests of each rule."""
    return {rule: (said, TEST.findall(proof)) for rule, said, proof in ROW.findall(TEXT)}


@cache
def names_in(path: str) -> frozenset[str]:
    """Return the names of the tests in a file, those in classes included."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return frozenset(node.name for node in found if node.name.startswith("test_"))


def test_no_rule_is_missing_and_none_stands_twice():
    numbers = [rule for rule, _said, _proof in ROW.findall(TEXT)]
    assert [n for n in numbers if n.isdecimal()] == [str(n) for n in range(1, RULES + 1)]
    assert len(set(numbers)) == len(numbers)


def test_every_rule_has_a_proof():
    assert {rule for rule, (_said, found) in rows().items() if not found} == set()


def test_every_proof_is_a_test_that_exists():
    named = {test for _said, found in rows().values() for test in found}
    missing = [
        f"{path}::{name}"
        for path, name in sorted(named)
        if not (ROOT / path).is_file() or name not in names_in(path)
    ]
    assert missing == []


def test_every_row_is_read():
    lines = [line for line in TEXT.splitlines() if line.startswith("| ") and "::" in line]
    assert len(lines) == len(rows())
