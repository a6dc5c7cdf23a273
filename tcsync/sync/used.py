"""Used projects of two sides: those that are missing, and versions that point at nothing. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tcsync.sync.differences import Difference, Kind
from tcsync.sync.marks import Marks, Seen, Use, renumbered


@dataclass(frozen=True, slots=True)
class User:
    """A resource that was compared, and what the heads of its branches use on either side."""

    resource: str
    name: str
    one: tuple[Use, ...]
    other: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class Library:
    """A used project as both sides show it; None where a side does not."""

    one: Seen | None
    other: Seen | None


def check_uses(user: User, libraries: Mapping[Use, Library]) -> Iterator[Difference]:
    """Yield what is wrong with the uses of one resource, as far as their libraries were read."""
    for use in dict.fromkeys((*user.one, *user.other)):
        library = libraries.get(use)
        if library is None:
            continue
        name = use.resource or use.project
        shown = library.one or library.other
        subject = f"used project {shown.resource.name if shown else name}"
        states = [_state(seen, use) for seen in (library.one, library.other)]
        if library.one is None or library.other is None:
            yield Difference(
                user.resource, user.name, Kind.USED_PROJECT, states[0], states[1], subject
            )
        elif use.version is not None and (broken := _broken(library.one, library.other, use)):
            yield Difference(user.resource, user.name, Kind.USED_VERSION, *broken, subject)


def _state(seen: Seen | None, use: Use) -> str:
    if seen is None:
        return "not to be seen"
    if use.version is None or use.version in seen.marks:
        return "present"
    return f"present, without revision {use.version}"


def _broken(one: Seen, other: Seen, use: Use) -> tuple[str, str] | None:
    """Say where a pinned revision is absent or another one; None where it is the same on both."""
    number = use.version
    assert number is not None  # noqa: S101 - asked for pinned ones only
    here, there = one.marks.get(number), other.marks.get(number)
    if here is not None and there is not None and here.trace == there.trace:
        return None
    if here is None and there is None:
        return (f"revision {number} is absent",) * 2
    return (
        _pinned(number, one.marks, other.marks, is_lost=here is None),
        _pinned(number, other.marks, one.marks, is_lost=there is None),
    )


def _pinned(number: int, here: Marks, there: Marks, *, is_lost: bool) -> str:
    moved = {} if number not in there else renumbered(there, here)
    now = f": the other side's is {moved[number]} here" if number in moved else ""
    if is_lost:
        return f"revision {number} is absent{now}"
    return f"revision {number} is another one{now}" if now else f"revision {number} is present"
