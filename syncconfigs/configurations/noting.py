"""How what is done to a configuration stands in the audit record."""

from __future__ import annotations

from collections.abc import Mapping

from syncconfigs.models import SyncConfig
from tcsync.audit.recording import Actor, record


def note(
    actor: Actor,
    action: str,
    config: SyncConfig,
    summary: str,
    details: Mapping[str, object] | None = None,
) -> None:
    """Add an entry about a configuration, in the transaction of what it records."""
    record(
        actor,
        action,
        target_kind="configuration",
        target_id=str(config.pk),
        target_name=str(config),
        summary=summary,
        details=details,
    )
