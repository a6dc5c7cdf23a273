"""The report of a comparison as one document: what is exported and signed, the same each time."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from syncconfigs.models import ComparedResource, ComparisonReport
from tcsync import signing
from tcsync.amounts import counted
from tcsync.packs import canonical_value

FORMAT = "tcsync-comparison-1"
HIDDEN = (
    "What the account of a side may not see there could not be compared. Listings show no elements:"
    " only a comparison of heads or of every revision reads them."
)
COLUMNS = ("verdict", "Resource ID", "name", "kind", "what", "first side", "second side")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def document(report: ComparisonReport) -> dict[str, Any]:
    """Return all of a report, in the order of its rows."""
    run = report.run
    return {
        "format": FORMAT,
        "run": run.pk,
        "began": _moment(run.started_at),
        "asked": report.asked,
        "sides": report.sides,
        "counts": {
            "equal": report.equal,
            "different": report.different,
            "not_compared": report.unknown,
        },
        "kinds": report.kinds,
        "limits": HIDDEN,
        "resources": [_row(row) for row in rows(report)],
    }


def rows(report: ComparisonReport) -> Iterator[ComparedResource]:
    """Yield the rows of a report, as they were compared."""
    return ComparedResource.objects.filter(run=report.run_id).order_by("pk").iterator()


def digest(report: ComparisonReport) -> str:
    """Return the SHA-256 of the report's canonical JSON: what is signed."""
    return hashlib.sha256(canonical_value(document(report))).hexdigest()


def signed(report: ComparisonReport) -> bytes:
    """Return the report in the signed envelope. `manage.py verify_report` checks it."""
    return signing.sign(document(report))


def table(report: ComparisonReport) -> Iterator[str]:
    """Yield the report as CSV, a line for each thing that differs; equal resources have one too."""
    yield _line(COLUMNS)
    for row in rows(report):
        entries = [*row.differences, *row.walks, *row.notes] or [["", "", "", ""]]
        for kind, what, one, other in entries:
            yield _line((row.verdict, row.resource, row.name, kind, what, one, other))


def text(report: ComparisonReport) -> Iterator[str]:
    """Yield the report as lines to read: what differs, and how many resources are equal."""
    for side, words in zip(report.sides, ("First side", "Second side"), strict=True):
        yield f"{words}: {side['name']} {side['address']}".rstrip() + _as_whom(side)
    for row in rows(report):
        entries = [*row.differences, *row.walks, *row.notes]
        if entries:
            yield f"{row.name} ({row.resource}): {row.get_verdict_display()}"
        for _kind, what, one, other in entries:
            yield f"  {what}: {one} | {other}"
    yield (
        f"{counted(report.equal, 'resource')} equal, {report.different} different,"
        f" {report.unknown} could not be compared."
    )
    yield HIDDEN


def _as_whom(side: dict[str, str]) -> str:
    account = f", as {side['account']}" if side["account"] else ""
    return f"{account}{', rights: ' + side['rights'] if side['rights'] else ''}"


def _line(cells: tuple[str, ...]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([cell(text) for text in cells])
    return buffer.getvalue()


def cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or text.startswith(_FORMULA) else text


def _row(row: ComparedResource) -> dict[str, Any]:
    return {
        "resource": row.resource,
        "name": row.name,
        "verdict": row.verdict,
        "was_equal": row.was_equal,
        "differences": [_said(entry) for entry in (*row.differences, *row.walks)],
        "notes": [_said(entry) for entry in row.notes],
        "one": row.facts.get("one", {}),
        "other": row.facts.get("other", {}),
        "states_walked": row.states,
        "elements_walked": row.elements,
    }


def _said(entry: list[str]) -> dict[str, str]:
    return dict(zip(("kind", "what", "one", "other"), entry, strict=True))


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at is not None else ""
