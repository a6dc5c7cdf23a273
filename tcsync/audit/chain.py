"""The hash that ties an entry of the audit record to the one before it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

from tcsync.audit.models import AuditEntry

VERSION = "tcsync-audit-1"
COVERED = (
    "seq",
    "actor",
    "actor_id",
    "origin",
    "action",
    "target_kind",
    "target_id",
    "target_name",
    "summary",
    "details",
    "previous_hash",
)


def entry_hash(entry: AuditEntry) -> str:
    """Return the hex SHA-256 over the canonical JSON of all fields and the hash before.

    It never fails on an entry as read from the database, whatever somebody has put there.
    """
    fields = {name: getattr(entry, name) for name in COVERED}
    fields["at"] = _moment(entry.at)
    text = json.dumps([VERSION, fields], sort_keys=True, separators=(",", ":"), default=repr)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _moment(at: datetime | None) -> str:
    # One spelling for a moment, whichever database and time zone it was read with.
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else repr(at)
