"""Revisions and origins as the pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from django.utils.timezone import localtime

from tcsync.repository.models import Resource, Revision

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A revision with the name of its branch and its time as a moment."""

    row: Revision
    branch: str
    at: datetime | None
    """In the zone of this node; None for a time that no calendar has."""
    tags: Sequence[str] = ()

    @classmethod
    def of(
        cls, row: Revision, branches: Mapping[str, str], tags: Sequence[str] = ()
    ) -> RevisionRow:
        """Return a revision as a row; `branches` leads from ids to names."""
        return cls(row, branches.get(row.branch, row.branch), moment(row.time), tags)

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.row.message.strip().partition("\n")[0]

    @property
    def changed(self) -> int:
        """How many elements the revision adds, edits and removes together."""
        return self.row.added + self.row.edited + self.row.removed

    @property
    def there(self) -> str:
        """The author's own clock, where it was another one than this node's."""
        if self.at is None or self.at.utcoffset() == timedelta(minutes=self.row.offset):
            return ""
        try:
            return self.at.astimezone(timezone(timedelta(minutes=self.row.offset))).strftime(
                "%H:%M %z"
            )
        except (OverflowError, ValueError):
            return ""


def moment(seconds: int) -> datetime | None:
    """Return UTC epoch seconds as a moment in the zone of this node, also before 1970."""
    try:
        return localtime(_EPOCH + timedelta(seconds=seconds))
    except (OverflowError, ValueError):
        return None


def hops_of(resource: Resource) -> list[str]:
    """Return the names of the nodes that a copy passed through, the one it was made on first."""
    hops = [hop for hop in resource.hops if isinstance(hop, dict)]
    return [str(hop.get("name") or hop.get("node", "")) for hop in hops]
