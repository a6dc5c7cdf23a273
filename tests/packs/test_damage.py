"""Damaged and hostile packs are refused by the verifier, early and cheaply."""

from __future__ import annotations

import struct
import tracemalloc
import zlib

import pytest
import zstandard

from tcsync.errors import ContentError, DigestMismatch, PackDamaged
from tcsync.packs import Codec, Kind, Op, PackVerifier, Piece, Record, opened
from tests.packs.strategies import many, verify, write

ELEMENTS = [
    Record(Op.ADD, "a1", b'{"id":"a1"}'),
    Record(Op.EDIT, "b\u00e9", b'{"id":"b"}'),
    Record(Op.REMOVE, "c", b""),
]
ARTIFACTS = [Record(Op.ADD, "x", b'{"name":"x"}'), Record(Op.REMOVE, "y", b"")]


def header(codec: Codec = Codec.STORED) -> bytes:
    return struct.pack("<8sHBBIB15s", b"TCSYNCP\x01", 1, codec, 0, 1000, 1, b"")


def block(payload: bytes, records: int, raw: int | None = None, kind: int = 1) -> bytes:
    length = len(payload) if raw is None else raw
    check = zlib.crc32(payload)
    return struct.pack("<BBHIIII", 0x42, kind, 0, records, length, len(payload), check) + payload


def record(op: int, id_: bytes, body: bytes) -> bytes:
    return struct.pack("<BHI", op, len(id_), len(body)) + id_ + body


@pytest.mark.parametrize("codec", list(Codec))
@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF])
def test_every_flipped_byte_is_refused(codec, mask):
    data, _ = write(ELEMENTS, ARTIFACTS, codec=codec)
    for place in range(len(data)):
        damaged = bytearray(data)
        damaged[place] ^= mask
        with pytest.raises(ContentError):
            verify(bytes(damaged))


def test_every_truncation_is_refused():
    data, _ = write(ELEMENTS, ARTIFACTS)
    for length in range(len(data)):
        with pytest.raises(PackDamaged):
            verify(data[:length])


def test_bytes_after_the_footer_are_refused():
    data, _ = write(ELEMENTS)
    with pytest.raises(PackDamaged, match="after the footer"):
        verify(data + b"\0")


@pytest.mark.parametrize(
    ("raw", "records", "reason"),
    [
        (record(0, b"a", b""), 1, "unknown operation 0"),
        (record(4, b"a", b""), 1, "unknown operation 4"),
        (record(3, b"a", b"1"), 1, "removes and yet has a body"),
        (record(1, b"b", b"") + record(1, b"a", b""), 2, "not above the one before"),
        (record(1, b"a", b"") + record(1, b"a", b""), 2, "not above the one before"),
        (record(1, b"a", b"") + record(1, b"", b""), 1, "not above the one before"),
        (record(1, b"\xff", b""), 1, "not UTF-8"),
        (record(1, b"a", b"1")[:-1], 1, "within its last record"),
        (record(1, b"abcdef", b"")[:-3], 1, "within its last record"),
        (record(1, b"a", b"1") + b"\x01\x01", 1, "within its last record"),
        (record(1, b"a", b"") + record(1, b"b", b""), 1, "2 records instead of 1"),
    ],
)
def test_records_that_break_the_format_are_refused(raw, records, reason):
    with pytest.raises(PackDamaged, match=reason):
        verify(header() + block(raw, records))


@pytest.mark.parametrize("kinds", [(1, 1), (2, 2), (2, 1)])
def test_order_holds_across_blocks(kinds):
    blocks = [block(record(1, b"a", b""), 1, kind=kind) for kind in kinds]
    with pytest.raises(PackDamaged, match=r"not above the one before|elements after artifacts"):
        verify(header() + b"".join(blocks))


def test_bomb_is_refused_without_being_opened():
    bomb = zstandard.ZstdCompressor().compress(bytes(200_000_000))
    data = header(Codec.ZSTD) + block(bomb, 1, raw=len(bomb))
    tracemalloc.start()
    with pytest.raises(PackDamaged, match="announces 200000000 bytes"):
        verify(data)
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_frame_without_content_size_is_refused():
    frame = zstandard.ZstdCompressor(write_content_size=False).compress(bytes(100))
    with pytest.raises(PackDamaged, match="announces"):
        verify(header(Codec.ZSTD) + block(frame, 1, raw=100))


def test_bytes_after_the_frame_are_refused():
    frame = zstandard.ZstdCompressor().compress(record(1, b"a", bytes(100)))
    with pytest.raises(PackDamaged, match="no whole zstd frame"):
        verify(header(Codec.ZSTD) + block(frame + b"\0", 1, raw=108))


@pytest.mark.parametrize(
    ("records", "raw", "stored"),
    [(1, 0xFFFFFFFF, 10), (1, 100, 0xFFFFFFFF), (0xFFFFFFFF, 100, 100), (0, 0, 0), (1, 8, 9)],
)
def test_hostile_lengths_are_refused_before_the_payload_comes(records, raw, stored):
    head = header() + struct.pack("<BBHIIII", 0x42, 1, 0, records, raw, stored, 0)
    with pytest.raises(PackDamaged, match=r"cannot hold|never need"):
        verify(head)


def test_other_records_under_the_same_footer_are_a_digest_mismatch():
    one, other = (
        write([Record(Op.ADD, "a", body)], codec=Codec.STORED)[0] for body in (b"1", b"2")
    )
    with pytest.raises(DigestMismatch, match="promises other elements"):
        verify(other[:-120] + one[-120:])


def test_directory_of_another_pack_is_refused():
    one, other = (write([Record(Op.ADD, id_, b"1")], codec=Codec.STORED)[0] for id_ in "ab")
    with pytest.raises(PackDamaged, match="differs from the blocks"):
        verify(other[:61] + one[61:])


def test_refused_pack_stays_refused():
    verifier = PackVerifier()
    with pytest.raises(PackDamaged, match="magic"):
        verifier.take(next(opened([bytes(32)])))
    with pytest.raises(PackDamaged, match="refused before"):
        verifier.take(Piece(b""))
    with pytest.raises(PackDamaged, match="refused before"):
        verifier.finish()


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [(8, 2, "version 2"), (10, 7, "codec 7"), (11, 1, "prefix 1"), (16, 2, "canonicalization 2")],
)
def test_what_this_version_does_not_know_is_named(place, value, reason):
    data = bytearray(write(many(1))[0])
    data[place] = value
    with pytest.raises(PackDamaged, match=reason):
        verify(bytes(data))


def test_kind_that_does_not_exist_is_refused():
    with pytest.raises(PackDamaged, match="unknown kind 3"):
        verify(header() + block(record(1, b"a", b""), 1, kind=len(Kind) + 1))
