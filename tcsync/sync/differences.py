"""What can differ of one resource between two sides, as values and in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What differs. The words are those of reports, of the API and of the command."""

    ANSWER = "answer"
    """One side could not tell: not compared, which is neither equal nor different."""
    PRESENCE = "presence"
    RESOURCE_ID = "Resource ID"
    PROJECT_ID = "Project ID"
    NAME = "name"
    DESCRIPTION = "description"
    CATEGORY = "category"
    TRUNK = "trunk"
    BRANCH = "branch"
    HEAD = "head"
    TAG = "tag"
    REVISION = "revision"
    """A revision that one side lacks, in the middle, or holds with another digest."""
    REWRITTEN = "rewritten"
    """The same number with another branch, parent, time or message."""
    AUTHOR = "author"
    CONTENT = "content"
    """The same revision with another digest."""
    BEHIND = "behind"
    STOPPED = "stopped"
    """Behind, and for long: nothing has arrived since."""
    RENUMBERED = "renumbered"
    ELEMENTS = "elements"
    """A state that was walked on both sides and is not the same."""
    USED_PROJECT = "used project"
    USED_VERSION = "used version"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs of one resource; `ours` and `theirs` are texts for a person.

    `subject` says which one, as in "branch main"; empty where there is but one. In a comparison of
    two servers `theirs` is what the first shows, `ours` what the second does.
    """

    resource: str
    name: str
    kind: Kind
    theirs: str
    ours: str
    subject: str = ""

    @property
    def what(self) -> str:
        """Say what differs."""
        return self.subject or str(self.kind)

    @property
    def is_note(self) -> bool:
        """Whether both sides are the same in this: worth knowing, and no difference."""
        return self.kind in {Kind.USED_PROJECT, Kind.USED_VERSION} and self.theirs == self.ours

    @property
    def detail(self) -> str:
        """Say it in one line."""
        return f"{self.what}: {self.theirs} at the source, {self.ours} here"
