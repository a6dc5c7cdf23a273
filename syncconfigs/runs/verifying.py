"""A verification: every revision compared with the source, every digest here recomputed."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable

from syncconfigs.models import Claim, SyncConfig, SyncRun
from syncconfigs.runs import planning
from syncconfigs.runs.journal import End, Journal
from tcsync.amounts import counted
from tcsync.audit.recording import Actor
from tcsync.domain import Selection
from tcsync.repository import snapshots, upkeep, writing
from tcsync.repository.models import Resource
from tcsync.sources.base import Source
from tcsync.sync.compare import Difference, compare

SHOWN = 20
VERIFIED = "content"


class Verification:
    """What one run verifies: the copies of a configuration, one after another."""

    def __init__(
        self, run: SyncRun, config: SyncConfig, source: Source, journal: Journal, actor: Actor
    ) -> None:
        self._run = run
        self._config = config
        self._source = source
        self._journal = journal
        self._actor = actor
        self._found: dict[str, list[str]] = defaultdict(list)

    def run(self, go_on: Callable[[str], None], until: float) -> End | None:
        """Return how it ended, None when the time was up: another stretch goes on from there.

        `go_on` is called with a Resource ID between revisions and may raise; `until` is a
        time.monotonic().
        """
        here = self._copies()
        self._journal.phase("comparing with the source")
        self._compare(here)
        self._journal.phase("recomputing digests")
        for resource in here:
            go_on(resource.id)
            if not self._was_verified(resource):
                self._recompute(resource, go_on)
            if time.monotonic() >= until:
                return None
        return self._end(len(here))

    def _copies(self) -> list[Resource]:
        claims = self._config.claims.filter(state=Claim.State.FOLLOWED)
        return list(Resource.objects.filter(id__in=claims.values("resource")).order_by("id"))

    def _was_verified(self, resource: Resource) -> bool:
        """Tell whether an earlier stretch of this run did it already."""
        began, at = self._run.started_at, resource.verified_at
        return began is not None and at is not None and at >= began

    def _compare(self, here: list[Resource]) -> None:
        """Compare with the full listing. That the source went on since is no difference."""
        behind = {step.resource.id for step in planning.plan(self._config, self._source).resources}
        ids = {resource.id for resource in here}
        theirs = self._source.snapshot(planning.selection(self._config), {})
        ours = snapshots.snapshot(Selection(resources=tuple(sorted(ids))), {})
        in_part = self._config.trigger == SyncConfig.Trigger.COMMIT_TAG
        for found in compare(theirs, ours):
            if found.resource not in ids:
                continue
            if _contradicts(found) or not (in_part or found.resource in behind):
                self._found[found.resource].append(f"{found.name}: {found.detail}")

    def _recompute(self, resource: Resource, go_on: Callable[[str], None]) -> None:
        for damage in upkeep.verify_resource(resource.id, go_on=go_on):
            text = f"{resource.name}, revision {damage.number}: {damage.error}"
            self._found[resource.id].append(text)
        found = self._found.get(resource.id, [])
        Claim.objects.filter(resource=resource.id).update(damage="\n".join(found[:SHOWN]))
        if not found:
            writing.record_verification(self._actor, resource.id, VERIFIED)

    def _end(self, count: int) -> End:
        texts = [text for found in self._found.values() for text in found]
        for text in texts[:SHOWN]:
            self._journal.line(text, "error")
        if not texts:
            reason = f"{counted(count, 'resource')} verified."
            return End(SyncRun.State.SUCCEEDED, None, reason=reason, verified=VERIFIED)
        return End(
            SyncRun.State.INCOMPLETE,
            SyncConfig.Status.ERROR,
            "verification",
            f"{counted(len(texts), 'difference')} in {counted(len(self._found), 'resource')}:"
            f" {texts[0]}",
            "See the run's log. A damaged copy is fetched anew after it was deleted here.",
        )


def _contradicts(found: Difference) -> bool:
    """Tell whether both sides hold the same revision with different digests."""
    return found.kind.startswith("revision ") and found.ours != "absent"
