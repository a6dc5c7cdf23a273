"""The audit record as a file: CSV for spreadsheets, JSON lines for programs. Streamed."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

COLUMNS = (
    *("seq", "at", "actor", "actor_id", "origin", "action", "target_kind", "target_id"),
    *("target_name", "summary", "details", "previous_hash", "hash"),
)
ROWS_AT_ONCE = 2000
# Where a cell begins, and wherever a spreadsheet that takes another separator begins one.
_FORMULA = re.compile(r"""(^|[;,\t|"'])(?= *[=+\-@\t\r\n＝＋－＠])""")  # noqa: RUF001


class _Line:
    """A file of which each write is the line that was made."""

    def write(self, text: str) -> str:
        return text


def as_csv(rows: QuerySet[Any]) -> Iterator[str]:
    """Yield a line for the names of the columns, then one for each entry."""
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for row in _rows(rows):
        yield writer.writerow([_cell(value) for value in row])


def as_json_lines(rows: QuerySet[Any]) -> Iterator[str]:
    """Yield one line of JSON for each entry."""
    for row in _rows(rows):
        entry = dict(zip(COLUMNS, row, strict=True))
        yield json.dumps(entry, default=datetime.isoformat, ensure_ascii=False) + "\n"


def _rows(rows: QuerySet[Any]) -> Iterator[Sequence[Any]]:
    return iter(rows.values_list(*COLUMNS).iterator(ROWS_AT_ONCE))


def _cell(value: object) -> object:
    """Return what a spreadsheet takes for text: what begins like a formula gets a quote before."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    return _FORMULA.sub(r"\1'", value) if isinstance(value, str) else value
