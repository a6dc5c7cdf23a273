"""A verification: every revision compared with the source, every digest here recomputed."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable

from django.utils import timezone

from syncconfigs.models import Claim, SyncConfig, SyncRun
from syncconfigs.runs import planning
from syncconfigs.runs.journal import End, Journal
from syncconfigs.runs.outcome import verified_level
from syncconfigs.runs.proof import PROVEN, WALKED
from syncconfigs.runs.walking import Walks
from tcsync.amounts import counted
from tcsync.audit.recording import Actor
from tcsync.domain import Selection
from tcsync.repository import reading, snapshots, upkeep, writing
from tcsync.repository.models import Resource
from tcsync.sources.base import Delivery, Source
from tcsync.sync.compare import Difference, Kind, compare

SHOWN = 20


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
        self._untold: list[str] = []
        """What the source could not tell: no damage of what is here, and no proof either."""

    def run(self, go_on: Callable[[str], None], until: float) -> End | None:
        """Return how it ended, None when the time was up: another stretch goes on from there.

        `go_on` is called with a Resource ID between revisions and may raise; `until` is a
        time.monotonic().
        """
        here = self._copies()
        self._journal.phase("comparing with the source")
        is_told = self._source.delivery is Delivery.CHANGES
        if is_told:
            self._compare_listings(here)
        else:
            self._compare(here)
        self._journal.phase("recomputing digests")
        for resource in here:
            go_on(resource.id)
            if not self._was_verified(resource):
                self._recompute(resource, go_on, "received" if is_told else "content")
            if time.monotonic() >= until:
                return None
        walks = Walks(self._config, self._source, self._journal, self._actor, go_on)
        if not walks.run(until, since=self._run.started_at or timezone.now()):
            return None
        for id_, found in walks.found.items():
            self._found[id_] += found
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
        behind = planning.behind(self._config, self._source)
        ids = {resource.id for resource in here}
        theirs = self._source.snapshot(planning.selection(self._config), {})
        ours = snapshots.snapshot(Selection(resources=tuple(sorted(ids))), {})
        in_part = self._config.trigger == SyncConfig.Trigger.COMMIT_TAG
        for found in compare(theirs, ours):
            if found.resource not in ids:
                continue
            if found.kind is Kind.ANSWER:
                self._untold.append(f"{found.name}: {found.detail}")
            elif _contradicts(found) or not (in_part or found.resource in behind):
                self._found[found.resource].append(f"{found.name}: {found.detail}")

    def _compare_listings(self, here: list[Resource]) -> None:
        """Compare names, branches, tags and listed revisions with a source that has no digests."""
        ids = {resource.id for resource in here}
        listing = reading.known(ids, listing=True)
        theirs = self._source.snapshot(planning.selection(self._config), listing)
        # That the source went on since is no difference.
        behind = planning.behind(self._config, self._source)
        if self._config.trigger == SyncConfig.Trigger.COMMIT_TAG:
            # Only a part of each resource travels: what does not is no difference either.
            behind = ids
        ours = snapshots.without_digests(snapshots.snapshot(Selection(resources=tuple(ids))))
        for found in compare(theirs, ours):
            if found.kind is Kind.ANSWER and found.resource in ids:
                self._untold.append(f"{found.name}: {found.detail}")
            elif found.resource in ids - behind:
                self._found[found.resource].append(f"{found.name}: {found.detail}")
        for resource in theirs.resources:
            for one in resource.divergences if resource.id in ids else ():
                text = f"{resource.name}: revision {one.number} is another one at the source"
                self._found[resource.id].append(text)

    def _recompute(self, resource: Resource, go_on: Callable[[str], None], level: str) -> None:
        for damage in upkeep.verify_resource(resource.id, go_on=go_on):
            text = f"{resource.name}, revision {damage.number}: {damage.error}"
            self._found[resource.id].append(text)
        found = self._found.get(resource.id, [])
        claim = Claim.objects.filter(resource=resource.id)
        if not found:
            # What a walk found is taken back by a walk alone, and so on.
            claim = claim.exclude(damage__startswith=WALKED)
            claim = claim.exclude(damage__startswith=PROVEN)
        claim.update(damage="\n".join(found[:SHOWN]))
        if not found:
            writing.record_verification(self._actor, resource.id, level)

    def _end(self, count: int) -> End:
        texts = [text for found in self._found.values() for text in found] + self._untold
        for text in texts[:SHOWN]:
            self._journal.line(text, "error")
        if not texts:
            reason = f"{counted(count, 'resource')} verified."
            level = verified_level(self._config)
            return End(SyncRun.State.SUCCEEDED, None, reason=reason, verified=level)
        return End(
            SyncRun.State.INCOMPLETE,
            SyncConfig.Status.ERROR,
            "verification",
            f"{counted(len(texts), 'difference')} found: {texts[0]}",
            "See the run's log. A damaged copy is fetched anew after it was deleted here.",
        )


def _contradicts(found: Difference) -> bool:
    """Tell whether both sides hold the same revision with different digests."""
    return found.kind is Kind.REVISION and found.ours != "absent"
