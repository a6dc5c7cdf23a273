"""An element as one line of a tree or list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tcsync.repository.browsing import stored

NAME_CHARACTERS = 1_000
_NO_TYPE = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """An element as a line. A name longer than 1,000 characters is cut, with a mark at its end."""

    id: str
    type: str
    name: str | None
    owner: str | None
    child_count: int

    @classmethod
    def of(cls, id_: str, body: bytes) -> Outline:
        """Read the line out of a stored form; what has no such form has an empty type."""
        head = stored.head(body)
        name, owner, type_ = head.get("name"), head.get("owner"), head.get("type")
        return cls(
            stored.clean(id_),
            _short(type_) if isinstance(type_, str) else _NO_TYPE,
            _short(name) if isinstance(name, str) else None,
            stored.clean(owner) if isinstance(owner, str) and owner else None,
            stored.child_count(body),
        )

    @classmethod
    def absent(cls, id_: str) -> Outline:
        """Return the line of an id that names no element: without type, name and owner."""
        return cls(stored.clean(id_), _NO_TYPE, None, None, 0)


@dataclass(frozen=True, slots=True)
class Lines:
    """A part of a list of elements: `lines` from `offset` on, out of `total`.

    Ids of the list that name no element are counted in `total` and have a line with an empty type.
    """

    lines: tuple[Outline, ...]
    total: int
    offset: int

    @property
    def next_offset(self) -> int | None:
        """Where the next part begins, None at the end."""
        end = self.offset + len(self.lines)
        return end if self.lines and end < self.total else None


def outlines(ids: Iterable[str], bodies: Mapping[str, bytes]) -> tuple[Outline, ...]:
    """Return the lines of these elements in this order."""
    return tuple(
        Outline.of(id_, bodies[id_]) if id_ in bodies else Outline.absent(id_) for id_ in ids
    )


def _short(text: str) -> str:
    return stored.clean(stored.shortened(text, NAME_CHARACTERS))
