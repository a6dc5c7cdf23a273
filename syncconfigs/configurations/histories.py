"""Two histories of one resource beside each other, around the point at which they part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from syncconfigs.configurations.deciding import patience_of
from syncconfigs.connect import LentSource, asked_live
from syncconfigs.models import SyncConfig
from syncconfigs.rights import may, require_synchronize
from syncconfigs.runs import planning
from tcsync.access.permissions import Action
from tcsync.audit.recording import Actor
from tcsync.domain import Resource as Shown
from tcsync.domain import Selection
from tcsync.errors import Gone, Missing
from tcsync.repository.models import Resource, Revision
from tcsync.repository.reading import Tree
from tcsync.sources.base import Delivery
from tcsync.sync.refusals import HISTORY
from tcsync.sync.steps import Refusal

BEFORE, AFTER = 2, 6
"""How many revisions are shown before and from the point at which they part."""

RENUMBERED = (
    "A Teamwork Cloud before 2026x numbered the revisions of its own copies anew: if this resource"
    " was such a copy, and was synchronized again since, that may be the cause."
)
"""What else than a rewritten history shows other revisions (synchronization, rule 8)."""


@dataclass(frozen=True, slots=True)
class Told:
    """A revision on one side; without author, time and message where a node is too old to tell."""

    digest: str
    branch: str
    author: str = ""
    time: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A number on both sides, None where there is none."""

    number: int
    ours: Told | None
    theirs: Told | None

    @property
    def is_equal(self) -> bool:
        """Whether both sides have the same revision."""
        return self.ours is not None and self.theirs is not None and self.ours == self.theirs


@dataclass(frozen=True, slots=True)
class Histories:
    """`parts_at` is the first number that differs, None where none does.

    `has_digests` is False where the listing fingerprints of a Teamwork Cloud are compared.
    """

    resource: str
    name: str
    parts_at: int | None
    pairs: tuple[Pair, ...]
    ours_count: int
    theirs_count: int
    has_digests: bool
    refusal: Refusal | None

    @property
    def history(self) -> str:
        """Return by what exactly these two are known; empty where they are no refusal."""
        return str(self.refusal.facts["history"]) if self.refusal is not None else ""

    def to_document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        return {
            "resource": self.resource,
            "name": self.name,
            "reason": self.refusal.reason if self.refusal is not None else "",
            "history": self.history,
            "parts_at": self.parts_at,
            "compared_by": "revision digest" if self.has_digests else "listing fingerprint",
            "hint": "" if self.has_digests else RENUMBERED,
            "ours_count": self.ours_count,
            "theirs_count": self.theirs_count,
            "revisions": [{**asdict(pair), "equal": pair.is_equal} for pair in self.pairs],
        }


def histories(actor: Actor, config: SyncConfig, resource: str) -> Histories:
    """Return both histories; the source is asked, nothing is written.

    Raises NotAllowed, Missing for what this configuration does not own or this person may not
    read, PlanRefused, SourceError.
    """
    require_synchronize(actor, config.target_category_id)
    copy = _copy(actor, config, resource)
    with asked_live(config.server, patience_of(actor)) as source:
        refusal = planning.refusal_of(config, source, resource)
        found = source.snapshot(Selection(resources=(resource,)), {})
        shown = next((one for one in found.resources if one.id == resource), None)
        is_parted = refusal is not None and refusal.code in HISTORY
        return _beside(copy, shown, source, refusal if is_parted else None)


def _copy(actor: Actor, config: SyncConfig, resource: str) -> Resource:
    owned = config.claims.filter(resource=resource).exists()
    copy = Resource.objects.filter(pk=resource).first() if owned else None
    if copy is None or not may(actor, Action.READ, Tree.load().path(copy.category_id)):
        raise Missing(
            f"{config.source_name} has no copy {resource} that this account may read.",
            next_step="Look at the list of resources that the configuration owns.",
        )
    return copy


def _beside(
    copy: Resource, shown: Shown | None, source: LentSource, refusal: Refusal | None
) -> Histories:
    has_digests = source.delivery is Delivery.PACKS
    ours = _ours(copy, has_digests)
    refs = shown.revisions if shown is not None else ()
    theirs = {ref.number: Told(ref.digest, ref.branch) for ref in refs}
    heads = {b.id: b.head or 0 for b in shown.branches} if shown is not None else {}
    at = _parting(ours, theirs, heads)
    numbers = _window(sorted({*ours, *theirs}), at)
    pairs = tuple(_pairs(copy.pk, numbers, (ours, theirs), (source, has_digests)))
    counts = (len(ours), len(theirs))
    return Histories(copy.pk, copy.name, at, pairs, *counts, has_digests, refusal)


def _ours(copy: Resource, has_digests: bool) -> dict[int, Told]:
    digest = "digest" if has_digests else "fingerprint"
    rows = Revision.objects.filter(resource=copy).values_list("number", digest, "branch")
    return {number: Told(known_by, branch) for number, known_by, branch in rows}


def _parting(
    ours: Mapping[int, Told], theirs: Mapping[int, Told], heads: Mapping[str, int]
) -> int | None:
    """Return the first number with two contents; else the first that their branch lost at its end.

    What the source's housekeeping deleted in the middle is no other history.
    """
    both = sorted(ours.keys() & theirs.keys())
    other = next((n for n in both if ours[n].digest != theirs[n].digest), None)
    if other is not None:
        return other
    lost = (n for n in sorted(ours) if n not in theirs and heads.get(ours[n].branch, n) < n)
    return next(lost, None)


def _window(numbers: list[int], at: int | None) -> list[int]:
    if at is None:
        return numbers[-(BEFORE + AFTER) :]
    place = numbers.index(at)
    return numbers[max(0, place - BEFORE) : place + AFTER]


def _pairs(
    resource: str,
    numbers: list[int],
    sides: tuple[Mapping[int, Told], Mapping[int, Told]],
    asked: tuple[LentSource, bool],
) -> list[Pair]:
    """Return these numbers with what both sides tell of who made them, when and why."""
    source, has_digests = asked
    rows = Revision.objects.filter(resource=resource, number__in=numbers)
    ours = {
        row.number: Told(
            row.digest if has_digests else row.fingerprint,
            *(row.branch, row.author, row.time, row.message),
        )
        for row in rows
    }
    theirs = {number: sides[1][number] for number in numbers if number in sides[1]}
    try:
        for one in source.records_of(resource, sorted(theirs)):
            told = Told(one.digest, one.branch, one.author, one.time, one.message)
            theirs[one.number] = told
    except Gone:
        # A node that is too old to tell: the digests show where the histories part.
        pass
    return [Pair(number, ours.get(number), theirs.get(number)) for number in numbers]
