"""Packs: the bytes of a changeset and the canonical text of its elements. No Django, no network.

pack       one changeset, written once as a stream and read at random (docs/formats/pack.md)
record     what a changeset does to one id: add, edit or remove it, with its new body
row        a record as a plain tuple, where many are handled at a time
kind       what an id names: an element of the model or an artifact of the manifest
block      records of one kind, compressed together; what is read and checked at a time
stretch    neighbouring records of one block, as they lie there
directory  the list of blocks at the tail, by which one block is found for an id
piece      bytes of a pack on their way, and the parts that were opened with them
belt       what a second thread makes ahead of who takes it
digest     the content digest is over what the records say, the pack digest over the bytes
canonical  the one text that a JSON value has here (docs/formats/element.md)
token      a number character by character as it came
"""

from tcsync.packs.belt import Belt
from tcsync.packs.canonical import NumberToken, canonical, canonical_value, loads
from tcsync.packs.compression import Codec
from tcsync.packs.digests import (
    HELD_BYTES,
    NO_RECORDS,
    PIECE_BYTES,
    hash_into,
    pack_digest,
    piece_digest,
)
from tcsync.packs.layout import (
    DEFAULT_BLOCK_SIZE,
    Kind,
    Op,
    PackSummary,
    Record,
    Row,
    SummaryCounts,
)
from tcsync.packs.opening import Piece, opened
from tcsync.packs.reader import PackReader
from tcsync.packs.sorting import RecordSorter
from tcsync.packs.stretch import Stretch
from tcsync.packs.verifier import PackVerifier
from tcsync.packs.writer import PackWriter, pack_bytes

__all__ = [
    "DEFAULT_BLOCK_SIZE",
    "HELD_BYTES",
    "NO_RECORDS",
    "PIECE_BYTES",
    "Belt",
    "Codec",
    "Kind",
    "NumberToken",
    "Op",
    "PackReader",
    "PackSummary",
    "PackVerifier",
    "PackWriter",
    "Piece",
    "Record",
    "RecordSorter",
    "Row",
    "Stretch",
    "SummaryCounts",
    "canonical",
    "canonical_value",
    "hash_into",
    "loads",
    "opened",
    "pack_bytes",
    "pack_digest",
    "piece_digest",
]
