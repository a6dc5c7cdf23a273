"""A full comparison: every revision of every copy of a configuration, against its source.

More than a verification, which walks heads: here a Teamwork Cloud is walked revision by revision,
and every artifact fetched anew. It ends in a signed report. What is compared is written down for
each revision, so that it goes on where it was, whoever works on it.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, cast

from django.db import transaction
from django.db.models import F

from syncconfigs.models import Claim, ComparedRevision, SyncConfig, SyncRun
from syncconfigs.runs import full_report, planning
from syncconfigs.runs.journal import End, Journal
from syncconfigs.runs.listings import Listings, compare_listings
from syncconfigs.runs.outcome import verified_level
from syncconfigs.runs.proof import PROVEN
from tcsync.amounts import counted
from tcsync.audit.recording import Actor
from tcsync.errors import BadAnswer, Gone, LoginRefused
from tcsync.repository import upkeep, writing
from tcsync.repository.bulk import insert
from tcsync.repository.models import Resource, Revision
from tcsync.sources.base import ChangeSource, Delivery, Source
from tcsync.sync.proving import Compared, compare_revision

SHOWN = 20
LONGEST = 10_000
"""Characters of what is noted on a copy; the report has the rest."""
FORBIDDEN = 403
LEVEL = "every_revision"
State = SyncRun.State
Texts = defaultdict[str, list[str]]
"""Sentences by Resource ID."""


class FullComparison:
    """What one run compares: the copies of a configuration, one after another."""

    def __init__(
        self, run: SyncRun, config: SyncConfig, source: Source, journal: Journal, actor: Actor
    ) -> None:
        self._run = run
        self._config = config
        self._source = source
        self._journal = journal
        self._actor = actor
        self._is_told = source.delivery is Delivery.CHANGES
        self._left_out: list[dict[str, str]] = []

    def run(self, go_on: Callable[[str], None], until: float) -> End | None:
        """Return how it ended, None when the time was up: another stretch goes on from there.

        `go_on` is called with a Resource ID between pieces of work and may raise; `until` is a
        time.monotonic().
        """
        here = self._copies()
        self._journal.phase("comparing with the source")
        if (behind := self._behind(here)) is not None:
            return behind
        self._begin(here)
        for number, resource in enumerate(here):
            self._journal.amount(resources_done=number)
            go_on(resource.id)
            if not self._one(resource, go_on, until):
                return None
        self._journal.amount(resources_done=len(here))
        return self._end(here)

    def _copies(self) -> list[Resource]:
        claims = self._config.claims.filter(state=Claim.State.FOLLOWED)
        rows = Resource.objects.filter(id__in=claims.values("resource"), revision_count__gt=0)
        return list(rows.order_by("id"))

    def _begin(self, here: list[Resource]) -> None:
        ids = [row.id for row in here]
        rows = Revision.objects.filter(resource__in=ids, gone_at_source=False)
        done = ComparedRevision.objects.filter(run=self._run).count()
        self._journal.amount(
            revisions_total=rows.count(), resources_total=len(here), revisions_done=done
        )
        self._journal.phase("comparing every revision")

    def _behind(self, here: list[Resource]) -> End | None:
        """Return the end of a comparison that makes no sense yet, None where it does."""
        plan = planning.plan(self._config, self._source)
        self._left_out = [
            {"id": one.resource, "name": one.name, "reason": one.reason} for one in plan.refusals
        ]
        if plan.resources or not here:
            reason = "The source has something newer than what is here."
            if not here:
                reason = "There is no copy here yet: there is nothing to compare."
            step = "Freeze the source, synchronize, then compare in full again."
            return End(State.INCOMPLETE, None, "behind", reason, step)
        listed = compare_listings(self._source, [row.id for row in here])
        # What the listings tell already needs no walk through every revision.
        return self._report(here, listed) if listed.differing else None

    def _one(self, resource: Resource, go_on: Callable[[str], None], until: float) -> bool:
        """Compare a resource; return False when the time was up before its end."""
        rows = ComparedRevision.objects.filter(run=self._run, resource=resource.id)
        if rows.filter(was_told=False).exists():
            return True
        done = set(rows.values_list("number", flat=True))
        revisions = Revision.objects.filter(resource=resource, gone_at_source=False)
        if not done:
            damaged = self._recompute(resource, go_on)
            # With digests all of it is compared now, without them what is damaged need not be.
            left = revisions.filter(number__in=damaged) if self._is_told else revisions
            self._keep([_recomputed(row, damaged) for row in left.order_by("number").iterator()])
            done |= set(left.values_list("number", flat=True))
        for row in revisions.exclude(number__in=done).order_by("number") if self._is_told else ():
            if not self._walk(row, go_on):
                return True
            if time.monotonic() >= until:
                return False
        return time.monotonic() < until

    def _recompute(self, resource: Resource, go_on: Callable[[str], None]) -> dict[int, str]:
        """Return what is damaged here, by revision."""
        found = upkeep.verify_resource(resource.id, go_on=go_on)
        return {damage.number: damage.error.message for damage in found}

    def _walk(self, row: Revision, go_on: Callable[[str], None]) -> bool:
        """Compare a revision; return False where the source cannot give this resource."""
        source = cast(ChangeSource, self._source)
        try:
            done = compare_revision(source, row.resource_id, row.number, go_on)
        except (BadAnswer, Gone, LoginRefused) as error:
            if isinstance(error, LoginRefused) and error.status != FORBIDDEN:
                raise
            one = ComparedRevision(**_named(row), was_told=False, found=str(error))
            self._keep([one])
            return False
        self._keep([_walked(row, done)])
        return True

    def _keep(self, rows: list[ComparedRevision]) -> None:
        for row in rows:
            row.run = self._run
        with transaction.atomic():
            self._journal.guard()
            insert(rows, ignore_conflicts=True)
            self._journal.amount(
                revisions_done=F("revisions_done") + len(rows),
                elements_done=F("elements_done") + sum(row.elements for row in rows),
            )

    def _end(self, here: list[Resource]) -> End:
        """Look at the source once more, then report: it must not have gone on meanwhile."""
        self._journal.phase("reading the source again")
        if planning.plan(self._config, self._source).resources:
            reason = "The source went on while it was compared."
            step = "Freeze the source, synchronize, then compare in full again."
            return End(State.INCOMPLETE, None, "moved", reason, step)
        return self._report(here, compare_listings(self._source, [row.id for row in here]))

    def _report(self, here: list[Resource], listed: Listings) -> End:
        contents, untold = Texts(list), Texts(list)
        for row in here:
            self._add(row, contents, untold, is_listed_otherwise=bool(listed.differing))
        findings = full_report.Findings(
            self._run,
            self._config,
            self._source.identity(),
            here,
            _together(listed.differing, contents),
            _together(listed.untold, untold),
            self._left_out,
        )
        with transaction.atomic():
            self._journal.guard()
            full_report.keep(findings)
            self._mark(findings, contents)
        return self._ended(findings, is_damaged=bool(contents))

    def _add(
        self, resource: Resource, contents: Texts, untold: Texts, *, is_listed_otherwise: bool
    ) -> None:
        """Add what the comparisons of single revisions found."""
        rows = ComparedRevision.objects.filter(run=self._run, resource=resource.id)
        for row in rows.filter(differing__gt=0).order_by("number"):
            text = f"{resource.name}, revision {row.number}: {'; '.join(row.found.splitlines())}"
            contents[resource.id].append(text)
        for row in rows.filter(was_told=False):
            text = f"{resource.name}, revision {row.number}: {row.found}"
            untold[resource.id].append(text)
        revisions = Revision.objects.filter(resource=resource, gone_at_source=False)
        lacking = revisions.count() - rows.filter(was_told=True).count()
        if lacking and not is_listed_otherwise:
            text = f"{resource.name}: {counted(lacking, 'revision')} not compared"
            untold[resource.id].append(text)

    def _mark(self, findings: full_report.Findings, contents: Texts) -> None:
        """Note on each copy how it was verified, or what is wrong with it.

        What only the listings tell (a trigger that lets a part travel) is no damage of the copy.
        """
        for row in findings.copies:
            claim = Claim.objects.filter(resource=row.id)
            if texts := contents.get(row.id):
                claim.update(damage=PROVEN + "\n".join(texts)[:LONGEST])
            elif not findings.found.get(row.id) and not findings.untold.get(row.id):
                claim.update(damage="")
                writing.record_verification(self._actor, row.id, LEVEL)

    def _ended(self, findings: full_report.Findings, *, is_damaged: bool) -> End:
        kinds = (findings.found, findings.untold)
        texts = [text for kind in kinds for some in kind.values() for text in some]
        for text in texts[:SHOWN]:
            self._journal.line(text, "error")
        if findings.is_equal:
            compared = ComparedRevision.objects.filter(run=self._run).count()
            reason = (
                f"{counted(len(findings.copies), 'resource')} with"
                f" {counted(compared, 'revision')} compared in full: all of it is equal."
            )
            level = verified_level(self._config)
            return End(State.SUCCEEDED, None, reason=reason, verified=level)
        return End(
            State.INCOMPLETE,
            SyncConfig.Status.ERROR if is_damaged else None,
            "verification" if is_damaged else "differs" if any(kinds[0].values()) else "not_told",
            f"{counted(len(texts), 'difference')} found: {texts[0]}",
            "See the report of this run. Nothing at the source should be deleted.",
        )


def _together(*kinds: Mapping[str, list[str]]) -> Texts:
    found = Texts(list)
    for kind in kinds:
        for id_, texts in kind.items():
            found[id_] += texts
    return found


def _named(row: Revision) -> dict[str, Any]:
    return {"resource": row.resource_id, "number": row.number, "digest": row.digest}


def _recomputed(row: Revision, damaged: Mapping[int, str]) -> ComparedRevision:
    """Return a revision whose digests were recomputed here."""
    found = damaged.get(row.number, "")
    return ComparedRevision(
        **_named(row),
        elements=row.total,
        artifacts=row.artifacts_changed,
        differing=1 if found else 0,
        found=found,
    )


def _walked(row: Revision, done: Compared) -> ComparedRevision:
    return ComparedRevision(
        **_named(row),
        elements=done.elements,
        artifacts=done.artifacts,
        artifact_bytes=done.artifact_bytes,
        differing=done.differing,
        found="\n".join(done.found),
    )
