"""Resources as two sides show them, for the tests of comparing."""

from __future__ import annotations

from dataclasses import replace

from tcsync.domain import Branch, Resource
from tcsync.sync.histories import Judgement, compare_seen
from tcsync.sync.marks import Mark, Seen

DAY = 86_400
NOW = 1_700_000_000
PATIENT = Judgement(NOW, DAY)


def mark(number: int, parent: int | None = None, **changes: object) -> Mark:
    """The revision that was made `20 - number` hours ago, with this number in its message."""
    made = Mark("trunk", parent, NOW - (20 - number) * 3600, "ada", f"commit {number}", "")
    return replace(made, **changes)  # type: ignore[arg-type]


def chain(*numbers: int, digests: bool = False) -> dict[int, Mark]:
    """Revisions on the trunk, each the parent of the next; messages tell them apart."""
    parents = (None, *numbers)
    return {
        n: mark(n, parent, digest=f"digest {n}" if digests else "")
        for n, parent in zip(numbers, parents, strict=False)
    }


def seen(marks: dict[int, Mark], **changes: object) -> Seen:
    """Resource r1 with these revisions on its trunk."""
    whole = Resource(
        id="r1",
        project_id="P-r1",
        name="Rover",
        category="c",
        trunk="trunk",
        branches=(Branch("trunk", "trunk", None, max(marks, default=None)),),
    )
    place = changes.pop("place", None)
    return Seen(replace(whole, **changes), marks, (), place)  # type: ignore[arg-type]


def renumbering(marks: dict[int, Mark]) -> dict[int, Mark]:
    """The same history, numbered from 1 on without holes, as Teamwork Cloud did before 2026x."""
    new = {old: at for at, old in enumerate(sorted(marks), start=1)}
    return {
        new[n]: replace(one, parent=None if one.parent is None else new[one.parent])
        for n, one in marks.items()
    }


def kinds(one: Seen, other: Seen, judgement: Judgement = PATIENT) -> list[str]:
    return [str(found.kind) for found in compare_seen(one, other, judgement)]
