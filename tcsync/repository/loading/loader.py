"""The loader: a record file becomes local resources; it continues where it stopped."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

from tcsync import domain
from tcsync.audit.recording import Actor
from tcsync.domain import ArtifactRef, RevisionRecord
from tcsync.errors import Clash, ContentError, HistoryError
from tcsync.histories import identity
from tcsync.histories.dates import parse_date
from tcsync.histories.lines import (
    ArtifactLine,
    BranchLine,
    ResourceLine,
    RevisionLine,
    TagLine,
)
from tcsync.histories.records import RevisionGroup, groups
from tcsync.repository import reading
from tcsync.repository.loading.children import RevisionElements, absent_owners
from tcsync.repository.loading.proof import Proof
from tcsync.repository.models import Branch, Resource, Revision, Tag
from tcsync.repository.states import History
from tcsync.repository.writing import Changeset, HistoryBatch, ensure_category_path

BATCH_SECONDS = 1.0
BATCH_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the loader stands, after each revision."""

    resource: str
    revisions: int
    skipped: int
    elements: int


class _Loading:
    """One resource of the file while its revisions come in."""

    def __init__(self, line: ResourceLine, category: str) -> None:
        self.line = line
        self.id = identity.resource_id(line.id, line.uuid)
        self.ns: UUID = identity.namespace(self.id)
        self.category = category
        self.name = line.name
        self.branches: dict[str, domain.Branch] = {}
        self.trunk = ""
        self.tags = {
            row.uid: domain.Tag(row.uid, row.name, row.number, row.description)
            for row in Tag.objects.filter(resource=self.id)
        }
        present = Revision.objects.filter(resource=self.id)
        self.roots: dict[int, tuple[str, ...]] = {}
        self.absent: dict[int, frozenset[str]] = {}
        self.present = set(present.values_list("number", flat=True))
        self._refuse_clash()

    def _refuse_clash(self) -> None:
        holder = Resource.objects.filter(project_id=self.line.id).exclude(id=self.id).first()
        if holder is not None:
            raise Clash(
                f"The Project ID {self.line.id} belongs to {holder.name} ({holder.id}) here."
            )

    def add_branch(self, line: BranchLine) -> None:
        """Take in a branch line; the ids of branches that exist are kept."""
        uid = line.uuid or identity.branch_id(self.ns, line.name)
        self.branches[line.name] = domain.Branch(uid, line.name, line.from_revision, None)
        if line.trunk:
            self.trunk = uid

    def described(self, node: str) -> domain.Resource:
        """Return the resource as it is to be."""
        return domain.Resource(
            id=self.id,
            project_id=self.line.id,
            name=self.name,
            category=self.category,
            trunk=self.trunk,
            branches=tuple(self.branches.values()),
            origin=node,
        )


