"""The content of an invented resource as it grows revision by revision, written as change lines."""

from __future__ import annotations

import hashlib
from binascii import b2a_base64
from collections.abc import Callable
from dataclasses import dataclass

import orjson

from tcsync.histories.invented.dice import Dice, noise
from tcsync.histories.invented.elements import CLASS, PACKAGE, Elements, kind
from tcsync.histories.invented.state import BranchState
from tcsync.histories.invented.words import prose, thing

_CHANGES = (1, 2, 4, 7, 10, 14, 18, 26, 40, 80, 200, 900)
_MIX = ("add",) * 20 + ("restore",) * 3 + ("remove",) * 12 + ("move",) * 5 + ("edit",) * 60
"""What happens to a hundred elements."""
_MIGRATION_PERCENT = 1
_MIGRATION_LIMIT = 21_000
_ARTIFACT_PERCENT = 40
_ARTIFACT_BYTES = (200, 2_000, 8_000, 25_000, 60_000)
_Write = Callable[[bytes], object]


@dataclass(slots=True)
class Counts:
    """The lines of one revision."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    artifacts: int = 0


class Growth:
    """Writes the changes of one resource's revisions; serials count over all its branches."""

    def __init__(self, seed: int, index: int, write: _Write) -> None:
        self._key = f"{seed}/{index}"
        self._elements = Elements(self._key, uuids=index % 3 == 1)
        self._write = write
        self._next_serial = 0
        self._next_artifact = 0

    def begin(self, state: BranchState, count: int) -> Counts:
        """Write the first `count` elements."""
        counts = Counts()
        for _ in range(count):
            self._add(state, counts, Dice(self._key, "owner", self._next_serial))
        return counts

    def change(self, state: BranchState, number: int) -> Counts:
        """Write what revision `number` changes: as much as real edits, now and then a migration."""
        dice = Dice(self._key, "change", number)
        amount = min(dice.along(_CHANGES), max(2, state.live // 3))
        if dice.percent(_MIGRATION_PERCENT):
            amount = min(_MIGRATION_LIMIT, state.live // 2)
        counts = Counts()
        done: set[int] = set()
        for _ in range(amount):
            self._change_one(state, counts, dice, done)
        return counts

    def merge(self, state: BranchState, other: BranchState) -> Counts:
        """Write what makes the elements that `other` touched the same here."""
        counts = Counts()
        for serial in sorted(other.touched):
            if other.is_live(serial):
                state.make_room(serial)
                state.versions[serial] = other.versions[serial]
                state.owners[serial] = other.owners[serial]
                self._put(state, counts, serial)
            elif state.is_live(serial):
                self._remove(state, counts, serial)
        return counts

    def change_artifacts(self, state: BranchState, counts: Counts, number: int) -> None:
        """Write what revision `number` does to artifacts: add, replace and remove, or nothing."""
        dice = Dice(self._key, "artifacts", number)
        if not dice.percent(_ARTIFACT_PERCENT):
            return
        self._next_artifact += 1
        self._put_artifact(state, counts, f"artifact-{self._next_artifact}", dice)
        others = sorted(state.artifacts)[:-1]
        if others and dice.percent(60):
            self._put_artifact(state, counts, dice.pick(others), dice)
        elif others and dice.percent(50):
            self._remove_artifact(state, counts, dice.pick(others))

    def _change_one(self, state: BranchState, counts: Counts, dice: Dice, done: set[int]) -> None:
        what = dice.pick(_MIX)
        if what == "add":
            done.add(self._add(state, counts, dice))
            return
        serial = state.any_live(dice)
        if what == "restore" and state.removed:
            serial = dice.pick(state.removed)
        if serial in done:
            return
        done.add(serial)
        is_leaf = kind(serial) not in (PACKAGE, CLASS)
        if not state.is_live(serial):
            self._restore(state, counts, serial)
        elif is_leaf and what == "remove":
            self._remove(state, counts, serial)
        else:
            if is_leaf and what == "move":
                state.owners[serial] = state.owner_for(serial, dice)
            self._edit(state, counts, serial)

    def _add(self, state: BranchState, counts: Counts, dice: Dice) -> int:
        serial = self._next_serial
        self._next_serial += 1
        state.make_room(serial)
        state.owners[serial] = state.owner_for(serial, dice)
        self._put(state, counts, serial)
        return serial

    def _edit(self, state: BranchState, counts: Counts, serial: int) -> None:
        state.versions[serial] += 1
        self._put(state, counts, serial)

    def _restore(self, state: BranchState, counts: Counts, serial: int) -> None:
        state.removed.remove(serial)
        self._edit(state, counts, serial)

    def _put(self, state: BranchState, counts: Counts, serial: int) -> None:
        body = self._elements.body(serial, state.versions[serial], state.owners[serial])
        digest = hashlib.blake2b(body, digest_size=16).digest()
        entry = self._elements.local_id(serial).encode() + b"\0" + digest + b"\n"
        before = state.entries[serial]
        if entry == before:
            return
        if before:
            counts.changed += 1
        else:
            counts.added += 1
        state.put(serial, entry)
        self._write(b'{"kind":"put","e":' + body + b"}\n")

    def _remove(self, state: BranchState, counts: Counts, serial: int) -> None:
        state.remove(serial)
        counts.removed += 1
        self._write_line({"kind": "del", "id": self._elements.local_id(serial)})

    def _put_artifact(self, state: BranchState, counts: Counts, artifact: str, dice: Dice) -> None:
        name, version = state.artifacts.get(artifact, ("", 0))
        is_text = sum(artifact.encode()) % 2 == 0
        name = name or f"{thing(dice)}.{'svg' if is_text else 'bin'}"
        state.artifacts[artifact] = (name, version + 1)
        counts.artifacts += 1
        size = dice.along(_ARTIFACT_BYTES)
        data = noise(size, self._key, artifact, version)
        if is_text:
            data = f"<svg><!-- {prose(dice, size)} --></svg>\n".encode()
        encoded = b2a_base64(data, newline=False).decode()
        self._write_line({"kind": "artifact", "id": artifact, "name": name, "base64": encoded})

    def _remove_artifact(self, state: BranchState, counts: Counts, artifact: str) -> None:
        del state.artifacts[artifact]
        counts.artifacts += 1
        self._write_line({"kind": "artifact_del", "id": artifact})

    def _write_line(self, record: dict[str, object]) -> None:
        self._write(orjson.dumps(record) + b"\n")
