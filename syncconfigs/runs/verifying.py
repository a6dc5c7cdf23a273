"""A verification: every digest here recomputed, every revision compared with the source."""

from __future__ import annotations

from collections.abc import Callable

from syncconfigs.models import Claim, SyncConfig, SyncRun
from syncconfigs.runs import planning
from syncconfigs.runs.journal import End, Journal
from tcsync.audit.recording import Actor
from tcsync.domain import Selection
from tcsync.repository import snapshots, upkeep, writing
from tcsync.repository.models import Resource
from tcsync.sources.base import Source
from tcsync.sync.compare import compare

SHOWN = 20


def verify(
    config: SyncConfig, source: Source, journal: Journal, checkpoint: Callable[[], None]
) -> End:
    """Return how the verification ended. `checkpoint` is called between resources and may raise."""
    followed = config.claims.filter(state=Claim.State.FOLLOWED).values_list("resource", flat=True)
    here = list(Resource.objects.filter(id__in=list(followed)).values_list("id", flat=True))
    journal.phase("recomputing digests")
    found = []
    damaged: set[str] = set()
    for id_ in here:
        checkpoint()
        for damage in upkeep.verify_resource(id_):
            damaged.add(id_)
            found.append(f"{id_}, revision {damage.number}: {damage.error}")
    journal.phase("comparing with the source")
    theirs = source.snapshot(planning.selection(config), {})
    ours = snapshots.snapshot(Selection(resources=tuple(here)), {})
    differing = [d for d in compare(theirs, ours) if d.resource in here]
    found += [f"{d.name}: {d.detail}" for d in differing]
    for text in found[:SHOWN]:
        journal.line(text, "error")
    bad = damaged | {d.resource for d in differing}
    for id_ in here:
        if id_ not in bad:
            writing.record_verification(
                Actor("verification", origin=f"configuration {config.pk}"), id_, "content"
            )
    if found:
        reason = f"{len(found)} differences in {len(bad)} resources: {found[0]}"
        return End(
            SyncRun.State.INCOMPLETE,
            SyncConfig.Status.ERROR,
            "verification",
            reason,
            "Synchronize again; if it stays, see the run's log.",
        )
    return End(
        SyncRun.State.SUCCEEDED,
        SyncConfig.Status(config.status),
        reason=f"{len(here)} resources verified.",
        verified="content",
    )
