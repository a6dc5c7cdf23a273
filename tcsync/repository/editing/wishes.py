"""What somebody wants done to the elements of a branch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Data = Mapping[str, Any]
"""The value of `data`; numbers as `packs.loads` gives them."""


@dataclass(frozen=True, slots=True)
class New:
    """An element to be made. `owner` is what was said beside its data: "" for a root, None for
    nothing; then a feature of the data names it.
    """

    id: str
    type: str
    ns_uri: str
    data: Data
    name: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """An element to be changed: `data` is merged into what it has, or replaces it (`is_whole`).

    `fields` has what else was said of `name`, `type` and `nsURI`.
    """

    id: str
    data: Data
    is_whole: bool = False
    owner: str | None = None
    fields: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Removal:
    """An element to be removed, with all that lies in it."""

    id: str


Wish = New | Change | Removal
