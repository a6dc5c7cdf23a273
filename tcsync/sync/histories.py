"""Comparing one resource of two sides, revisions included. Pure: two values in, differences out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tcsync.amounts import counted
from tcsync.sync.compare import metadata
from tcsync.sync.differences import Difference, Kind
from tcsync.sync.marks import Mark, Seen, listed, pairs, renumbered


@dataclass(frozen=True, slots=True)
class Judgement:
    """What decides that a copy stopped: the moment of comparing, and how long it may be behind.

    Both are seconds; `now` is UTC epoch time.
    """

    now: int
    patience: int


def compare_seen(one: Seen, other: Seen, judgement: Judgement) -> tuple[Difference, ...]:
    """Return all that differs of a resource between two sides."""
    return tuple(_Pair(one, other, judgement).found())


@dataclass(slots=True)
class _Pair:
    """One resource, seen twice. `moved` leads from numbers of the first side to the second's."""

    one: Seen
    other: Seen
    judgement: Judgement
    moved: Mapping[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.moved = renumbered(self.one.marks, self.other.marks)

    def found(self) -> Iterator[Difference]:
        """Yield what differs, the most telling first."""
        faults = [(side.resource.fault or "").removesuffix(".") for side in (self.one, self.other)]
        if any(faults):
            yield self._say(Kind.ANSWER, *(fault or "told" for fault in faults))
            return
        yield from self._renumbered()
        yield from self._lacking()
        yield from self._rewritten()
        yield from self._contents()
        if self.one.resource.id != self.other.resource.id:
            yield self._say(Kind.RESOURCE_ID, self.one.resource.id, self.other.resource.id)
        yield from metadata(self.one.resource, self.other.resource, self.moved)
        yield from self._place()

    def _say(self, kind: Kind, one: str, other: str, subject: str = "") -> Difference:
        resource = self.one.resource
        return Difference(resource.id, resource.name, kind, one, other, subject)

    def _renumbered(self) -> Iterator[Difference]:
        if self.moved:
            first, now = min(self.moved.items())
            many = counted(len(self.moved), "revision")
            yield self._say(
                Kind.RENUMBERED,
                listed(self.moved),
                listed(self.moved.values()),
                f"{many}, the first of them {first} as {now}",
            )

    def _lacking(self) -> Iterator[Difference]:
        back = {there: here for here, there in self.moved.items()}
        for side, numbers in (
            (0, self._only(self.one, self.other, self.moved)),
            (1, self._only(self.other, self.one, back)),
        ):
            if numbers:
                yield self._absent(side, numbers)

    @staticmethod
    def _only(one: Seen, other: Seen, moved: Mapping[int, int]) -> list[int]:
        """Return what one side has alone; what its source deleted as housekeeping is no loss."""
        gone = set(one.resource.gone_revisions)
        taken = set(moved)
        return [n for n in one.marks if n not in other.marks and n not in taken and n not in gone]

    def _absent(self, side: int, numbers: list[int]) -> Difference:
        having, lacking = (self.one, self.other) if side == 0 else (self.other, self.one)
        times = [having.marks[n].time for n in numbers]
        newest = max((mark.time for mark in lacking.marks.values()), default=0)
        has, lacks = f"has {listed(numbers)}", "absent"
        kind = Kind.REVISION
        if min(times) >= newest and self._are_newest(having, numbers):
            waits = self.judgement.now - min(times)
            kind = Kind.STOPPED if waits > self.judgement.patience else Kind.BEHIND
            has = f"{has}, the oldest of {_date(min(times))}"
            lacks = f"nothing since {_date(newest)}" if lacking.marks else "no revision at all"
        texts = (has, lacks) if side == 0 else (lacks, has)
        return self._say(kind, *texts, counted(len(numbers), "revision"))

    def _are_newest(self, having: Seen, numbers: list[int]) -> bool:
        """Tell whether all else that this side has comes before these numbers."""
        alone = set(numbers)
        return min(numbers) > max((n for n in having.marks if n not in alone), default=0)

    def _rewritten(self) -> Iterator[Difference]:
        apart, authors = [], []
        for here, there in pairs(self.one.marks, self.other.marks, self.moved):
            mark, twin = self.one.marks[here], self.other.marks[there]
            parent = mark.parent
            expected = None if parent is None else self.moved.get(parent, parent)
            if mark.trace != twin.trace or expected != twin.parent:
                apart.append((here, there))
            elif mark.author != twin.author:
                authors.append((here, there))
        for kind, numbers in ((Kind.REWRITTEN, apart), (Kind.AUTHOR, authors)):
            if numbers:
                here, there = numbers[0]
                yield self._say(
                    kind,
                    _told(here, self.one.marks[here]),
                    _told(there, self.other.marks[there]),
                    f"{counted(len(numbers), 'revision')}: {listed(n for n, _there in numbers)}",
                )

    def _contents(self) -> Iterator[Difference]:
        """Yield the revisions whose own content differs: a digest covers those before it, too."""
        apart = [
            number
            for number, mark in self.one.marks.items()
            if number in self.other.marks
            and self._differ(number)
            and mark == self._with_digest(self.other.marks[number], mark.digest)
            and not (mark.parent is not None and self._differ(mark.parent))
        ]
        if apart and not self.moved:
            one, other = self.one.marks[apart[0]].digest, self.other.marks[apart[0]].digest
            many = f"{counted(len(apart), 'revision')}: {listed(apart)}"
            yield self._say(Kind.CONTENT, one[:12], other[:12], many)

    def _differ(self, number: int) -> bool:
        """Tell whether both sides promise a digest, and not the same one."""
        one, other = self.one.marks.get(number), self.other.marks.get(number)
        digests = (one.digest if one else "", other.digest if other else "")
        return all(digests) and digests[0] != digests[1]

    @staticmethod
    def _with_digest(mark: Mark, digest: str) -> Mark:
        return Mark(mark.branch, mark.parent, mark.time, mark.author, mark.message, digest)

    def _place(self) -> Iterator[Difference]:
        """Copies lie below a category of the target: the shorter path must end the longer one."""
        one, other = self.one.place, self.other.place
        if one is None or other is None:
            return
        short, long = sorted((one, other), key=len)
        if long[len(long) - len(short) :] != short:
            yield self._say(Kind.CATEGORY, " / ".join(one), " / ".join(other))


def _told(number: int, mark: Mark) -> str:
    parent = "" if mark.parent is None else f" after {mark.parent}"
    return f"revision {number}{parent}, {_date(mark.time)}, {mark.author}: {mark.message}".strip()


def _date(time: int) -> str:
    try:
        return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, ValueError, OSError):
        return f"second {time}"
