"""What a resource holds: branches, revisions, tags; and the questions that can be asked of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tests.fakes.twc.content import Facts, Use
from tests.fakes.twc.history import History


@dataclass(slots=True)
class Revision:
    """A commit. `parent` None is told as -1."""

    number: int
    branch: str
    parent: int | None
    facts: Facts
    time: int
    roots: tuple[str, ...] = ()
    artifacts: Mapping[str, bytes] = field(default_factory=dict)
    uses: tuple[Use, ...] = ()
    is_gone: bool = False


@dataclass(slots=True)
class Branch:
    """A branch. `start` is the revision that it was made from; that of the trunk is 1."""

    id: str
    title: str
    start: int
    author: str
    time: int
    description: str = ""
    is_removed: bool = False
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Tag:
    """A mark on a revision."""

    id: str
    title: str
    revision: int
    branch: str
    author: str
    time: int
    description: str = ""


class Commits:
    """The commit graph of a resource, and the history of its elements."""

    def __init__(self, trunk: str, time: int) -> None:
        self.trunk = trunk
        self.branches = {trunk: Branch(trunk, "trunk", 1, "userid", time)}
        self.revisions: dict[int, Revision] = {}
        self.tags: dict[str, Tag] = {}
        self.history = History()

    @property
    def newest(self) -> int:
        """The greatest number that was ever given."""
        return max(self.revisions, default=0)

    def shows(self, number: int) -> bool:
        """Say whether the revision is there."""
        return number in self.revisions and not self.revisions[number].is_gone

    def branch_named(self, title: str) -> Branch:
        """Return the branch of this title that was not deleted."""
        return next(b for b in self.branches.values() if b.title == title and not b.is_removed)

    def head(self, line: Branch) -> int | None:
        """Return the newest revision of a branch; None for a trunk without any."""
        own = (r.number for r in self.revisions.values() if r.branch == line.id and not r.is_gone)
        start = line.start if line.id != self.trunk else None
        return max(own, default=start)

    def numbers(self, line: Branch) -> list[int]:
        """Return the revisions of a branch and all above them, newest first."""
        return [number for number in self.upwards(self.head(line)) if self.shows(number)]

    def listed(self) -> list[Revision]:
        """Return all revisions, newest first."""
        shown = (one for one in self.revisions.values() if not one.is_gone)
        return sorted(shown, key=lambda one: -one.number)

    def upwards(self, number: int | None) -> Iterator[int]:
        """Tell the revision and all above it, whether they are shown or not."""
        while number is not None:
            yield number
            number = self.history.parents.get(number)
