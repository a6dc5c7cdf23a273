"""Verifying a pack while it arrives: everything in 'What a reader refuses', in bounded memory."""

from __future__ import annotations

import hashlib

from tcsync.errors import DigestMismatch, PackDamaged
from tcsync.packs.digests import Contents, PackDigest
from tcsync.packs.layout import HEADER, Kind, PackSummary
from tcsync.packs.opening import Closed, Directory, Opened, Piece
from tcsync.packs.parts import Entry, Footer
from tcsync.packs.records import split
from tcsync.packs.tally import Counts


class PackVerifier:
    """Judges the pieces that `opened` makes of a pack; `finish` says what the pack holds.

    Raises PackDamaged, or DigestMismatch where the records are not those of the footer's digests;
    after an error every further call raises PackDamaged.
    """

    def __init__(self) -> None:
        self._digest = PackDigest()
        self._size = 0
        self._parts = _Parts()
        self._is_broken = False

    def take(self, piece: Piece) -> None:
        """Take the next piece of the pack."""
        if self._is_broken:
            raise _refused_before()
        self._digest.add(piece.data)
        self._size += len(piece.data)
        self._is_broken = True
        for part in piece.parts:
            self._parts.take(part)
        if piece.fault is not None:
            raise piece.fault
        self._is_broken = False

    def finish(self) -> PackSummary:
        """Say what the pack holds, all of which was checked."""
        if self._is_broken:
            raise _refused_before()
        footer = self._parts.footer
        if footer is None:
            raise PackDamaged(f"The pack ends too early, after {self._size} bytes.")
        return footer.summary(self._size, self._digest.hexdigest())


def _refused_before() -> PackDamaged:
    return PackDamaged("The pack was refused before.")


class _Parts:
    """What was seen of a pack so far. Its directory is kept as a digest: it may be long."""

    def __init__(self) -> None:
        self.footer: Footer | None = None
        self._contents = Contents()
        self._counts = Counts()
        self._directory = hashlib.sha256()
        self._directory_bytes = 0
        self._blocks = 0
        self._end = HEADER.size
        self._last: tuple[int, bytes] = (Kind.ELEMENT, b"")

    def take(self, part: Opened | Directory | Closed) -> None:
        """Judge one part."""
        if isinstance(part, Opened):
            self._take_block(part)
        elif isinstance(part, Directory):
            self._compare_directory(part)
        else:
            self._compare_footer(part)

    def _take_block(self, part: Opened) -> None:
        where = f"The block at offset {part.at}"
        block = part.block
        above = self._above(block.kind, where)
        # Hashing first brings the bytes near to this core, in their order.
        self._contents.add(block.kind, part.raw, block.records)
        ops, keys, _starts = split(part.raw, block.records, above, where)
        self._counts.add(block.kind, ops, len(part.raw))
        self._last = (block.kind, keys[-1])
        entry = Entry(
            part.at,
            block.stored_length,
            block.raw_length,
            block.records,
            block.kind,
            keys[0],
        )
        data = entry.to_bytes()
        self._directory.update(data)
        self._directory_bytes += len(data)
        self._blocks += 1
        self._end = entry.end

    def _above(self, kind: int, where: str) -> bytes:
        """Return the id that those of the next block must lie above."""
        if kind < self._last[0]:
            raise PackDamaged(f"{where} has elements after artifacts.")
        return self._last[1] if kind == self._last[0] else b""

    def _compare_directory(self, part: Directory) -> None:
        where = f"The directory at offset {part.at}"
        if (part.block.records, part.block.raw_length) != (self._blocks, self._directory_bytes):
            raise PackDamaged(f"{where} does not list the {self._blocks} blocks of the pack.")
        if hashlib.sha256(part.raw).digest() != self._directory.digest():
            raise PackDamaged(f"{where} differs from the blocks of the pack.")

    def _compare_footer(self, part: Closed) -> None:
        where = f"The footer at offset {part.at}"
        footer = part.footer
        place = (self._end, part.at - self._end)
        if (footer.directory_offset, footer.directory_length) != place:
            raise PackDamaged(f"{where} does not point to the directory at {self._end}.")
        counts = self._counts.summary()
        if footer.counts != counts:
            raise PackDamaged(f"{where} counts {tuple(footer.counts)}; there are {tuple(counts)}.")
        content, artifact = self._contents.digests()
        if footer.content_digest != content:
            raise DigestMismatch(f"{where} promises other elements than the pack holds.")
        if footer.artifact_digest != artifact:
            raise DigestMismatch(f"{where} promises other artifacts than the pack holds.")
        self.footer = footer
