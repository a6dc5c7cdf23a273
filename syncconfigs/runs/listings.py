"""What a source lists of resources beside what lies here: revisions, branches, tags, names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from tcsync.domain import Selection, Snapshot
from tcsync.repository import reading, snapshots
from tcsync.sources.base import Delivery, Source
from tcsync.sync.compare import compare

NOT_COMPARED = "answer"
"""The kind of a difference that only says that the source could not tell (sync/compare.py)."""


@dataclass(slots=True)
class Listings:
    """What differs, by Resource ID, in sentences; `untold` is what the source could not tell."""

    differing: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    untold: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def first(self) -> str:
        """The first difference; empty where there is none."""
        return next(
            (
                text
                for kind in (self.differing, self.untold)
                for some in kind.values()
                for text in some
            ),
            "",
        )


def compare_listings(source: Source, ids: Collection[str]) -> Listings:
    """Compare all that a source lists of these resources with ours. Raises SourceError.

    A source without digests is compared by listing fingerprints. What its housekeeping deleted and
    is kept here is no difference.
    """
    selection = Selection(resources=tuple(sorted(ids)))
    is_told = source.delivery is Delivery.CHANGES
    known = reading.known(ids, listing=True) if is_told else {}
    theirs = source.snapshot(selection, known)
    ours = snapshots.snapshot(selection, None if is_told else {})
    found = Listings()
    for one in compare(theirs, snapshots.without_digests(ours) if is_told else ours):
        kind = found.untold if one.kind == NOT_COMPARED else found.differing
        kind[one.resource].append(f"{one.name}: {one.detail}")
    _diverged(theirs, found)
    shown = {resource.id for resource in theirs.resources if not resource.removed}
    for id_ in sorted(set(ids) - shown):
        found.differing[id_].append(f"{id_}: the source no longer shows it to this account")
    return found


def _diverged(theirs: Snapshot, found: Listings) -> None:
    """Add the revisions that are others there; with digests the comparison has named them."""
    for resource in theirs.resources:
        for one in resource.divergences:
            text = f"{resource.name}: revision {one.number} is another one at the source"
            found.differing[resource.id].append(text)
