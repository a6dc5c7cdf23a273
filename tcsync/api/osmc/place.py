"""What an address leads to: a resource, one of its branches, a revision. Raises Absent.

Where an address names no branch it is the trunk, where it names no revision the newest one there
(rest-api, section 10).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import QuerySet
from django.http import HttpRequest

from tcsync.access.models import User
from tcsync.access.permissions import Action, granted_roots
from tcsync.api.osmc.answers import Absent
from tcsync.repository.models import Branch, Category, Resource, Revision
from tcsync.repository.reading import Tree
from tcsync.repository.states import History

HIGHEST_NUMBER = 1 << 53
_MOST_BRANCHES = 1_000
"""How many branches are climbed from one to the next; they cannot go in a circle."""


@dataclass(frozen=True, slots=True)
class Place:
    """A revision of a resource, and how it was addressed."""

    base: str
    """The address of the API: `https://host:8111/osmc`."""
    resource: Resource
    branch: str
    """The id of the branch in the address; else of the one that the revision lies on."""
    revision: Revision
    is_on_branch: bool
    """Whether the address names the branch."""

    @property
    def number(self) -> int:
        """The number of the revision."""
        return self.revision.number

    @property
    def history(self) -> History:
        """A history with nothing open."""
        return History(self.resource.id)

    @property
    def resource_address(self) -> str:
        """The address of the resource below its category."""
        return resource_address(self.base, self.resource)

    @property
    def modified(self) -> str:
        """The revision's time as `kerml:modifiedTime` has it; we know no zone but UTC."""
        return modified_time(self.revision.time)


def base_of(request: HttpRequest) -> str:
    """Return the address of the API as the client called it."""
    return request.build_absolute_uri("/osmc")


def resource_address(base: str, resource: Resource) -> str:
    """Return the address of a resource below its category."""
    return f"{base}/workspaces/{resource.category_id}/resources/{resource.id}"


def modified_time(seconds: int) -> str:
    """Return UTC seconds as `20200916123059UTC`."""
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        # Years that a calendar does not have: a copy keeps whatever its source said.
        return f"{seconds}UTC"
    return f"{moment:%Y%m%d%H%M%S}UTC"


def categories(user: User, action: Action = Action.READ) -> set[str] | None:
    """Return the categories in which this account may do this; None means all of them."""
    roots = granted_roots(user, action)
    return None if roots is None else Tree.load().below(roots)


def category(user: User, id_: str) -> Category:
    """Return a category that this account may read."""
    row = Category.objects.filter(id=id_).first()
    # Asked for what is not there, too: how long it takes tells no one which it is.
    is_readable = _may_read(user, row.id if row else "")
    if row is None or not is_readable:
        raise Absent
    return row


def resources(
    user: User, category: str = "", *, removed: bool = False, action: Action = Action.READ
) -> QuerySet[Resource]:
    """Return the resources with which this account may do this.

    `removed`: also those that are marked as deleted.
    """
    allowed = categories(user, action)
    rows = Resource.objects.order_by("id")
    rows = rows if removed else rows.filter(removed_at=None)
    rows = rows.filter(category=category) if category else rows
    return rows if allowed is None else rows.filter(category__in=allowed)


def resource(user: User, r: str, w: str = "", *, removed: bool = False) -> Resource:
    """Return a resource that this account may read; `w` is the category that it must lie in."""
    row = Resource.objects.filter(id=r).first()
    is_readable = _may_read(user, row.category_id if row else "")
    if row is None or (w and row.category_id != w) or (row.removed_at and not removed):
        raise Absent
    if not is_readable:
        raise Absent
    return row


def _may_read(user: User, category: str) -> bool:
    roots = granted_roots(user, Action.READ)
    if roots is None or category in roots:
        return True
    return bool(roots) and not roots.isdisjoint(Tree.load().path(category))


def branch(resource: Resource, uid: str) -> Branch:
    """Return a branch of a resource."""
    row = Branch.objects.filter(resource=resource, uid=uid).first()
    if row is None:
        raise Absent
    return row


def head_of(branch: Branch) -> int | None:
    """Return the newest revision of a branch; that which it began from while it has none."""
    return branch.head or branch.start


def at(
    request: HttpRequest, user: User, r: str, w: str = "", b: str = "", n: int | None = None
) -> Place:
    """Return the revision that an address names."""
    row = resource(user, r, w)
    named = branch(row, b) if b else None
    number = head_of(named or branch(row, row.trunk)) if n is None else n
    found = revision(row, number or 0)
    if named and n is not None and not is_on(row, named, found):
        raise Absent
    return Place(base_of(request), row, b or found.branch, found, is_on_branch=bool(b))


def revision(resource: Resource, number: int) -> Revision:
    """Return a revision of a resource."""
    rows = Revision.objects.filter(resource=resource, number=min(number, HIGHEST_NUMBER))
    row = rows.first()
    if row is None:
        raise Absent
    return row


def is_on(resource: Resource, branch: Branch, revision: Revision) -> bool:
    """Tell whether a branch holds a revision: it has all that lies below where it began too."""
    highest = head_of(branch)
    for uid, top in _stretches(resource, branch.uid, highest):
        if revision.branch == uid:
            return top is not None and revision.number <= top
    return False


def _stretches(resource: Resource, uid: str, top: int | None) -> Iterator[tuple[str, int | None]]:
    """Yield each branch on the way down to the root, and the highest revision that counts there."""
    starts = dict(Branch.objects.filter(resource=resource).values_list("uid", "start"))
    for _step in range(_MOST_BRANCHES):
        yield uid, top
        top = starts.get(uid)
        if top is None:
            return
        below = Revision.objects.filter(resource=resource, number=top)
        uid = below.values_list("branch", flat=True).first() or ""


def numbers_on(resource: Resource, branch: Branch) -> list[int]:
    """Return the revisions of a branch with all their direct ancestors, newest first."""
    head = head_of(branch)
    rows = Revision.objects.filter(resource=resource, number__lte=head or 0)
    parents = dict(rows.values_list("number", "parent"))
    found: list[int] = []
    number = head
    while number is not None and number in parents and (not found or number < found[-1]):
        found.append(number)
        number = parents[number]
    return found
