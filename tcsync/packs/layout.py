"""The byte layout of a pack, version 2: constants, structs and the values they hold.

docs/formats/pack.md describes every byte; parsing and its refusals are in parts.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import NamedTuple

HEAD_MAGIC = b"TCSYNCP\x01"
FOOT_MAGIC = b"TCSYNCE\x01"
VERSION = 2
NO_PREFIX = 0
CANONICALIZATION = 1
BLOCK_TAG = 0x42
DIRECTORY_TAG = 0x44
DIRECTORY_KIND = 0

HEADER = Struct("<8sHBBIB15s")
BLOCK = Struct("<BBHIIII")
ENTRY = Struct("<QIIIBH")
FOOTER = Struct("<32s32sIIIIIQQIII8s")

DEFAULT_BLOCK_SIZE = 262_144
MAX_BLOCK_SIZE = 16_777_216
MAX_ID_BYTES = 65_535
MAX_BODY_BYTES = 67_108_864
HEAD_BYTES = 7
"""What a record takes in the columns: operation, id length and body length."""
MAX_RECORD_BYTES = HEAD_BYTES + MAX_ID_BYTES + MAX_BODY_BYTES
MAX_DIRECTORY_BYTES = 67_108_864
SMALLEST_PACK = HEADER.size + BLOCK.size + FOOTER.size


class Op(IntEnum):
    """What a record does to its id."""

    ADD = 1
    EDIT = 2
    REMOVE = 3


class Kind(IntEnum):
    """What the ids of a block name."""

    ELEMENT = 1
    ARTIFACT = 2


KINDS = frozenset(int(kind) for kind in Kind)


class Record(NamedTuple):
    """One id of a changeset; `op` is a value of Op, `body` is empty for a remove."""

    op: int
    id: str
    body: bytes


Row = tuple[str, int, bytes]
"""A record as a plain tuple of id, operation and body: it costs the garbage collector nothing."""


class SummaryCounts(NamedTuple):
    """Records of a pack by what they do, and the bytes of its blocks before compression."""

    added: int
    edited: int
    removed: int
    artifacts_put: int
    artifacts_removed: int
    raw_bytes: int


@dataclass(frozen=True, slots=True)
class PackSummary:
    """What a whole pack holds. Digests are SHA-256 in hex; `digest` and `size` are of all bytes."""

    size: int
    digest: str
    content_digest: str
    artifact_digest: str
    added: int
    edited: int
    removed: int
    artifacts_put: int
    artifacts_removed: int
    raw_bytes: int
