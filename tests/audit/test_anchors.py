"""Anchors in the log: written, read back, and nothing else is taken for one."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from tcsync.audit.anchors import read_anchors, write_anchor
from tcsync.audit.checking import Anchor
from tcsync.audit.logs import LineFormatter
from tcsync.audit.models import AuditEntry, AuditHead


def logged(caplog: pytest.LogCaptureFixture, text: str = "", name: str = "") -> str:
    """Return the log as a node writes it, with a line of somebody else in it."""
    line = settings.LOGGING["formatters"]["line"]
    with caplog.at_level("INFO", logger="tcsync"):
        write_anchor()
        logging.getLogger(name or "tcsync.x").warning("%s", text)
    formatter = LineFormatter(line["format"], style=line["style"])
    return "".join(f"watcher | {formatter.format(one)}\n" for one in caplog.records)


def test_what_was_written_is_read_back(
    entries: list[AuditEntry], caplog: pytest.LogCaptureFixture
) -> None:
    said = logged(caplog)
    assert list(read_anchors(said.splitlines(keepends=True))) == [Anchor(12, entries[-1].hash)]


def test_nobody_writes_an_anchor_from_outside(
    entries: list[AuditEntry], caplog: pytest.LogCaptureFixture
) -> None:
    forged = f"2026-01-01 00:00:00,000 INFO tcsync.audit.anchors Newest entry: 3:{'0' * 64}"
    text = forged.replace("entry:", "entry of the audit record:")
    assert len(list(read_anchors(logged(caplog, f"x | {text}").splitlines()))) == 1
    assert len(list(read_anchors([text]))) == 1


@pytest.mark.django_db
def test_an_empty_record_has_no_anchor(caplog: pytest.LogCaptureFixture) -> None:
    assert "Newest" not in logged(caplog)


def test_a_log_proves_what_was_cut_off_together_with_the_head(
    entries: list[AuditEntry], caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    log = tmp_path / "node.log"
    log.write_text(logged(caplog))
    call_command("audit_verify", log=[log])
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditentry WHERE seq > 8")
    AuditHead.objects.update(seq=8, hash=entries[7].hash)
    call_command("audit_verify")
    with pytest.raises(CommandError, match="first bad entry is 9"):
        call_command("audit_verify", log=[log])


@pytest.mark.django_db
def test_a_log_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("audit_verify", log=[tmp_path / "none.log"])
