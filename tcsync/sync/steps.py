"""The values that a plan is made of."""

from __future__ import annotations

from dataclasses import dataclass
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

    `category` is a category of the source, None for the target category itself.
    """

    resource: Resource
    category: str | None
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A resource that is left alone, and why; it holds up nothing else."""

    resource: str
    name: str
    code: str
    reason: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Released:
    """A copy that is no longer synchronized; it stays as it is, read-only."""

    resource: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything one run will do. An empty plan means: equal, as far as the snapshots show."""

    source_node: str
    source_name: str
    categories: tuple[CategoryStep, ...] = ()
    resources: tuple[ResourceStep, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    released: tuple[Released, ...] = ()
    followed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

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
