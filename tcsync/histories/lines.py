"""The records of a history file, one class a kind of line (docs/formats/history.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Corpus:
    """The head of a file: what it holds and where that comes from."""

    name: str
    source: str = ""
    licence: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class ResourceLine:
    """A resource. `id` is its Project ID, `category` a path with `/`, empty for Uncategorized."""

    id: str
    name: str
    category: str
    used_projects: tuple[dict[str, Any], ...] = ()
    uuid: str | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class BranchLine:
    """A branch of a resource; `from_revision` may name a revision that comes later in the file."""

    resource: str
    name: str
    trunk: bool
    from_revision: int | None
    uuid: str | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class TagLine:
    """A tag put on a revision after that revision was written, or moved to it."""

    resource: str
    name: str
    revision: int
    line: int = 0


@dataclass(frozen=True, slots=True)
class RevisionLine:
    """A revision; its changes follow. `date` is ISO 8601 with offset, checked."""

    resource: str
    branch: str
    number: int
    parent: int | None
    merged: tuple[int, ...]
    author: str
    date: str
    message: str
    tags: tuple[str, ...]
    name: str
    state_sha256: str | None = None
    total: int | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class PutLine:
    """An element as it is from this revision on; numbers inside are the tokens of the file."""

    element: dict[str, Any]
    line: int = 0


@dataclass(frozen=True, slots=True)
class DelLine:
    """The local id of an element that ends with this revision."""

    id: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class ArtifactLine:
    """An artifact's bytes as they are from this revision on."""

    id: str
    name: str
    data: bytes
    line: int = 0


@dataclass(frozen=True, slots=True)
class ArtifactDelLine:
    """The id of an artifact that ends with this revision."""

    id: str
    line: int = 0


Change = PutLine | DelLine | ArtifactLine | ArtifactDelLine
Record = Corpus | ResourceLine | BranchLine | TagLine | RevisionLine | Change
