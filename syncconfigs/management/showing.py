"""A plan as the commands show it: its lines, what is in the way, histories side by side."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from syncconfigs import configurations
from syncconfigs.configurations.histories import Histories, Told
from syncconfigs.models import SyncConfig
from syncconfigs.runs.log import plain
from tcsync.audit.recording import Actor
from tcsync.sync.refusals import HISTORY
from tcsync.sync.render import to_document, to_text
from tcsync.sync.steps import Plan

HISTORIES_SHOWN = 5
"""Each of them asks the source again."""


def document_of(config: SyncConfig, plan: Plan, parted: list[Histories]) -> dict[str, Any]:
    """Return a plan as JSON has it."""
    document = configurations.with_holders(None, to_document(plan))
    shown = [one.to_document() for one in parted]
    return {"configuration": config.pk, "name": str(config), **document, "histories": shown}


def lines_of(config: SyncConfig, plan: Plan, parted: list[Histories]) -> Iterator[str]:
    """Yield a plan as text; what came from outside cannot break a line."""
    yield plain(str(config))
    yield from (plain(line) for line in to_text(plan).splitlines())
    refusals = configurations.with_holders(None, to_document(plan))["refusals"]
    for one in refusals:
        if holder := one["holder"]:
            where = " / ".join(holder["where"])
            yield plain(
                f"in the way of {one['name']}: {holder['kind']} {holder['name']}"
                f" ({holder['id']}) in {where}"
            )
    for found in parted:
        yield from (plain(line) for line in _histories(found))
    if plan.too_much is not None:
        yield f"This change is known as {plan.too_much.digest}."


def parted(actor: Actor, config: SyncConfig, plan: Plan) -> list[Histories]:
    """Return the histories that a plan refuses, beside ours. Raises SourceError."""
    ids = [refusal.resource for refusal in plan.refusals if refusal.code in HISTORY]
    return [configurations.histories(actor, config, id_) for id_ in ids[:HISTORIES_SHOWN]]


def _histories(found: Histories) -> Iterator[str]:
    counts = f"{found.ours_count} revisions here, {found.theirs_count} at the source"
    yield f"histories of {found.name} ({found.resource}): {counts}"
    for pair in found.pairs:
        mark = "=" if pair.is_equal else "!"
        yield f"  {mark} {pair.number} here:   {_told(pair.ours)}"
        if not pair.is_equal:
            yield f"  {mark} {pair.number} source: {_told(pair.theirs)}"
    if hint := found.to_document()["hint"]:
        yield f"  {hint}"


def _told(one: Told | None) -> str:
    if one is None:
        return "no such revision"
    when = f"{datetime.fromtimestamp(one.time, UTC):%Y-%m-%d %H:%M:%S} UTC" if one.time else ""
    return " ".join(part for part in (one.digest[:12], when, one.author, one.message) if part)
