"""The values that a plan is made of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tcsync.domain import Category, Resource


class Mark(StrEnum):
    """What a step changes, for the preview and the run's page."""

    NEW = "new"
    REVISIONS = "revisions"
    RENAMED = "renamed"
    MOVED = "moved"
    BRANCHES = "branches"
    TAGS = "tags"
    DESCRIBED = "described"
    GONE = "gone at the source"


@dataclass(frozen=True, slots=True)
class CategoryStep:
    """A category of the source to be made here, renamed or moved below its parent's copy.

    `parent` is a category of the source, None for the target category itself.
    """

    category: Category
    parent: str | None
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class ResourceStep:
    """A resource as it is to be here. `resource.revisions` are those to fetch, in rising order.

    `category` is a category of the source, None for the target category itself; `renamed_from` is
    the name of a copy that gets another one.
    """

    resource: Resource
    category: str | None
    marks: tuple[Mark, ...]
    renamed_from: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A resource that is left alone, and why; it holds up nothing else.

    `facts` are what a program needs of the reason, as JSON has them: see `tcsync.sync.refusals`.
    """

    resource: str
    name: str
    code: str
    reason: str
    next_step: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Released:
    """A copy that is no longer synchronized; it stays as it is, read-only."""

    resource: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class TooMuch:
    """So many copies renamed, moved or dropped at once that a person has to confirm it first.

    `changes` has an entry for each of these, equal only for the same change of the same copy: what
    is left of a change that was confirmed is a part of it.
    """

    copies: int
    renamed: int
    moved: int
    dropped: int
    changes: frozenset[str]

    code = "too_much_change"

    @property
    def digest(self) -> str:
        """Return by what this change, and no other, is known."""
        return hashlib.sha256("\0".join(sorted(self.changes)).encode()).hexdigest()

    @property
    def reason(self) -> str:
        """Say it in a sentence."""
        return (
            f"Of {self.copies} copies {self.renamed} would be renamed, {self.moved} moved and"
            f" {self.dropped} dropped at once: nothing was changed."
        )

    @property
    def next_step(self) -> str:
        """Say what to do about it."""
        return (
            "Look at the preview. If all of it is meant, confirm this change; if not, have the"
            " source's administrator look at it."
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything one run will do. An empty plan means: equal, as far as the snapshots show.

    `tells_sizes` is False where the source cannot tell how large a revision is.
    """

    source_node: str
    source_name: str
    categories: tuple[CategoryStep, ...] = ()
    resources: tuple[ResourceStep, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    released: tuple[Released, ...] = ()
    followed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    too_much: TooMuch | None = None
    tells_sizes: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do (refusals are nothing to do)."""
        return not (self.categories or self.resources or self.released)

    @property
    def revision_count(self) -> int:
        """How many revisions are to be fetched."""
        return sum(len(step.resource.revisions) for step in self.resources)

    @property
    def raw_bytes(self) -> int:
        """Uncompressed bytes of the revisions to be fetched."""
        return sum(r.raw_bytes for step in self.resources for r in step.resource.revisions)

    @property
    def element_count(self) -> int:
        """How many elements these change, as far as the source tells."""
        return sum(r.changes for step in self.resources for r in step.resource.revisions)

    @property
    def is_lower_bound(self) -> bool:
        """Whether there may be more than is counted: the source cannot tell all of it."""
        untold = not self.tells_sizes and self.revision_count > 0
        return untold or any(refusal.code == "bad_answer" for refusal in self.refusals)
