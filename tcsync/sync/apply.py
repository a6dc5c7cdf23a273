"""Applying a plan: whole revisions only, in batches of at most a second or 64 MiB.

One batch is one fsync, one transaction and one event. Killed, cut or stopped anywhere, there is
nothing to repair: the next plan starts from the heads that exist.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

from tcsync.audit.recording import Actor
from tcsync.domain import Hop, Resource, RevisionRef, listing_fingerprint
from tcsync.errors import (
    BadAnswer,
    ContentError,
    Gone,
    SourceError,
    TcsyncError,
    VersionChanged,
)
from tcsync.repository import writing
from tcsync.repository.writing import Guard, HistoryBatch, Vanished
from tcsync.sources.base import (
    Absent,
    ArtifactWant,
    ChangeSource,
    Delivery,
    PackSource,
    Source,
    Telling,
    Want,
)
from tcsync.sync.ahead import Ahead, Incoming
from tcsync.sync.events import BatchDone, CategoriesDone, Event, StepFailed, TimeUp
from tcsync.sync.steps import Mark, Plan, ResourceStep
from tcsync.sync.telling import HeldStates, take_in

T = TypeVar("T")

BATCH_SECONDS = 1.0
BATCH_BYTES = 64 << 20
BATCH_REVISIONS = 5000


def _nothing(_about: object) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Work:
    """On whose behalf a plan is applied. `guard` is called in every transaction and may raise.

    `note` is called inside the transaction of a batch with what becomes visible by it, so that the
    two cannot differ. `go_on` is called with a Resource ID (empty: with none) before every
    resource, revision and piece; what it raises stops the work, and the open batch is forgotten.
    `until` is the value of `clock` at which it stops at the edge of a batch.
    """

    actor: Actor
    owner: int
    target_category: str
    guard: Guard | None = None
    note: Callable[[BatchDone], None] = field(default=_nothing)
    go_on: Callable[[str], None] = field(default=_nothing)
    until: float | None = None
    clock: Callable[[], float] = field(default=time.monotonic)

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return self.until is not None and self.clock() >= self.until


def apply(plan: Plan, source: Source, work: Work) -> Generator[Event, None, None]:
    """Do what the plan says and yield an event after each batch.

    Raises SourceError when the source fails as a whole (what arrived is kept), StorageFull,
    LeaseLost. What concerns one resource is a StepFailed and holds up nothing else.
    """
    here = _make_categories(plan, work)
    if plan.categories:
        yield CategoriesDone(len(plan.categories))
    yield from _Transfer(plan, source, work, here).run()


def _make_categories(plan: Plan, work: Work) -> dict[str, str]:
    here: dict[str, str] = {}
    for step in plan.categories:
        work.go_on("")
        parent = work.target_category if step.parent is None else here.get(step.parent)
        parent = parent or writing.category_copy(work.owner, step.parent or "")
        here[step.category.id] = writing.ensure_category_copy(
            work.actor, work.owner, step.category, parent, work.guard
        )
    return here


class _Transfer:
    """The resources of one plan on their way, and the batch that is being filled."""

    def __init__(self, plan: Plan, source: Source, work: Work, here: dict[str, str]) -> None:
        self._plan = plan
        self._source = source
        self._work = work
        self._here = here
        self._hop = Hop(plan.source_node, plan.source_name)
        self._batch = HistoryBatch(copies=True)
        self._began = work.clock()
        self._counts: Counter[str] = Counter()
        self._finished: list[str] = []
        self._states = HeldStates(lambda: self._batch)

    def run(self) -> Iterator[Event]:
        """Yield the events of all steps; commits what is whole also when the source fails."""
        try:
            yield from self._steps()
        except TcsyncError as error:
            # The worker lost its right or the disk is full: only a failing source leaves a batch
            # that can still be committed.
            is_failing = isinstance(error, (BadAnswer, Gone, VersionChanged))
            if is_failing or error.code == "unreachable":
                yield from self._commit()
            raise
        finally:
            self._batch.discard()

    def _steps(self) -> Iterator[Event]:
        pulling = [step for step in self._plan.resources if step.resource.revisions]
        for step in self._plan.resources:
            if not step.resource.revisions:
                self._work.go_on(step.resource.id)
                failure = self._describe(step)
                yield from self._settle(step, failure)
                if self._is_full:
                    yield from self._commit()
        yield from self._pull(pulling)
        yield from self._commit()

    def _pull(self, steps: list[ResourceStep]) -> Iterator[Event]:
        if not steps:
            return
        wants = [
            Want(step.resource.id, tuple(ref.number for ref in step.resource.revisions))
            for step in steps
        ]
        with self._stream(wants) as stream:
            arriving = iter(stream)
            for step in steps:
                yield from self._pull_one(step, arriving)
                if self._work.is_over:
                    yield from self._commit()
                    yield TimeUp()
                    return

    def _stream(
        self, wants: list[Want]
    ) -> AbstractContextManager[Iterable[Incoming | Telling | Absent]]:
        if self._source.delivery is Delivery.PACKS:
            return Ahead(cast(PackSource, self._source), wants)
        return cast(ChangeSource, self._source).changesets(wants, self._states)

    def _pull_one(
        self, step: ResourceStep, arriving: Iterator[Incoming | Telling | Absent]
    ) -> Iterator[Event]:
        """Take in the revisions of one resource; after a fault the rest of them is passed over."""
        self._work.go_on(step.resource.id)
        failure: TcsyncError | None = self._describe(step)
        for ref in step.resource.revisions:
            self._work.go_on(step.resource.id)
            item = next(arriving, None)
            if item is None:
                raise BadAnswer(f"The stream of {self._plan.source_name} ended too early.")
            if isinstance(item, Absent):
                failure = Gone(f"{step.resource.name}: {item.reason}")
                break
            failure = failure or self._receive(step.resource, ref, item)
            if self._is_full:
                yield from self._commit()
        yield from self._settle(step, failure)

    def _settle(self, step: ResourceStep, failure: TcsyncError | None) -> Iterator[Event]:
        if failure is None:
            self._finish(step)
        else:
            self._batch.withdraw(step.resource.id)
            yield StepFailed(step.resource.id, failure)

    def _receive(
        self, resource: Resource, ref: RevisionRef, item: Incoming | Telling
    ) -> TcsyncError | None:
        record = item.record
        is_told = isinstance(item, Telling)
        found = listing_fingerprint(record) if is_told else record.digest
        if (record.resource, record.number, found) != (resource.id, ref.number, ref.digest):
            return ContentError(
                f"Revision {ref.number} of {resource.name} was asked for, revision {record.number}"
                f" of {record.resource} with another digest arrived.",
                next_step="Synchronize again; the source may have changed in between.",
            )
        try:
            if isinstance(item, Telling):
                changes = self._watched(resource.id, item.changes)
                take_in(self._batch, replace(item, changes=changes), self._states)
            else:
                pieces = self._watched(resource.id, item.pieces)
                self._batch.receive(record, (item.length, item.pack_digest), pieces)
        except (ContentError, BadAnswer, Gone) as error:
            if isinstance(error, SourceError) and not is_told:
                # A stream of packs that is wrong is wrong for all that follows in it.
                raise
            return error
        self._counts[resource.id] += 1
        return None

    def _watched(self, resource: str, pieces: Iterator[T]) -> Iterator[T]:
        """Pass on pieces; one revision may hold hundreds of thousands of elements."""
        for piece in pieces:
            self._work.go_on(resource)
            yield piece

    def _describe(self, step: ResourceStep) -> ContentError | None:
        category = step.category
        place = self._work.target_category
        if category is not None:
            place = self._here.get(category) or writing.category_copy(self._work.owner, category)
        hops = (*step.resource.hops, self._hop)
        origin = step.resource.origin or self._plan.source_node
        try:
            self._batch.describe(replace(step.resource, origin=origin), place, hops)
        except ContentError as error:
            return error
        return None

    def _finish(self, step: ResourceStep) -> None:
        self._batch.set_tags(step.resource.id, step.resource.tags)
        # What a later run is told leaves the last full walk as it is: see sync/walking.py.
        told = "received" if Mark.NEW in step.marks else ""
        verified = "content" if self._source.delivery is Delivery.PACKS else told
        gone = Vanished(step.resource.gone_branches, step.resource.gone_revisions)
        self._batch.set_standing(step.resource.id, verified, gone)
        self._finished.append(step.resource.id)

    @property
    def _is_full(self) -> bool:
        return (
            self._work.clock() - self._began >= BATCH_SECONDS
            or self._batch.stored_bytes >= BATCH_BYTES
            or self._batch.size >= BATCH_REVISIONS
        )

    def _commit(self) -> Iterator[Event]:
        if not self._batch.is_empty:
            self._fetch_artifacts()
            done = self._done()
            self._batch.commit(self._work.actor, "synchronize", lambda: self._in_commit(done))
            self._counts.clear()
            self._finished = []
            self._batch = HistoryBatch(copies=True)
            self._began = self._work.clock()
            yield done
        self._began = self._work.clock()

    def _done(self) -> BatchDone:
        """Return what the batch will have done once it is committed."""
        content = writing.content_of(self._batch)
        return BatchDone(
            dict(self._counts),
            tuple(self._finished),
            content.elements,
            content.bytes,
            content.raw_bytes,
        )

    def _in_commit(self, done: BatchDone) -> None:
        if self._work.guard is not None:
            self._work.guard()
        self._work.note(done)

    def _fetch_artifacts(self) -> None:
        if self._source.delivery is not Delivery.PACKS:
            # They came with the changes that name them.
            return
        wanted = self._batch.artifacts.wanted()
        if not wanted:
            return
        wants = [ArtifactWant(w.resource, w.number, (w.ref,)) for w in wanted]
        sizes = {w.ref.digest: w.ref.size for w in wanted}
        with cast(PackSource, self._source).artifacts(wants) as arriving:
            for item in arriving:
                if item.digest in sizes:
                    pieces = self._watched("", item.chunks)
                    self._batch.artifacts.receive(item.digest, sizes[item.digest], pieces)
