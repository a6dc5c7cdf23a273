"""The records inside a block's raw bytes: columns of their operations and lengths, then texts.

Each column is checked as a whole: no line of Python runs for each record.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import accumulate, chain, compress, islice, pairwise, repeat
from operator import add, lt
from typing import NamedTuple

from tcsync.errors import PackDamaged
from tcsync.packs.layout import HEAD_BYTES, MAX_BODY_BYTES, Op

_OPERATIONS = bytes(Op)
_IS_REMOVE = bytes(op == Op.REMOVE for op in range(256))
_ID_LENGTHS_AT = 1
_BODY_LENGTHS_AT = 3
"""How many bytes a record has in the columns before these."""


class Records(NamedTuple):
    """The records of a block: their operations, their ids, where their texts begin."""

    ops: bytes
    keys: list[bytes]
    starts: list[int]


def joined(ops: bytes, keys: Sequence[bytes], bodies: Sequence[bytes]) -> bytes:
    """Return the raw bytes of a block."""
    return b"".join(
        (
            ops,
            struct.pack(f"<{len(keys)}H", *map(len, keys)),
            struct.pack(f"<{len(keys)}I", *map(len, bodies)),
            *chain.from_iterable(zip(keys, bodies, strict=True)),
        )
    )


def columns(raw: bytes, count: int) -> tuple[memoryview, ...]:
    """Return what the streams of the digests get of a block: its columns and its texts."""
    view = memoryview(raw)
    ends = (0, _ID_LENGTHS_AT * count, _BODY_LENGTHS_AT * count, HEAD_BYTES * count, len(raw))
    return tuple(view[start:end] for start, end in pairwise(ends))


def split(raw: bytes, count: int, above: bytes, where: str) -> Records:
    """Check the `count` records of a block, whose ids must lie above `above`, and return them.

    `raw` must be long enough for the columns. This decides how fast packs are verified: it only
    finds out that something is wrong; what it is, `_explain` says.
    """
    ops = raw[:count]
    body_lengths = struct.unpack_from(f"<{count}I", raw, _BODY_LENGTHS_AT * count)
    keys, starts, end = _texts(raw, count, body_lengths)
    is_sound = (
        end == len(raw)
        and not ops.translate(None, _OPERATIONS)
        and above < keys[0]
        and all(map(lt, keys, islice(keys, 1, None)))
        and (b"".join(keys).isascii() or all(map(is_utf8, keys)))
        and not (Op.REMOVE in ops and any(compress(body_lengths, ops.translate(_IS_REMOVE))))
        # Only a block longer than a body can hold one that is too long.
        and (end <= MAX_BODY_BYTES or max(body_lengths) <= MAX_BODY_BYTES)
    )
    if not is_sound:
        raise PackDamaged(f"{where}: {_explain(raw, count, body_lengths, above)}.")
    return Records(ops, keys, starts)


def _texts(
    raw: bytes, count: int, body_lengths: Sequence[int]
) -> tuple[list[bytes], list[int], int]:
    """Return ids, offsets of the texts, and where the last text ends."""
    at = HEAD_BYTES * count
    column = raw[_ID_LENGTHS_AT * count : _BODY_LENGTHS_AT * count]
    if column == column[:2] * count:
        # The ids of a model are mostly as long as one another.
        length = int.from_bytes(column[:2], "little")
        starts = list(accumulate(map(add, body_lengths, repeat(length)), initial=at))
        end = starts.pop()
        return [raw[start : start + length] for start in starts], starts, end
    lengths = _id_lengths(raw, count)
    starts = list(accumulate(map(add, body_lengths, lengths), initial=at))
    end = starts.pop()
    keys = [raw[start : start + size] for start, size in zip(starts, lengths, strict=True)]
    return keys, starts, end


def _id_lengths(raw: bytes, count: int) -> tuple[int, ...]:
    return struct.unpack_from(f"<{count}H", raw, _ID_LENGTHS_AT * count)


def is_utf8(key: bytes) -> bool:
    """Return whether the bytes of an id are text."""
    try:
        key.decode()
    except UnicodeDecodeError:
        return False
    return True


def _explain(raw: bytes, count: int, body_lengths: Sequence[int], above: bytes) -> str:
    """Return what is wrong with the first record that breaks the format."""
    at = HEAD_BYTES * count
    for place, (id_length, body_length) in enumerate(
        zip(_id_lengths(raw, count), body_lengths, strict=True)
    ):
        key = raw[at : at + id_length]
        at += id_length + body_length
        if at > len(raw):
            return f"its {len(raw)} raw bytes end within the record at place {place}"
        if fault := _fault(raw[place], key, body_length, above):
            return f"the record at place {place} {fault}"
        above = key
    return f"it has {len(raw)} raw bytes, its {count} records {at}"


def _fault(op: int, key: bytes, body_length: int, above: bytes) -> str:
    if op not in _OPERATIONS:
        return f"has the unknown operation {op}"
    if op == Op.REMOVE and body_length:
        return "removes and yet has a body"
    if body_length > MAX_BODY_BYTES:
        return f"has a body of {body_length} bytes"
    if key <= above:
        return f"has the id {key[:80]!r}, which is not above the one before"
    return "" if is_utf8(key) else f"has the id {key[:80]!r}, which is not UTF-8"
