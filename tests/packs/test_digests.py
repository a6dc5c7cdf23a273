"""The digests of a pack, made here by the words of docs/formats/pack.md."""

from __future__ import annotations

import hashlib
import struct

import pytest
from hypothesis import given

from tcsync.packs import NO_RECORDS, PIECE_BYTES, pack_digest, piece_digest
from tcsync.packs.digests import PackDigest
from tests.packs.strategies import record_lists, write


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def content_digest(records) -> str:
    ids = [record.id.encode() for record in records]
    streams = (
        bytes(record.op for record in records),
        b"".join(struct.pack("<H", len(id_)) for id_ in ids),
        b"".join(struct.pack("<I", len(record.body)) for record in records),
        b"".join(id_ + record.body for id_, record in zip(ids, records, strict=True)),
    )
    return sha(b"".join(map(sha, streams))).hex()


@given(record_lists, record_lists)
def test_content_and_artifact_digest_are_over_streams(elements, artifacts):
    _data, summary = write(elements, artifacts, block_size=100)
    assert summary.content_digest == content_digest(elements)
    assert summary.artifact_digest == content_digest(artifacts)


def test_no_records_have_the_digest_of_empty_streams():
    assert NO_RECORDS.hex() == content_digest([]) == write([])[1].content_digest


@pytest.mark.parametrize("size", [0, 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES])
@pytest.mark.parametrize("chunk", [1 << 20, PIECE_BYTES - 1, 3 * PIECE_BYTES])
def test_the_pack_digest_is_over_those_of_its_pieces(size, chunk):
    data = bytes(range(256)) * (size // 256) + bytes(size % 256)
    pieces = [data[start : start + PIECE_BYTES] for start in range(0, size, PIECE_BYTES)]
    digest = PackDigest()
    for start in range(0, size, chunk):
        digest.add(data[start : start + chunk])
    expected = sha(b"".join(map(sha, pieces))).hex()
    made = pack_digest(piece_digest([piece[:99], piece[99:]]) for piece in pieces)
    assert digest.hexdigest() == made == expected
