"""Reports as files: no formulas, and the same bytes each time."""

from __future__ import annotations

import csv
import io

import pytest

from syncconfigs.models import ComparedResource, ComparisonReport, SyncRun
from syncconfigs.runs import reporting


@pytest.fixture
def report(db) -> ComparisonReport:
    run = SyncRun.objects.create(kind="compare", config_name="Both", trigger="test")
    side = dict.fromkeys(("name", "kind", "address", "account", "rights"), "x")
    ComparedResource.objects.create(
        run=run,
        resource="r1",
        name="=HYPERLINK(1)",
        verdict="different",
        kinds="|name|",
        differences=[["name", "name", "@SUM(1)", "  +1"]],
    )
    return ComparisonReport.objects.create(run=run, sides=[side, side], digest="d")


def test_no_cell_becomes_a_formula(report):
    _head, row = csv.reader(io.StringIO("".join(reporting.table(report))))
    assert row == ["different", "r1", "'=HYPERLINK(1)", "name", "name", "'@SUM(1)", "'  +1"]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r1", " =1", "|x", "\n=1"])
def test_what_a_spreadsheet_takes_for_a_formula_is_a_text(text):
    assert reporting.cell(text) == f"'{text}"


def test_plain_cells_stay_as_they_are():
    assert reporting.cell("revision 1-3") == "revision 1-3"


def test_a_report_is_signed_to_the_same_bytes_each_time(report):
    assert reporting.signed(report) == reporting.signed(report)


def test_the_signed_report_says_what_could_not_be_seen(report):
    assert "may not see there could not be compared" in reporting.document(report)["limits"]
