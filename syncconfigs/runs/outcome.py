"""What the comparison after a run says about it and about its configuration."""

from __future__ import annotations

from syncconfigs.models import Claim, SyncConfig, SyncRun
from syncconfigs.runs import decisions
from syncconfigs.runs.journal import End
from syncconfigs.runs.proof import UNPROVEN, unproven
from tcsync.amounts import counted
from tcsync.errors import BadAnswer
from tcsync.repository.models import Resource
from tcsync.sync.steps import Plan, Refusal

LEFT_OUT = frozenset({"excluded", "claimed", "loop"})
"""Refusals that are as they should be: somebody wanted them, or another configuration has it."""
LEVELS = ("none", "received", "content", "head_walk", "every_revision")
"""How a copy can be verified, the least first (docs/design.md)."""
State = SyncRun.State
Status = SyncConfig.Status


def outcome(config: SyncConfig, last: Plan, failed: int) -> End:
    """Return how the run ended. `last` is the plan made after it: empty means equal.

    "Synchronized" needs that comparison, and that there was something to compare. What is worst is
    said first.
    """
    if config.source_id in last.missing:
        return End(
            State.INCOMPLETE,
            Status.MISSING,
            "missing_at_source",
            f"The source no longer shows {config.source_name} to this account.",
            "It was deleted, or the right to read it was taken away; the copies here stay.",
        )
    trouble = _failure(config, last, failed) or _too_much(config, last) or _conflict(config, last)
    if trouble is not None:
        return trouble
    if not last.is_empty:
        reason = "The source has something newer."
        behind = last.revision_count
        level = verified_level(config)
        return End(State.SUCCEEDED, Status.PARTIALLY, "behind", reason, "", behind, level)
    return _equal(config, last)


def verified_level(config: SyncConfig) -> str:
    """Return how the least verified copy of a configuration was verified."""
    followed = config.claims.filter(state=Claim.State.FOLLOWED).values("resource")
    copies = Resource.objects.filter(id__in=followed, revision_count__gt=0)
    levels = copies.order_by().values_list("verified_level", flat=True).distinct()
    return min(levels, key=LEVELS.index, default="none")


def _failure(config: SyncConfig, last: Plan, failed: int) -> End | None:
    behind = last.revision_count
    if failed:
        reason = f"{counted(failed, 'resource')} could not be finished."
        step = "See the failed steps; synchronize again when their cause is mended."
        return End(State.INCOMPLETE, Status.ERROR, "steps_failed", reason, step, behind)
    damages = config.claims.exclude(damage="").values_list("damage", flat=True)
    if not damages:
        return None
    reason = f"The last verification found: {damages[0].splitlines()[0]}"
    step = "Delete the damaged copy here to have it fetched anew, then verify again."
    return End(State.INCOMPLETE, Status.ERROR, "verification", reason, step, behind)


def _too_much(config: SyncConfig, last: Plan) -> End | None:
    found = last.too_much
    if found is None or not decisions.waits(config, last):
        return None
    behind, level = last.revision_count, verified_level(config)
    return End(
        State.INCOMPLETE, Status.CONFLICT, found.code, found.reason, found.next_step, behind, level
    )


def _conflict(config: SyncConfig, last: Plan) -> End | None:
    refusals = [refusal for refusal in last.refusals if refusal.code not in LEFT_OUT]
    if not refusals:
        return None
    first = refusals[0]
    status = Status.ERROR if first.code == BadAnswer.code else Status.CONFLICT
    more = f" {len(refusals) - 1} more were refused." if len(refusals) > 1 else ""
    return End(
        State.INCOMPLETE,
        status,
        first.code,
        f"{first.name} was refused: {first.reason}{more}",
        first.next_step,
        last.revision_count,
        verified_level(config),
    )


def _equal(config: SyncConfig, last: Plan) -> End:
    left_out = _named([refusal for refusal in last.refusals if refusal.code in LEFT_OUT])
    followed = config.claims.filter(state=Claim.State.FOLLOWED)
    waiting = unproven(config).first()
    if waiting is not None:
        return End(
            State.INCOMPLETE,
            Status.NOT_SYNCHRONIZED,
            "unproven",
            f"What arrived of {waiting.name} was not compared with a full walk at the source yet.",
            "Synchronize again: the walk is made then.",
            verified=verified_level(config),
        )
    # To be followed is not enough: a tag trigger may let nothing of a resource travel.
    if Resource.objects.filter(id__in=followed.values("resource")).exists():
        level = verified_level(config)
        is_done = config.trigger == SyncConfig.Trigger.ONCE and level not in UNPROVEN
        status = Status.CLOSED if is_done else Status.SYNCHRONIZED
        return End(State.SUCCEEDED, status, reason=left_out, verified=level)
    if gone := config.claims.filter(state=Claim.State.RELEASED).count():
        return _no_longer(gone)
    reason = f"Nothing at the source matches: there is nothing to synchronize. {left_out}"
    return End(State.SUCCEEDED, Status.NOT_SYNCHRONIZED, "empty_scope", reason.rstrip())


def _no_longer(gone: int) -> End:
    return End(
        State.SUCCEEDED,
        Status.NO_LONGER,
        "no_longer_synchronized",
        f"Nothing of it is followed any more. What came of {counted(gone, 'resource')} stays here.",
        "If that is as it should be, delete the configuration only.",
    )


def _named(left_out: list[Refusal]) -> str:
    if not left_out:
        return ""
    more = f" and {len(left_out) - 1} more" if len(left_out) > 1 else ""
    return f"Left out: {left_out[0].name}{more}. {left_out[0].reason}"
