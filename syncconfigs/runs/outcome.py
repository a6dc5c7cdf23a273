"""What the comparison after a run says about it and about its configuration."""

from __future__ import annotations

from syncconfigs.models import SyncConfig, SyncRun
from syncconfigs.runs.journal import End
from tcsync.sync.steps import Plan

HARMLESS = frozenset({"excluded"})
"""Refusals that somebody wanted."""


def outcome(config: SyncConfig, last: Plan, failed: int) -> End:
    """Return how the run ended. `last` is the plan made after it: empty means equal.

    "Synchronized" needs that comparison, and that there was something to compare.
    """
    refusals = [refusal for refusal in last.refusals if refusal.code not in HARMLESS]
    behind = last.revision_count
    state, status = SyncRun.State, SyncConfig.Status
    if config.source_id in last.missing:
        return End(
            state.INCOMPLETE,
            status.MISSING,
            "missing_at_source",
            f"The source no longer shows {config.source_name} to this account.",
            "It was deleted, or the right to read it was taken away; the copies here stay.",
        )
    if failed:
        reason = f"{failed} resources could not be finished."
        step = "See the failed steps; synchronize again when their cause is mended."
        return End(state.INCOMPLETE, status.ERROR, "steps_failed", reason, step, behind)
    if refusals:
        first = refusals[0]
        more = f" {len(refusals) - 1} more were refused." if len(refusals) > 1 else ""
        reason = f"{first.name} was refused: {first.reason}{more}"
        return End(
            state.INCOMPLETE,
            status.CONFLICT,
            first.code,
            reason,
            first.next_step,
            behind,
            "content",
        )
    if not last.is_empty:
        reason = "The source went on while it was read."
        return End(state.SUCCEEDED, status.PARTIALLY, "behind", reason, "", behind, "content")
    if not last.followed:
        reason = "Nothing at the source matches: there is nothing to synchronize."
        return End(state.SUCCEEDED, status.NOT_SYNCHRONIZED, "empty_scope", reason)
    return End(state.SUCCEEDED, status.SYNCHRONIZED, verified="content")
