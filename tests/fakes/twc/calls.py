"""One call of the API: what its address names, found in the world or refused."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.twc.commits import Branch, Revision
from tests.fakes.twc.exchange import Request
from tests.fakes.twc.resources import Resource
from tests.fakes.twc.statistics import Statistics
from tests.fakes.twc.world import UNCATEGORIZED, Category, User, World


class Refused(Exception):
    """The call is answered with an error page of this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class Call:
    """A request of somebody who is logged in. `named` are the parts of the path."""

    world: World
    request: Request
    user: User
    statistics: Statistics
    named: dict[str, str | None]

    def workspace(self) -> Category:
        """Return the category that the path names."""
        wanted = self.named["w"]
        for category in self.world.categories.values():
            if category.id == wanted:
                return category
        raise Refused(404)

    def readable(self) -> list[Resource]:
        """Return the resources that lists show, in a fixed order."""
        removed = self.request.query.get("includeRemovedResource", "").lower() == "true"
        since = int(self.request.query.get("modifiedDate", -1))
        shows_all = self.world.habits.lists_forbidden
        return [
            one
            for one in self.world.resources.values()
            if (removed or not one.is_removed)
            and one.modified > since
            and (shows_all or one.id not in self.user.hidden)
        ]

    def members(self, category: Category) -> list[Resource]:
        """Return the resources that the list of a category shows."""
        nowhere = {""} if category.id == UNCATEGORIZED else set()
        return [one for one in self.readable() if one.category in {category.id} | nowhere]

    def resource(self) -> Resource:
        """Return the resource that the path names, if the user may read it."""
        one = self.world.resources.get(self.named["r"] or "")
        habits = self.world.habits
        if one is None or (one.is_removed and not habits.removed_resources_answer):
            raise Refused(404)
        place = self.named.get("w")
        if place and habits.strict_workspaces and place != (one.category or UNCATEGORIZED):
            raise Refused(404)
        if one.id in self.user.hidden:
            raise Refused(403)
        return one

    def branch(self, owner: Resource) -> Branch | None:
        """Return the branch that the path names, if it names one."""
        named = self.named.get("b")
        if named is None:
            return None
        line = owner.branches.get(named)
        if line is None or line.is_removed:
            raise Refused(404)
        return line

    def revision(self, owner: Resource) -> tuple[Branch, Revision]:
        """Return where the path points: without a number the newest, without a branch the trunk's.

        The branch is the one named, else that of the revision.
        """
        line = self.branch(owner)
        named = self.named.get("n")
        if named is None:
            line = line or owner.branches[owner.trunk]
            number = owner.head(line)
        else:
            number = int(named)
        if number is None or not owner.shows(number):
            raise Refused(404)
        if line is not None and number not in owner.numbers(line):
            raise Refused(404)
        revision = owner.revisions[number]
        return line or owner.branches[revision.branch], revision
