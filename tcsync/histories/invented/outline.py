"""A resource before it has content: names, branches, and which revision follows which."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from tcsync.histories.invented.dice import Dice, noise
from tcsync.histories.invented.words import AUTHORS, CATEGORIES, message, thing

_START = int(datetime(2019, 3, 4, 8, 30, tzinfo=UTC).timestamp())
_SECONDS_BETWEEN = (600, 30_000, 90_000, 260_000, 900_000)
_HOLE_PERCENT = 12
_EMPTY_PERCENT = 8
_TAG_PERCENT = 15
_MERGE_PERCENT = 35
_RENAME_PERCENT = 40
_IDLE_BRANCH = "release/frozen"
"""A branch that never gets a revision of its own."""
_LATE_TAG_AFTER = 5
"""Revisions from which on a resource gets a tag on an old revision at the end."""
TRUNK = "trunk"


@dataclass(frozen=True, slots=True)
class Step:
    """One revision: where it hangs, who made it, and whether it changes anything."""

    number: int
    branch: str
    parent: int | None
    merged: str | None
    """The branch that ends in this revision; its head is the second parent."""
    second_parent: int | None
    name: str
    author: str
    date: str
    message: str
    tags: tuple[str, ...]
    is_empty: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole resource, without elements."""

    project_id: str
    name: str
    category: str
    used_projects: tuple[dict[str, Any], ...]
    branches: tuple[tuple[str, int | None], ...]
    """Names and the revisions they start from; the first is the trunk."""
    steps: tuple[Step, ...]
    late_tags: tuple[tuple[str, int], ...]


@dataclass(slots=True)
class _Growing:
    dice: Dice
    heads: dict[str, int | None] = field(default_factory=lambda: {TRUNK: None})
    open_branches: list[str] = field(default_factory=list)
    """Branches besides the trunk that can go on and be merged."""
    starts: list[tuple[str, int | None]] = field(default_factory=lambda: [(TRUNK, None)])
    number: int = 0
    time: int = _START
    tags: int = 0


def project_id(seed: int, index: int) -> str:
    """Return the Project ID of the resource with this index in the file."""
    return f"PROJECT-{UUID(bytes=noise(16, seed, 'project', index), version=4)}"


def resource_name(seed: int, index: int) -> str:
    """Return the newest name of the resource with this index; unique by its number."""
    return f"{thing(Dice(seed, 'name', index))} {index + 1:02d}"


def draw(seed: int, index: int, revisions: int, branches: int) -> Outline:
    """Return the outline of a resource with so many revisions and branches besides the trunk."""
    dice = Dice(seed, "outline", index)
    growing = _Growing(dice)
    name = resource_name(seed, index)
    renamed_at = dice.below(revisions) if dice.percent(_RENAME_PERCENT) else 0
    steps = []
    for i in range(revisions):
        begun = len(growing.starts)
        may_branch = begun <= branches and i * (branches + 1) >= revisions * begun
        steps.append(_step(growing, f"{name} (draft)" if i < renamed_at else name, may_branch))
    if branches:
        growing.starts.append((_IDLE_BRANCH, steps[revisions // 2].number))
    late = [("approved-afterwards", steps[1].number)] if revisions > _LATE_TAG_AFTER else []
    return Outline(
        project_id=project_id(seed, index),
        name=name,
        category=CATEGORIES[index % len(CATEGORIES)],
        used_projects=_used_projects(seed, index, dice),
        branches=tuple(growing.starts),
        steps=tuple(steps),
        late_tags=tuple(late),
    )


def _step(growing: _Growing, name: str, may_branch: bool) -> Step:
    dice = growing.dice
    branch, merged = _place(growing, may_branch)
    parent = growing.heads[branch]
    second_parent = growing.heads[merged] if merged else None
    is_first = parent is None
    growing.number += 1
    if not is_first and dice.percent(_HOLE_PERCENT):
        growing.number += dice.between(1, 4)
    growing.heads[branch] = growing.number
    if merged:
        growing.open_branches.remove(merged)
    author, date = _signature(growing)
    return Step(
        number=growing.number,
        branch=branch,
        parent=parent,
        merged=merged,
        second_parent=second_parent,
        name=name,
        author=author,
        date=date,
        message=f"Merge {merged}" if merged else message(dice),
        tags=_tags(growing),
        is_empty=not is_first and not merged and dice.percent(_EMPTY_PERCENT),
    )


def _place(growing: _Growing, may_branch: bool) -> tuple[str, str | None]:
    """Return the branch of the next revision, and the branch that it merges."""
    dice = growing.dice
    if growing.heads[TRUNK] is None:
        return TRUNK, None
    if may_branch:
        return _new_branch(growing), None
    if not growing.open_branches or dice.percent(55):
        return TRUNK, None
    branch = dice.pick(growing.open_branches)
    return (TRUNK, branch) if dice.percent(_MERGE_PERCENT) else (branch, None)


def _new_branch(growing: _Growing) -> str:
    dice = growing.dice
    origin = dice.pick([TRUNK, TRUNK, TRUNK, *growing.open_branches])
    name = f"work/{thing(dice).replace(' ', '-').lower()}-{len(growing.starts)}"
    growing.heads[name] = growing.heads[origin]
    growing.starts.append((name, growing.heads[origin]))
    growing.open_branches.append(name)
    return name


def _signature(growing: _Growing) -> tuple[str, str]:
    growing.time += growing.dice.along(_SECONDS_BETWEEN)
    author, offset = growing.dice.pick(AUTHORS)
    place = timezone(timedelta(minutes=offset))
    return author, datetime.fromtimestamp(growing.time, place).isoformat()


def _tags(growing: _Growing) -> tuple[str, ...]:
    if not growing.dice.percent(_TAG_PERCENT):
        return ()
    growing.tags += 1
    version = f"v{1 + growing.tags // 4}.{growing.tags % 4}"
    return (version, f"{version}-Überprüfung") if growing.dice.percent(20) else (version,)


def _used_projects(seed: int, index: int, dice: Dice) -> tuple[dict[str, Any], ...]:
    used = sorted({dice.below(index) for _ in range(dice.below(4))}) if index else []
    return tuple(
        {
            "project": project_id(seed, i),
            "uri": f"{resource_name(seed, i)}.mdzip",
            "readonly": True,
            "automatic": dice.percent(50),
            "version": f"{dice.between(1, 3)}",
            "mountPoints": 1,
            "in_corpus": True,
        }
        for i in used
    )
