"""Reads the whole audit record and tells where it is not what was written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from tcsync.audit.chain import entry_hash
from tcsync.audit.models import GENESIS, AuditEntry, AuditHead

CHUNK_ROWS = 2000


class Kind(StrEnum):
    """In what way an entry is not what was written."""

    EDITED = "edited"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    CUT_OFF = "cut_off"
    UNREADABLE = "unreadable"
    NO_HEAD = "no_head"
    NOT_ANCHORED = "not_anchored"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong at entry `seq`; `text` is a sentence that names it."""

    seq: int
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """The hash that an entry had at some time, as noted outside of the database."""

    seq: int
    hash: str


@dataclass(slots=True)
class _Walk:
    """What is known after the entries read so far, in their order."""

    wanted: dict[int, list[str]]
    findings: list[Finding] = field(default_factory=list)
    last: int = 0
    hash: str = GENESIS

    def add(self, seq: int, kind: Kind, text: str) -> None:
        """Note that something is wrong with entry `seq`."""
        self.findings.append(Finding(seq, kind, f"Entry {seq} {text}."))

    def look_at(self, entry: AuditEntry) -> None:
        """Compare the next entry with those before it."""
        number: object = entry.seq  # SQLite lets a column hold anything
        if not isinstance(number, int) or number <= self.last:
            text = f"An entry was inserted with the number {number!r}."
            self.findings.append(Finding(self.last, Kind.INSERTED, text))
            return
        gap = entry.seq > self.last + 1
        if gap:
            self.add(self.last + 1, Kind.REMOVED, f"is missing; the next one is {entry.seq}")
        if entry_hash(entry) != entry.hash:
            self.add(entry.seq, Kind.EDITED, "is not what was written")
        elif entry.previous_hash != self.hash and not gap:
            self.add(entry.seq, Kind.REORDERED, "does not follow from the one before it")
        self.last, self.hash = entry.seq, entry.hash
        for wanted in self.wanted.pop(entry.seq, ()):
            if wanted != entry.hash:
                self.add(entry.seq, Kind.NOT_ANCHORED, "has another hash than was noted for it")


def verify(anchors: Iterable[Anchor] = ()) -> list[Finding]:
    """Return what is wrong with the record, the first bad entry first; empty when it is whole.

    Entries may be added meanwhile. Somebody who rewrites every entry and the head as well is found
    only by `anchors`: hashes of earlier entries that were noted outside of the database.
    """
    before = AuditHead.objects.filter(id=1).first()
    walk = _walk([*anchors, *([Anchor(before.seq, before.hash)] if before and before.seq else [])])
    after = AuditHead.objects.filter(id=1).first()
    if before is None or after is None:
        walk.findings.append(Finding(walk.last, Kind.NO_HEAD, "The head of the record is missing."))
    elif walk.last > after.seq:
        walk.add(after.seq + 1, Kind.INSERTED, "was added behind the end of the record")
    _report_cut_off(walk)
    return sorted(walk.findings, key=lambda finding: finding.seq)


def _walk(anchors: list[Anchor], rows_at_once: int = CHUNK_ROWS) -> _Walk:
    wanted: dict[int, list[str]] = {}
    for anchor in anchors:
        wanted.setdefault(anchor.seq, []).append(anchor.hash)
    walk = _Walk(wanted)
    try:
        for entry in AuditEntry.objects.order_by("seq").iterator(rows_at_once):
            walk.look_at(entry)
    except ValueError as error:  # a value that does not belong into its column: SQLite only
        if rows_at_once > 1:  # row by row, so that all before the bad one are seen
            return _walk(anchors, rows_at_once=1)
        walk.add(walk.last + 1, Kind.UNREADABLE, f"cannot be read ({error})")
    return walk


def _report_cut_off(walk: _Walk) -> None:
    if beyond := [seq for seq in walk.wanted if seq > walk.last]:
        walk.add(walk.last + 1, Kind.CUT_OFF, f"is missing, and all up to {max(beyond)}")
