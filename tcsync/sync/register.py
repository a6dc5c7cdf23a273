"""All elements of one revision in little memory: who owns each, and a mark of its body."""

from __future__ import annotations

import hashlib
import re
import struct
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from tcsync.packs import HELD_BYTES, hash_into
from tcsync.repository.browsing import stored

MOST_ELEMENTS = 1 << 20
"""An element takes 36 bytes, an owner some 200: 64 MiB at most for a model as they are."""
MARK_BYTES = 16
"""Of a SHA-256."""
_uuid = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_UUID_LENGTH = 36
_DASHES = (8, 13, 18, 23)
_DIGITS = b"0123456789abcdef"
_OWNER = b',"owner":'
_TYPE = b',"type":'
_WORD_BITS = 64
_WORD = (1 << _WORD_BITS) - 1


class Trace(NamedTuple):
    """What is kept of an element: a digest of its body in place of the body, and its owner."""

    mark: bytes
    owner: str | None


def mark_of(body: bytes) -> bytes:
    """Return what stands for a body: bodies with the same mark are the same."""
    if len(body) <= HELD_BYTES:
        return hashlib.sha256(body).digest()[:MARK_BYTES]
    digest = hashlib.sha256()
    hash_into(digest, body)
    return digest.digest()[:MARK_BYTES]


def owner_of(body: bytes) -> str | None:
    """Return the owner that a stored element names."""
    owner = stored.head(body).get("owner")
    return owner if isinstance(owner, str) else None


def _owner_text(body: bytes) -> bytes:
    """Return the JSON text of the owner, which stands for it; empty where there is none to see.

    Within a text each quotation mark is escaped: what is found are the top-level keys.
    """
    start = body.rfind(_OWNER)
    return body[start + len(_OWNER) : body.rfind(_TYPE)] if start >= 0 else b""


def trace_of(body: bytes) -> Trace:
    """Return the trace of an element."""
    return Trace(mark_of(body), owner_of(body))


def _digits(ids: Sequence[str]) -> str | None:
    """Return the digits of UUIDs in their usual form one after another, None for other ids.

    They are looked at all together: it is done for each element of a model.
    """
    text = "".join(ids)
    dashes = "-" * len(ids)
    if (
        set(map(len, ids)) == {_UUID_LENGTH}
        and all(text[place::_UUID_LENGTH] == dashes for place in _DASHES)
        and text.encode("utf-8", "surrogatepass").translate(None, _DIGITS)
        == dashes.encode() * len(_DASHES)
    ):
        return text.replace("-", "")
    return None


class Register:
    """The traces of all elements of one revision. Ids that are no UUIDs are kept as they are."""

    def __init__(self, most: int = MOST_ELEMENTS) -> None:
        self._most = most
        # A UUID is two words; those of all elements rise, the first words are searched.
        self._high = array("Q")
        self._low = array("Q")
        self._marks = bytearray()
        self._owners = array("I")
        self._names: list[str | None] = []
        self._places: dict[bytes, int] = {}
        self._others: dict[str, Trace] = {}

    def __len__(self) -> int:
        return len(self._high) + len(self._others)

    @property
    def is_too_large(self) -> bool:
        """Whether there were more than are taken in."""
        return len(self) > self._most

    def take(self, ids: Sequence[str], bodies: Sequence[bytes]) -> None:
        """Take in the next elements; ids must rise by their bytes from first to last.

        Nothing more is taken in when there are too many.
        """
        if self.is_too_large:
            return
        digits = _digits(ids)
        if digits is None:
            self._others.update(zip(ids, map(trace_of, bodies), strict=True))
            return
        words = struct.unpack(f">{2 * len(ids)}Q", bytes.fromhex(digits))
        self._high.extend(words[0::2])
        self._low.extend(words[1::2])
        self._marks += b"".join(map(mark_of, bodies))
        self._owners.extend([self._place(body) for body in bodies])

    def _place(self, body: bytes) -> int:
        place = self._places.setdefault(_owner_text(body), len(self._names))
        if place == len(self._names):
            self._names.append(owner_of(body))
        return place

    def find(self, id_: str) -> Trace | None:
        """Return the trace of an element, None where the revision has none with this id."""
        if id_ in self._others or not _uuid.fullmatch(id_):
            return self._others.get(id_)
        key = int(id_.replace("-", ""), 16)
        high, low = key >> _WORD_BITS, key & _WORD
        place = bisect_left(self._high, high)
        while place < len(self._high) and self._high[place] == high:
            if self._low[place] == low:
                mark = bytes(self._marks[place * MARK_BYTES : (place + 1) * MARK_BYTES])
                return Trace(mark, self._names[self._owners[place]])
            place += 1
        return None
