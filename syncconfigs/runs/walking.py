"""Full walks of heads, for sources that promise no digests: which, when, and what they showed."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.utils import timezone

from syncconfigs.models import Claim, SyncConfig
from syncconfigs.runs.journal import Journal
from tcsync.amounts import counted
from tcsync.audit.recording import Actor
from tcsync.domain import Identity
from tcsync.repository import reading, writing
from tcsync.repository.models import Branch, Resource, Walk
from tcsync.sources.base import ChangeSource, Delivery, Source
from tcsync.sync.walking import WalkedHead, walk_head

UNPROVEN = ("none", "received")
WALKED = "A full walk of the head at the source: "
"""How the damage begins that a walk found; what another verification found stays."""


class Walks:
    """The walks that one run makes, head after head; each is recorded before the next begins."""

    def __init__(
        self,
        config: SyncConfig,
        source: Source,
        journal: Journal,
        actor: Actor,
        go_on: Callable[[str], None],
    ) -> None:
        self._config = config
        self._source = source
        self._journal = journal
        self._actor = actor
        self._go_on = go_on
        self._who: Identity | None = None

    def run(self, until: float, *, since: datetime | None = None) -> bool:
        """Walk what is due; return False when the time was up before that.

        Due is every head of a copy that was never proven, and, for some seconds of each run, those
        whose last walk is longest ago; with `since` every head that was not walked after it.
        `until` is a time.monotonic(). Raises SourceError.
        """
        if self._source.delivery is not Delivery.CHANGES:
            return True
        budget_ends = time.monotonic() + settings.TCSYNC_WALK_SECONDS
        for resource in self._copies():
            for branch, walk in reading.heads_and_walks(resource.pk):
                if not self._is_due(resource, branch, walk, since, budget_ends):
                    continue
                if time.monotonic() >= until:
                    return False
                self._walk(resource, branch)
        return True

    def _is_due(
        self,
        resource: Resource,
        branch: Branch,
        walk: Walk | None,
        since: datetime | None,
        budget_ends: float,
    ) -> bool:
        if since is not None:
            return walk is None or walk.at < since
        if reading.is_walked(branch, walk):
            return False
        if resource.verified_level in UNPROVEN or self._config.trigger == SyncConfig.Trigger.ONCE:
            return True
        every = timedelta(days=settings.TCSYNC_WALK_DAYS)
        is_old = walk is None or timezone.now() - walk.at >= every
        return is_old and time.monotonic() < budget_ends

    def _copies(self) -> list[Resource]:
        """Return the copies of the configuration; one that is known to differ waits for a person,
        or for a verification that somebody asks for.
        """
        claims = self._config.claims.filter(state=Claim.State.FOLLOWED, damage="")
        rows = Resource.objects.filter(id__in=claims.values("resource"), revision_count__gt=0)
        return list(rows.order_by("id"))

    def _walk(self, resource: Resource, branch: Branch) -> None:
        if self._who is None:
            self._who = self._source.identity()
            self._journal.phase("walking heads", "Walking the heads of branches in full.")
        source = cast(ChangeSource, self._source)
        number = branch.head or 0
        walked = walk_head(source, resource.pk, number, self._go_on)
        who = self._who
        writing.record_walk(
            self._actor,
            writing.WalkedBranch(
                resource.pk,
                branch.uid,
                number,
                who.account,
                who.rights,
                walked.elements,
                walked.artifacts,
                walked.differing,
                walked.found,
            ),
            self._journal.guard,
        )
        self._say(resource, branch.name, walked)

    def _say(self, resource: Resource, name: str, walked: WalkedHead) -> None:
        many = counted(walked.elements, "element")
        if not walked.differing:
            self._journal.line(
                f"{resource.name}: the head of {name}, revision {walked.number}, was walked in"
                f" full: {many} and {counted(walked.artifacts, 'artifact')} are as here."
            )
            return
        damage = (
            f"{WALKED}revision {walked.number} of branch {name} differs in"
            f" {walked.differing} of {many}: {'; '.join(walked.found)}."
        )
        Claim.objects.filter(resource=resource.pk).update(damage=damage)
        self._journal.line(f"{resource.name}: {damage}", "error")