class Loader:
    """Loads one file. `until` is the highest revision number to load of each resource."""

    def __init__(
        self,
        actor: Actor,
        *,
        category_prefix: str = "",
        until: int | None = None,
        report: Callable[[Progress], None] = lambda _progress: None,
    ) -> None:
        self._actor = actor
        self._prefix = category_prefix
        self._until = until
        self._report = report
        self._node = reading.identity().uuid
        self._folder = Path(settings.TCSYNC_DATA)
        self._resources: dict[str, _Loading] = {}
        self._proofs: dict[str, Proof] = {}
        self._batch = HistoryBatch(copies=False)
        self._began = time.monotonic()
        self._loaded = self._skipped = self._elements = 0

    def load(self, path: Path) -> Progress:
        """Load the file. Raises HistoryError naming the line; finished revisions are kept."""
        try:
            for group in groups(path):
                self._take(group)
            self._commit()
            self._add_branches()
        except (HistoryError, ContentError):
            self._commit()
            raise
        finally:
            self._commit_or_discard()
        return Progress("", self._loaded, self._skipped, self._elements)

    def _take(self, group: object) -> None:
        if isinstance(group, ResourceLine):
            path = "/".join(filter(None, (self._prefix, group.category)))
            category = ensure_category_path(self._actor, path if group.category else "")
            self._resources[group.id] = _Loading(group, category.id)
        elif isinstance(group, BranchLine):
            self._resources[group.resource].add_branch(group)
        elif isinstance(group, TagLine):
            self._put_tag(self._resources[group.resource], group.name, group.revision)
        elif isinstance(group, RevisionGroup):
            self._take_revision(self._resources[group.revision.resource], group)

    def _take_revision(self, resource: _Loading, group: RevisionGroup) -> None:
        line = group.revision
        resource.name = line.name
        if self._until is not None and line.number > self._until:
            return
        is_new = line.number not in resource.present
        if is_new:
            self._write(resource, line, group)
        self._loaded += is_new
        self._skipped += not is_new
        for name in line.tags:
            # A tag of a revision that was here may have been moved on by a later line.
            if is_new or identity.tag_id(resource.ns, name) not in resource.tags:
                self._put_tag(resource, name, line.number)
        self._report(Progress(line.name, self._loaded, self._skipped, self._elements))
        if time.monotonic() - self._began > BATCH_SECONDS or self._batch.stored_bytes > BATCH_BYTES:
            self._commit()

    def _put_tag(self, resource: _Loading, name: str, number: int) -> None:
        uid = identity.tag_id(resource.ns, name)
        tag = domain.Tag(uid, name, number)
        if number in resource.present and resource.tags.get(uid) != tag:
            resource.tags[uid] = tag
            self._batch.set_tags(resource.id, tuple(resource.tags.values()))

    def _write(self, resource: _Loading, line: RevisionLine, group: RevisionGroup) -> None:
        history = self._batch.history(resource.id)
        with RevisionElements(history, line.parent, resource.ns, self._folder) as elements:
            absent = elements.take(group.changes, self._absent(resource, line.parent, history))
            refs = self._store_artifacts(elements)
            with Changeset(self._folder) as changeset:
                elements.write_to(changeset)
                for artifact in elements.artifacts:
                    if isinstance(artifact, ArtifactLine):
                        changeset.put_artifact(refs[artifact.id])
                    else:
                        changeset.remove_artifact(artifact.id)
                sink = self._batch.sink()
                start = sink.tell()
                summary = changeset.write(sink, history, line.parent)
            roots = elements.family.roots(self._roots(resource, line.parent))
        revision = _record(resource, line, roots)
        self._batch.admit_local(revision, summary, start)
        resource.roots[line.number] = roots
        resource.absent[line.number] = absent
        resource.present.add(line.number)
        self._elements += summary.added + summary.edited + summary.removed
        self._prove(resource, line)
        # Only now: what is refused shall not leave a name or an empty resource behind.
        self._batch.describe(resource.described(self._node), resource.category)

    def _prove(self, resource: _Loading, line: RevisionLine) -> None:
        proof = self._proofs.setdefault(resource.id, Proof())
        try:
            proof.check(self._batch.history(resource.id), line, line.parent)
        except HistoryError:
            self._batch.retract(resource.id, line.number)
            raise

    def _store_artifacts(self, elements: RevisionElements) -> dict[str, ArtifactRef]:
        refs = {}
        for artifact in elements.artifacts:
            if isinstance(artifact, ArtifactLine):
                digest = hashlib.sha256(artifact.data).hexdigest()
                size = len(artifact.data)
                self._batch.artifacts.receive_unless_here(digest, size, [artifact.data])
                refs[artifact.id] = ArtifactRef(artifact.id, artifact.name, digest, size)
        return refs

    def _absent(self, resource: _Loading, parent: int | None, history: History) -> frozenset[str]:
        if parent is None:
            return frozenset()
        if parent not in resource.absent:
            resource.absent[parent] = absent_owners(history, parent)
        return resource.absent[parent]

    def _roots(self, resource: _Loading, parent: int | None) -> tuple[str, ...]:
        if parent is None:
            return ()
        if parent not in resource.roots:
            row = Revision.objects.filter(resource=resource.id, number=parent)
            resource.roots[parent] = tuple(row.values_list("root_ids", flat=True)[0])
        return resource.roots[parent]

    def _add_branches(self) -> None:
        """Make the branches that have no revision of their own, or came after the last one."""
        for resource in self._resources.values():
            here = set(Branch.objects.filter(resource=resource.id).values_list("uid", flat=True))
            if resource.present and any(b.id not in here for b in resource.branches.values()):
                self._batch.describe(resource.described(self._node), resource.category)

    def _commit(self) -> None:
        if not self._batch.is_empty:
            self._batch.commit(self._actor, "resource.load")
        self._batch = HistoryBatch(copies=False)
        self._began = time.monotonic()

    def _commit_or_discard(self) -> None:
        try:
            self._commit()
        finally:
            self._batch.discard()


def _record(resource: _Loading, line: RevisionLine, roots: tuple[str, ...]) -> RevisionRecord:
    moment, offset = parse_date(line.date)
    if line.branch not in resource.branches:
        raise HistoryError(f"Line {line.line}: there is no branch {line.branch!r} before it.")
    return RevisionRecord(
        resource=resource.id,
        number=line.number,
        branch=resource.branches[line.branch].id,
        parent=line.parent,
        merged=line.merged,
        time=moment,
        offset=offset,
        author=line.author,
        message=line.message,
        content_digest="",
        artifact_digest="",
        root_ids=roots,
        used_projects=resource.line.used_projects,
    )


def load_history(
    path: Path,
    actor: Actor,
    *,
    category_prefix: str = "",
    until: int | None = None,
    report: Callable[[Progress], None] = lambda _progress: None,
) -> Progress:
    """Load a record file into local resources; what is already here is skipped."""
    return Loader(actor, category_prefix=category_prefix, until=until, report=report).load(path)
