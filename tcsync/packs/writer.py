"""Writing a pack as a stream: memory is one block and the directory."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from itertools import compress as chosen
from operator import lt

from tcsync.errors import PackDamaged
from tcsync.packs import layout
from tcsync.packs.compression import Codec, compress
from tcsync.packs.digests import Contents, PackDigest
from tcsync.packs.filling import filled
from tcsync.packs.layout import HEAD_BYTES, Kind, Op, PackSummary, Record, Row
from tcsync.packs.parts import Block, Entry, Footer, Header, block_bytes, header_bytes
from tcsync.packs.records import joined
from tcsync.packs.tally import Counts

_MEND = "Give each id once, in the order of its UTF-8 bytes, elements before artifacts."
_BODY_LIMITS: dict[int, int] = {
    int(Op.ADD): layout.MAX_BODY_BYTES,
    int(Op.EDIT): layout.MAX_BODY_BYTES,
    int(Op.REMOVE): 0,
}
Columns = tuple[bytes, list[bytes], list[bytes]]
_OPERATIONS = bytes(_BODY_LIMITS)
_IS_REMOVE = bytes(op == Op.REMOVE for op in range(256))


class PackWriter:
    """Writes the records it is given to `sink`, in order; `finish` ends the pack.

    Ids must rise strictly within a kind, and elements come before artifacts; what the format
    cannot hold raises PackDamaged. After an error, of the sink too, the pack is lost.
    """

    def __init__(
        self,
        sink: Callable[[bytes], object],
        *,
        block_size: int = layout.DEFAULT_BLOCK_SIZE,
        codec: Codec = Codec.ZSTD,
    ) -> None:
        if not 1 <= block_size <= layout.MAX_BLOCK_SIZE:
            raise PackDamaged(f"A pack cannot have the block size {block_size}.")
        self._sink = sink
        self._block_size = block_size
        self._header = Header(codec, block_size)
        self._size = 0
        self._digest = PackDigest()
        self._contents = Contents()
        self._counts = Counts()
        self._directory = bytearray()
        self._blocks = 0
        self._finished = False
        self._begin(Kind.ELEMENT)
        self._emit(header_bytes(self._header))

    def element(self, op: int, id_: str, body: bytes = b"") -> None:
        """Write what happens to an element; `body` is its canonical JSON, none for a remove."""
        if self._kind is not Kind.ELEMENT:
            raise PackDamaged(f"Element {id_!r} comes after the artifacts.", next_step=_MEND)
        self._add(op, id_, body)

    def artifact(self, op: int, id_: str, body: bytes = b"") -> None:
        """Write what happens to an entry of the artifact manifest."""
        if self._kind is not Kind.ARTIFACT:
            self._flush()
            self._begin(Kind.ARTIFACT)
        self._add(op, id_, body)

    def take(self, kind: Kind, rows: Sequence[Row]) -> None:
        """Write some records at a time, as `element` and `artifact` do one."""
        if kind is Kind.ARTIFACT and self._kind is not kind and rows:
            self._flush()
            self._begin(kind)
        columns = self._sound(rows) if kind is self._kind else None
        if columns is not None:
            self._fill(*columns)
            return
        # One by one it is found out what is wrong.
        write = self.element if kind is Kind.ELEMENT else self.artifact
        for id_, op, body in rows:
            write(op, id_, body)

    def finish(self) -> PackSummary:
        """Write directory and footer, and say what the pack holds."""
        if self._finished:
            raise _finished()
        self._flush()
        self._finished = True
        directory = self._directory_bytes()
        footer = Footer(
            *self._contents.digests(), self._counts.summary(), self._size, len(directory)
        )
        self._emit(directory + footer.to_bytes(self._header))
        return footer.summary(self._size, self._digest.hexdigest())

    def _begin(self, kind: Kind) -> None:
        self._kind = kind
        self._last = b""
        self._open_block()

    def _open_block(self) -> None:
        self._ops = bytearray()
        self._keys: list[bytes] = []
        self._bodies: list[bytes] = []
        self._raw_length = 0

    def _add(self, op: int, id_: str, body: bytes) -> None:
        key = _id_bytes(id_)
        if self._finished:
            raise _finished()
        # Before the first id the last one is empty, so an empty id is not above it.
        if key <= self._last or len(key) > layout.MAX_ID_BYTES:
            raise PackDamaged(
                f"The id {id_[:80]!r} is empty, too long or not above the one before it"
                f" ({self._last[:80]!r}).",
                next_step=_MEND,
            )
        if len(body) > _BODY_LIMITS.get(op, -1):
            raise PackDamaged(f"Operation {op} with {len(body)} bytes is refused (id {id_!r}).")
        self._ops.append(op)
        self._keys.append(key)
        self._bodies.append(body)
        self._raw_length += HEAD_BYTES + len(key) + len(body)
        self._last = key
        if self._raw_length >= self._block_size:
            self._flush()

    def _sound(self, rows: Sequence[Row]) -> Columns | None:
        """Return the columns of records if the format holds them all where they are."""
        bodies = [row[2] for row in rows]
        try:
            keys = [row[0].encode() for row in rows]
            ops = bytes([row[1] for row in rows])
        except ValueError:
            return None
        is_sound = (
            not self._finished
            and all(map(lt, chain((self._last,), keys), keys))
            and max(map(len, keys), default=0) <= layout.MAX_ID_BYTES
            and not ops.translate(None, _OPERATIONS)
            and max(map(len, bodies), default=0) <= layout.MAX_BODY_BYTES
            and not (Op.REMOVE in ops and any(chosen(bodies, ops.translate(_IS_REMOVE))))
        )
        return (ops, keys, bodies) if is_sound else None

    def _fill(self, ops: bytes, keys: list[bytes], bodies: list[bytes]) -> None:
        sizes = [HEAD_BYTES + len(key) + len(body) for key, body in zip(keys, bodies, strict=True)]
        for start, end, size in filled(sizes, self._block_size, self._raw_length):
            self._ops += ops[start:end]
            self._keys += keys[start:end]
            self._bodies += bodies[start:end]
            self._raw_length += size
            self._last = keys[end - 1]
            if self._raw_length >= self._block_size:
                self._flush()

    def _flush(self) -> None:
        if not self._ops:
            return
        ops, records, first = bytes(self._ops), len(self._ops), self._keys[0]
        raw = joined(ops, self._keys, self._bodies)
        self._contents.add(self._kind, raw, records)
        self._counts.add(self._kind, ops, len(raw))
        payload = compress(self._header.codec, raw)
        block = Block(self._kind, records, len(raw), len(payload), zlib.crc32(payload))
        entry = Entry(self._size, len(payload), len(raw), records, self._kind, first)
        self._list(entry)
        self._open_block()
        self._emit(block_bytes(layout.BLOCK_TAG, block) + payload)

    def _list(self, entry: Entry) -> None:
        self._directory += entry.to_bytes()
        self._blocks += 1
        if len(self._directory) > layout.MAX_DIRECTORY_BYTES:
            raise PackDamaged("The pack has too many blocks.", next_step="Use a larger block size.")

    def _directory_bytes(self) -> bytes:
        raw = bytes(self._directory)
        payload = compress(self._header.codec, raw)
        check = zlib.crc32(payload)
        block = Block(layout.DIRECTORY_KIND, self._blocks, len(raw), len(payload), check)
        return block_bytes(layout.DIRECTORY_TAG, block) + payload

    def _emit(self, data: bytes) -> None:
        self._digest.add(data)
        self._size += len(data)
        self._sink(data)


def _id_bytes(id_: str) -> bytes:
    try:
        return id_.encode()
    except UnicodeEncodeError as error:
        raise PackDamaged(f"The id {id_!r} cannot be written in UTF-8.") from error


def _finished() -> PackDamaged:
    return PackDamaged("This pack is finished.", next_step="Write a new pack.")


def pack_bytes(
    elements: Iterable[Record], artifacts: Iterable[Record] = ()
) -> tuple[bytes, PackSummary]:
    """Return a whole pack of records that are sorted already, and what it holds."""
    parts: list[bytes] = []
    writer = PackWriter(parts.append)
    for record in elements:
        writer.element(*record)
    for record in artifacts:
        writer.artifact(*record)
    summary = writer.finish()
    return b"".join(parts), summary
