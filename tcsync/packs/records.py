"""The records inside a block's raw bytes: framing, order and operations, in one tight loop."""

from __future__ import annotations

import struct

from tcsync.errors import PackDamaged
from tcsync.packs.layout import MAX_BODY_BYTES, RECORD, Op, Record

_OPERATIONS = bytes(Op)


def scan(raw: bytes, above: bytes, where: str) -> tuple[list[bytes], list[int], bytearray]:
    """Check every record of a block whose ids must lie above `above`.

    Return the records' ids, their offsets within the block and their operations.
    This loop decides how fast packs are verified: no calls of ours, no attributes. It only finds
    out that something is wrong; what it is, `_explain` says.
    """
    unpack = RECORD.unpack_from
    head = RECORD.size
    remove = int(Op.REMOVE)
    end = len(raw)
    last = above
    keys: list[bytes] = []
    starts: list[int] = []
    ops = bytearray()
    at = 0
    try:
        while at < end:
            op, id_length, body_length = unpack(raw, at)
            starts.append(at)
            ops.append(op)
            at += head
            body = at + id_length
            key = raw[at:body]
            # An empty id is never above another one.
            if key <= last or (op == remove and body_length) or not (key.isascii() or is_utf8(key)):
                at = -1
                break
            last = key
            keys.append(key)
            at = body + body_length
    except struct.error:
        at = -1
    # Only a block longer than a body can hold one that is too long.
    doubtful = at != end or end > MAX_BODY_BYTES or ops.translate(None, _OPERATIONS)
    if doubtful and (fault := _explain(raw, above)):
        raise PackDamaged(f"{where}: {fault}.")
    return keys, starts, ops


def is_utf8(key: bytes) -> bool:
    """Return whether the bytes of an id are text."""
    try:
        key.decode()
    except UnicodeDecodeError:
        return False
    return True


def _explain(raw: bytes, above: bytes) -> str:
    """Return what is wrong with the first record that breaks the format, "" where none does."""
    at = 0
    while at + RECORD.size <= len(raw):
        op, id_length, body_length = RECORD.unpack_from(raw, at)
        body = at + RECORD.size + id_length
        key = raw[at + RECORD.size : body]
        if fault := _fault(op, key, body_length, above):
            return f"the record at its raw byte {at} {fault}"
        above = key
        at = body + body_length
    return "" if at == len(raw) else "it ends within its last record"


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


def record_at(raw: bytes, start: int) -> Record:
    """Return the record at an offset that `scan` gave."""
    op, id_length, body_length = RECORD.unpack_from(raw, start)
    body = start + RECORD.size + id_length
    return Record(op, raw[body - id_length : body].decode(), raw[body : body + body_length])
