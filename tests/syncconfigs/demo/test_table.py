"""What the demo prints."""

from __future__ import annotations

from typing import Any

from syncconfigs.demo.story import told
from syncconfigs.demo.table import table

ROW: dict[str, Any] = {
    "name": "Programmes",
    "resources": 7,
    "revisions": 1234,
    "elements": 22_228,
    "bytes": 14_359_463,
    "began": 100.0,
    "ended": 101.5,
    "seconds": 1.5,
    "verified": "content",
}
HERE = {"resources": 7, "revisions": 1234, "bytes": 14_359_463}
REPORT: dict[str, Any] = {"rows": [ROW], "here": HERE, "refused": [], "failed": []}


def test_a_row_names_everything_that_arrived() -> None:
    head, _rule, row = table([ROW])
    assert head.split() == [
        *("configuration", "resources", "revisions", "elements", "bytes", "seconds", "verified"),
    ]
    assert row.split() == ["Programmes", "7", "1,234", "22,228", "14.4", "MB", "1.50", "content"]


def test_the_last_row_counts_time_side_by_side() -> None:
    other = {**ROW, "name": "Libraries", "began": 100.5, "ended": 103.0, "seconds": 2.5}
    assert table([ROW, other])[-1].split()[-4:] == ["44,456", "28.7", "MB", "3.00"]


def test_nothing_new_is_said_with_how_fast_that_was() -> None:
    quiet = {**ROW, "revisions": 0, "resources": 0, "seconds": 0.12}
    assert any(
        line.startswith("Nothing is new") and "0.12 s" in line
        for line in told({**REPORT, "rows": [quiet]})
    )


def test_a_refusal_is_told_with_its_reason() -> None:
    refused = [{"name": "DocGen", "reason": "The name is taken by DocGen."}]
    assert "Not synchronized: DocGen: The name is taken by DocGen." in told(
        {**REPORT, "refused": refused}
    )
