"""The audit record as a file: CSV for spreadsheets, JSON lines for programs. Streamed."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from tcsync.audit.recording import Actor, record

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


def record_export(actor: Actor, form: str, query: str = "") -> None:
    """Say in the record that somebody takes entries of it away, and which."""
    what = f"audit record exported as {form}" + (f": {query}" if query else "")
    with transaction.atomic():
        record(actor, "audit.export", target_kind="audit", summary=what)


def file_name(form: str) -> str:
    """Return the name of an export that is made now."""
    return f"audit-{timezone.now():%Y%m%d-%H%M%S}.{form}"


def as_csv(rows: QuerySet[Any]) -> Iterator[str]:
    """Yield a line for the names of the columns, then one for each entry."""
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for row in _rows(rows):
        yield writer.writerow([_cell(value) for value in row])


def as_json_lines(rows: QuerySet[Any]) -> Iterator[str]:
    """Yield one line of JSON for each entry."""
    for row in _rows(rows):
        yield as_json(row) + "\n"


def as_json(row: Sequence[Any]) -> str:
    """Return one entry, its values in the order of COLUMNS, as one line of JSON."""
    entry = dict(zip(COLUMNS, row, strict=True))
    return json.dumps(entry, default=datetime.isoformat, ensure_ascii=False)


def _rows(rows: QuerySet[Any]) -> Iterator[Sequence[Any]]:
    return iter(rows.values_list(*COLUMNS).iterator(ROWS_AT_ONCE))


def _cell(value: object) -> object:
    """Return what a spreadsheet takes for text: what begins like a formula gets a quote before."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    return _FORMULA.sub(r"\1'", value) if isinstance(value, str) else value
