"""What may follow what in a history file: the checks that need the lines before."""

from __future__ import annotations

from dataclasses import dataclass, field

from tcsync.errors import HistoryError
from tcsync.histories.lines import (
    BranchLine,
    Change,
    Record,
    ResourceLine,
    RevisionLine,
    TagLine,
)


@dataclass(slots=True)
class _Seen:
    """What has come of one resource so far."""

    trunk: str | None = None
    branches: dict[str, BranchLine] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    """Branches without a revision of their own yet."""
    numbers: set[int] = field(default_factory=set)


class LineOrder:
    """Holds names and numbers of what came; `check` takes every record in the order of the file."""

    def __init__(self) -> None:
        self._resources: dict[str, _Seen] = {}
        self._within_revision = False

    def check(self, record: Record) -> None:
        """Raise HistoryError where the record cannot stand after those before it."""
        if isinstance(record, Change):
            if not self._within_revision:
                raise HistoryError("a change stands outside a revision.")
            return
        self._within_revision = isinstance(record, RevisionLine)
        if isinstance(record, RevisionLine):
            self._check_revision(record)
        elif isinstance(record, ResourceLine):
            self._check_resource(record)
        elif isinstance(record, BranchLine):
            self._check_branch(record)
        elif isinstance(record, TagLine):
            self._check_tag(record)
        elif self._resources:
            raise HistoryError("the corpus line must be the first.")

    def check_end(self) -> None:
        """Raise HistoryError where something that was named has never come."""
        for resource, seen in self._resources.items():
            if seen.trunk is None:
                raise HistoryError(f"the resource '{resource}' has no trunk branch.")
            for name in seen.waiting:
                self._check_start(resource, seen, seen.branches[name])

    def _check_start(self, resource: str, seen: _Seen, branch: BranchLine) -> None:
        if branch.from_revision is not None and branch.from_revision not in seen.numbers:
            raise HistoryError(
                f"the branch '{branch.name}' of '{resource}' starts from revision "
                f"{branch.from_revision}, which has not come."
            )

    def _seen(self, resource: str) -> _Seen:
        if resource not in self._resources:
            raise HistoryError(f"the resource '{resource}' has not come.")
        return self._resources[resource]

    def _check_resource(self, record: ResourceLine) -> None:
        if record.id in self._resources:
            raise HistoryError(f"the resource '{record.id}' comes twice.")
        self._resources[record.id] = _Seen()

    def _check_branch(self, record: BranchLine) -> None:
        seen = self._seen(record.resource)
        if record.name in seen.branches:
            raise HistoryError(f"the branch '{record.name}' of '{record.resource}' comes twice.")
        if record.trunk and seen.trunk is not None:
            raise HistoryError(f"'{record.resource}' has the trunk '{seen.trunk}' already.")
        seen.branches[record.name] = record
        seen.waiting.add(record.name)
        if record.trunk:
            seen.trunk = record.name

    def _check_tag(self, record: TagLine) -> None:
        if record.revision not in self._seen(record.resource).numbers:
            raise HistoryError(f"revision {record.revision} of '{record.resource}' has not come.")

    def _check_revision(self, record: RevisionLine) -> None:
        seen = self._seen(record.resource)
        if record.branch not in seen.branches:
            raise HistoryError(f"the branch '{record.branch}' of '{record.resource}' has not come.")
        if record.number in seen.numbers:
            raise HistoryError(f"revision {record.number} of '{record.resource}' comes twice.")
        self._check_parents(record, seen)
        if record.branch in seen.waiting:
            self._check_first(record, seen.branches[record.branch])
            seen.waiting.remove(record.branch)
        seen.numbers.add(record.number)

    def _check_parents(self, record: RevisionLine, seen: _Seen) -> None:
        if record.parent is None:
            if seen.numbers or record.merged:
                raise HistoryError(
                    f"revision {record.number} has no parent, but is not the first one."
                )
            return
        parents = (record.parent, *record.merged)
        if len(set(parents)) < len(parents):
            raise HistoryError(f"revision {record.number} names a parent twice.")
        for parent in parents:
            if parent not in seen.numbers:
                raise HistoryError(
                    f"revision {record.number} has the parent {parent}, which has not come."
                )
            if parent > record.number:
                raise HistoryError(f"revision {record.number} is lower than its parent {parent}.")

    def _check_first(self, record: RevisionLine, branch: BranchLine) -> None:
        if record.parent != branch.from_revision:
            raise HistoryError(
                f"revision {record.number}, the first of the branch '{branch.name}', has the "
                f"parent {record.parent}, but the branch starts from {branch.from_revision}."
            )
