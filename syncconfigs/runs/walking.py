"""Full walks of heads, for sources that promise no digests: which, when, and what they showed."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from syncconfigs.models import Claim, SyncConfig
from syncconfigs.runs.journal import Journal
from syncconfigs.runs.proof import UNPROVEN, WALKED
from tcsync.amounts import counted
from tcsync.audit.recording import Actor
from tcsync.domain import Identity
from tcsync.errors import BadAnswer, Gone, LoginRefused
from tcsync.repository import reading, writing
from tcsync.repository.models import Branch, Resource, Walk
from tcsync.sources.base import ChangeSource, Delivery, Source
from tcsync.sync.events import StepFailed
from tcsync.sync.walking import WalkedHead, walk_head

FORBIDDEN = 403
"""About one resource: this account may no longer read it. Other refusals are about the account."""


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
        self.found: dict[str, list[str]] = defaultdict(list)
        """What differs, or could not be walked, by Resource ID."""

    def run(
        self, until: float, *, since: datetime | None = None, refused: Collection[str] = ()
    ) -> bool:
        """Walk what is due; return False when the time was up before that. One is always made.

        Due is every head of a copy that was never proven, and, for some seconds of each run, those
        whose last walk is longest ago; with `since` every head that was not walked after it. The
        plan's `refused` are left alone. `until` is a time.monotonic(). Raises SourceError when the
        source fails as a whole; what concerns one resource is noted, and the others are walked.
        """
        if self._source.delivery is not Delivery.CHANGES:
            return True
        budget_ends = time.monotonic() + settings.TCSYNC_WALK_SECONDS
        made = 0
        for resource in self._copies(since):
            if resource.pk in refused:
                continue
            for branch, walk in reading.heads_and_walks(resource.pk):
                if not self._is_due(resource, branch, walk, since, budget_ends):
                    continue
                if made and time.monotonic() >= until:
                    return False
                made += 1
                if not self._try(resource, branch):
                    break
        return True

    def _try(self, resource: Resource, branch: Branch) -> bool:
        """Walk a head; return False where the source cannot give this resource."""
        try:
            self._walk(resource, branch)
        except (BadAnswer, Gone, LoginRefused) as error:
            if isinstance(error, LoginRefused) and error.status != FORBIDDEN:
                raise
            self.found[resource.pk].append(f"{resource.name}: {error}")
            self._journal.fail(StepFailed(resource.pk, error))
            return False
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

    def _copies(self, since: datetime | None) -> list[Resource]:
        """Return the copies of the configuration; one that is known to differ waits for a person,
        or for a verification that somebody asks for.
        """
        sound = Q(damage="") if since is None else Q(damage="") | Q(damage__startswith=WALKED)
        claims = self._config.claims.filter(sound, state=Claim.State.FOLLOWED)
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
            self._mend(resource)
            return
        damage = (
            f"{WALKED}revision {walked.number} of branch {name} differs in"
            f" {walked.differing} of {many}: {'; '.join(walked.found)}."
        )
        Claim.objects.filter(resource=resource.pk).update(damage=damage)
        self.found[resource.pk].append(damage)
        self._journal.line(f"{resource.name}: {damage}", "error")

    def _mend(self, resource: Resource) -> None:
        """Take back what a walk found, once the last walks of all heads are equal."""
        if not Walk.objects.filter(resource=resource, differing__gt=0).exists():
            claim = Claim.objects.filter(resource=resource.pk, damage__startswith=WALKED)
            claim.update(damage="")
