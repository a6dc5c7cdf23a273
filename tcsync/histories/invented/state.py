"""What is live on one branch of an invented resource, held in few bytes an element."""

from __future__ import annotations

import hashlib
from array import array
from dataclasses import dataclass, field

from tcsync.histories.invented.dice import Dice
from tcsync.histories.invented.elements import CLASS, PACKAGE, kind

_IN_PACKAGES = frozenset("PCRQDG")
_RECENT = 6


@dataclass(slots=True)
class BranchState:
    """Indexed by serial; an element that is not live here has the empty entry."""

    entries: list[bytes] = field(default_factory=list)
    """What each element adds to the state digest: id, NUL, digest, LF."""
    versions: array[int] = field(default_factory=lambda: array("I"))
    owners: array[int] = field(default_factory=lambda: array("I"))
    packages: array[int] = field(default_factory=lambda: array("I"))
    classes: array[int] = field(default_factory=lambda: array("I"))
    removed: list[int] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)
    """What may differ from the trunk; empty there."""
    artifacts: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Name and version by id."""
    live: int = 0

    def copy(self) -> BranchState:
        """Return the state of a branch that begins here."""
        return BranchState(
            entries=self.entries[:],
            versions=self.versions[:],
            owners=self.owners[:],
            packages=self.packages[:],
            classes=self.classes[:],
            removed=self.removed[:],
            touched=set(self.touched),
            artifacts=dict(self.artifacts),
            live=self.live,
        )

    def sha256(self) -> str:
        """Return the state digest; serials are in the order of their ids."""
        return hashlib.sha256(b"".join(self.entries)).hexdigest()

    def is_live(self, serial: int) -> bool:
        """Return whether the element is there on this branch."""
        return serial < len(self.entries) and self.entries[serial] != b""

    def make_room(self, serial: int) -> None:
        """Let the serial be written to; those before it may be another branch's."""
        missing = serial + 1 - len(self.entries)
        if missing > 0:
            self.entries.extend([b""] * missing)
            self.versions.extend([0] * missing)
            self.owners.extend([0] * missing)

    def put(self, serial: int, entry: bytes) -> None:
        """Make the element live with this entry."""
        if not self.entries[serial]:
            self.live += 1
            if kind(serial) == PACKAGE:
                self.packages.append(serial)
            elif kind(serial) == CLASS:
                self.classes.append(serial)
        self.entries[serial] = entry
        self.touched.add(serial)

    def remove(self, serial: int) -> None:
        """End the element; packages and classes never end, so that no owner is missing."""
        self.entries[serial] = b""
        self.live -= 1
        self.removed.append(serial)
        self.touched.add(serial)

    def owner_for(self, serial: int, dice: Dice) -> int:
        """Return the serial of a live owner that suits the kind, mostly a recent one."""
        owners = self.packages if kind(serial) in _IN_PACKAGES or not self.classes else self.classes
        if not owners:
            return 0
        return (
            owners[-1 - dice.below(min(_RECENT, len(owners)))]
            if dice.percent(80)
            else dice.pick(owners)
        )

    def any_live(self, dice: Dice) -> int:
        """Return the serial of an element at random."""
        serial = dice.below(len(self.entries))
        while not self.entries[serial]:
            serial = (serial + 1) % len(self.entries)
        return serial
