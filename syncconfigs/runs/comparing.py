"""Working on a comparison: both sides read, row after row written, and what that says at the end.

Nothing is written to either side, nor to our repository: only the report grows.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from syncconfigs import connect
from syncconfigs.connect.catalogue import NotAskedAgain
from syncconfigs.models import (
    ComparedResource,
    Comparison,
    ComparisonReport,
    RemoteServer,
    RunAttempt,
    SyncRun,
)
from syncconfigs.runs import compared as rows
from syncconfigs.runs import concluding
from syncconfigs.runs.heart import Heart
from syncconfigs.runs.journal import End, Journal
from syncconfigs.runs.lease import Lease
from tcsync.amounts import counted
from tcsync.domain import Identity, Selection
from tcsync.errors import SourceError
from tcsync.sources.base import Comparable
from tcsync.sync.against import AT_ONCE, Compared, Depth, Sides
from tcsync.sync.differences import Difference, Kind
from tcsync.sync.here import Here
from tcsync.sync.histories import Judgement

FLUSH_SECONDS = 1.0
SCHEDULED = "schedule"
Verdict = ComparedResource.Verdict


class ComparisonWork:
    """What one worker does about one run of a comparison."""

    def __init__(self, run: SyncRun, journal: Journal, lease: Lease, heart: Heart) -> None:
        assert run.comparison is not None  # noqa: S101 - the caller looked
        self._run = run
        self._comparison: Comparison = run.comparison
        self._journal = journal
        self._lease = lease
        self._heart = heart
        self._waiting: list[ComparedResource] = []
        self._flushed = time.monotonic()

    def run(self, until: float) -> End | None:
        """Return how it ended, None when the time was up: another stretch goes on from there.

        `until` is a time.monotonic(). Raises SourceError where a side fails as a whole.
        """
        with ExitStack() as stack:
            one = self._open(self._comparison.one, stack)
            other = self._open(self._comparison.other, stack)
            self._note_sides(one, other)
            sides = Sides(one, other, selection_of(self._comparison), self._heart.go_on)
            if not self._compare(sides, until):
                return None
            self._check_uses(sides)
        return concluding.conclude(self._run, self._lease)

    def _open(self, server: RemoteServer | None, stack: ExitStack) -> Comparable:
        if server is None:
            return Here()
        if server.waits_for_person and self._run.trigger == SCHEDULED:
            raise NotAskedAgain(
                f"{server.name} is not asked again before somebody tests it: {server.last_error}"
            )
        source = stack.enter_context(closing(connect.open_source(server)))
        stack.push(_Failures(server, source))
        source.heed(self._heart.pulse)
        return source

    def _note_sides(self, one: Comparable, other: Comparable) -> None:
        """Write down who was asked, as whom, with what rights; each side says so itself."""
        found = []
        both = ((self._comparison.one, one), (self._comparison.other, other))
        for server, side in both:
            identity = side.identity()
            if server is not None:
                connect.note_answer(server, identity)
            found.append(_said(server, identity))
        with transaction.atomic():
            self._lease.guard()
            ComparisonReport.objects.update_or_create(
                run=self._run, defaults={"sides": found, "asked": asked_of(self._comparison)}
            )
        self._journal.phase("reading both sides", "Both sides are asked what they hold.")

    def _compare(self, sides: Sides, until: float) -> bool:
        """Compare what is not done yet; return False when the time was up before the end."""
        begun = {row.resource: row for row in self._run.compared.filter(verdict=Verdict.PENDING)}
        done = set(
            self._run.compared.exclude(verdict=Verdict.PENDING).values_list("resource", flat=True)
        )
        total = len(sides.matches) + len(sides.missing)
        self._lease.update(resources_total=total, resources_done=len(done))
        self._journal.phase("comparing", f"{counted(total, 'resource')} to be compared.")
        todo = [found for found in sides.matches if rows.key(found.shown.id) not in done]
        is_deep = self._comparison.depth != Depth.LISTINGS
        for compared in sides.compare(todo, self._judgement(), at_once=1 if is_deep else AT_ONCE):
            known = begun.pop(rows.key(compared.match.shown.id), None)
            row = known or rows.row_of(self._run, compared)
            if is_deep and not self._walk(sides, compared, row, until):
                return False
            rows.settle(row)
            self._put(row)
            if time.monotonic() >= until:
                self._flush()
                return False
        for id_ in sides.missing:
            if rows.key(id_) not in done and id_ not in begun:
                self._put(self._untold(ComparedResource(resource=id_, name=id_), "chosen id"))
        for row in begun.values():
            # Neither side shows it any more: what was begun must not pass for equal.
            self._put(self._untold(row, "shown no more"))
        self._flush()
        return True

    def _judgement(self) -> Judgement:
        began = self._run.started_at
        now = int(began.timestamp()) if began is not None else int(time.time())
        return Judgement(now, self._comparison.patience_hours * 3600)

    def _walk(self, sides: Sides, compared: Compared, row: ComparedResource, until: float) -> bool:
        depth = Depth(self._comparison.depth)
        for walked in sides.walk(compared, depth, row.walked):
            rows.add_walk(row, walked)
            self._lease.update(
                elements_done=F("elements_done") + walked.elements, progress_at=Now(), attempts=0
            )
            if time.monotonic() >= until:
                # Kept as it is: the next stretch goes on with the revision after this one.
                self._put(row)
                self._flush()
                return False
        return True

    def _untold(self, row: ComparedResource, what: str) -> ComparedResource:
        row.run = self._run
        gone = Difference(
            row.resource, row.name, Kind.ANSWER, "not to be seen", "not compared", what
        )
        rows.add(row, [gone])
        rows.settle(row)
        return row

    def _put(self, row: ComparedResource) -> None:
        self._waiting.append(row)
        if len(self._waiting) >= AT_ONCE or time.monotonic() - self._flushed >= FLUSH_SECONDS:
            self._flush()

    def _flush(self) -> None:
        """Write the waiting rows and count them, in one transaction."""
        self._flushed = time.monotonic()
        if not self._waiting:
            return
        before = concluding.equal_before(self._run, [row.resource for row in self._waiting])
        finished = sum(1 for row in self._waiting if row.verdict != Verdict.PENDING)
        with transaction.atomic():
            self._lease.update(
                resources_done=F("resources_done") + finished,
                **({"attempts": 0} if finished else {}),
                progress_at=Now(),
            )
            # What counts against a worker that died is that it got nowhere.
            RunAttempt.objects.filter(run=self._run, token=self._lease.token).update(
                revisions=F("revisions") + finished
            )
            for row in self._waiting:
                row.was_equal = row.resource in before
                row.save()
        self._waiting = []

    def _check_uses(self, sides: Sides) -> None:
        """Look at the used projects of all rows; either all of it is written, or nothing."""
        report = ComparisonReport.objects.get(run=self._run)
        if report.uses_checked:
            return
        self._journal.phase("used projects", "The used projects of all heads are looked at.")
        users = [rows.user_of(row) for row in self._using()]
        found: dict[str, list[Difference]] = {}
        for resource, difference in sides.check_uses(users):
            found.setdefault(resource, []).append(difference)
        with transaction.atomic():
            self._lease.guard()
            for row in self._run.compared.filter(resource__in=found):
                rows.add(row, found[row.resource])
                rows.settle(row)
                row.save()
            report.uses_checked = True
            report.save(update_fields=["uses_checked"])

    def _using(self) -> Iterator[ComparedResource]:
        fields = self._run.compared.only("resource", "name", "uses")
        return (row for row in fields.iterator() if row.uses and any(row.uses))


class _Failures:
    """Notes on a server's row that it could not be read."""

    def __init__(self, server: RemoteServer, source: connect.LentSource) -> None:
        self._server = server
        self._source = source

    def __call__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if isinstance(error, SourceError) and self._source.failed:
            connect.note_failure(self._server, error)
        return False


def selection_of(comparison: Comparison) -> Selection | None:
    """Return what is compared of the first side; None is everything of both."""
    if not comparison.resources and not comparison.categories:
        return None
    return Selection(tuple(comparison.resources), tuple(comparison.categories))


def asked_of(comparison: Comparison) -> dict[str, object]:
    """Return what a comparison asks for, as reports keep it."""
    return {
        "comparison": comparison.pk,
        "name": comparison.name,
        "resources": comparison.resources,
        "categories": comparison.categories,
        "depth": comparison.depth,
        "patience_hours": comparison.patience_hours,
    }


def _said(server: RemoteServer | None, identity: Identity) -> dict[str, str]:
    said = {
        "name": server.name if server else "this node",
        "kind": server.kind if server else "here",
        "address": server.address if server else "",
        "calls_itself": identity.name,
        "uuid": identity.uuid,
        "major_version": identity.major_version,
        "account": identity.account or (server.username if server else ""),
        "rights": identity.rights,
    }
    return {name: rows.storable(text) for name, text in said.items()}
