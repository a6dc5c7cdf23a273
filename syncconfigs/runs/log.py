"""A run's log as text: the facts of the run, its attempts, and every line with time and level."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from syncconfigs.models import RunAttempt, SyncRun

ROWS_AT_ONCE = 1000
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Categories of characters that a terminal obeys, or that let a text look like another one."""


def file_name(run: SyncRun) -> str:
    """Return what the downloaded log is called."""
    return f"run-{run.pk}.log"


def lines(run: SyncRun) -> Iterator[str]:
    """Yield the whole log, each line with its end; nothing that came from outside can break one."""
    yield from (f"{line}\n" for line in _head(run))
    yield "\n"
    for attempt in RunAttempt.objects.filter(run=run).order_by("token").iterator():
        yield f"{_attempt(attempt)}\n"
    yield "\n"
    for line in run.lines.order_by("id").iterator(chunk_size=ROWS_AT_ONCE):
        yield f"{_time(line.at)} {line.level.upper():<7} {plain(line.text)}\n"


def plain(text: str) -> str:
    """Return a text as one line: control and invisible characters are written as escapes."""
    return "".join(c if unicodedata.category(c) not in HIDDEN else _escape(c) for c in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def _time(at: datetime | None) -> str:
    return timezone.localtime(at).isoformat(timespec="milliseconds") if at else "-"


def _head(run: SyncRun) -> Iterator[str]:
    facts: list[tuple[str, object]] = [
        ("Run", f"{run.pk} ({run.get_kind_display()})"),
        ("Configuration", f"{run.config_name}{'' if run.config_id else ' (deleted)'}"),
        ("State", run.get_state_display()),
        ("Reason", " ".join(part for part in (run.code, run.reason, run.next_step) if part)),
        ("Asked for", f"{_time(run.created)} by {run.requested_by or 'tcsync'} ({run.trigger})"),
        ("Retry of", run.retry_of_id or ""),
        ("Cancelled by", run.cancelled_by),
        ("Started", _time(run.started_at)),
        ("Finished", _time(run.finished_at)),
        ("Resources", f"{run.resources_done:,} of {run.resources_total:,}"),
        ("Revisions", f"{run.revisions_done:,} of {run.revisions_total:,}"),
        ("Elements", f"{run.elements_done:,}"),
        ("Bytes", f"{run.bytes_done:,} stored, {run.raw_done:,} uncompressed"),
        ("Verified", run.verified),
    ]
    return (f"{name + ':':<15}{plain(str(value))}" for name, value in facts if value)


def _attempt(attempt: RunAttempt) -> str:
    return (
        f"Attempt {attempt.token}: {plain(attempt.worker)}, {_time(attempt.started_at)} to"
        f" {_time(attempt.ended_at)}, {attempt.revisions:,} revisions,"
        f" {plain(attempt.outcome) or 'going on'}"
    )
