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
    return struct.pack("<8sHBBIB15s", b"TCSYNCP\x01", 2, codec, 0, 1000, 1, b"")


def block(payload: bytes, records: int, length: int | None = None, kind: int = 1) -> bytes:
    size = len(payload) if length is None else length
    sizes = (records, size, len(payload))
    return struct.pack("<BBHIIII", 0x42, kind, 0, *sizes, zlib.crc32(payload)) + payload


def raw(*records: tuple[int, bytes, bytes]) -> bytes:
    ops, ids, bodies = zip(*records, strict=True)
    lengths = struct.pack(f"<{len(ids)}H{len(ids)}I", *map(len, ids), *map(len, bodies))
    return bytes(ops) + lengths + b"".join(map(bytes.__add__, ids, bodies))


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
    ("records", "reason"),
    [
        ([(0, b"a", b"")], "at place 0 has the unknown operation 0"),
        ([(1, b"a", b""), (4, b"b", b"")], "at place 1 has the unknown operation 4"),
        ([(3, b"a", b"1")], "at place 0 removes and yet has a body"),
        ([(1, b"b", b""), (1, b"a", b"")], "at place 1 has the id b'a', which is not above"),
        ([(1, b"a", b""), (1, b"a", b"")], "not above the one before"),
        ([(1, b"aa", b""), (1, b"a", b"")], "not above the one before"),
        ([(1, b"a", b""), (1, b"", b"1")], "not above the one before"),
        ([(1, b"", b"1")], "not above the one before"),
        ([(1, b"\xff", b"")], "at place 0 has the id b'.xff', which is not UTF-8"),
        ([(1, b"a", b""), (1, b"a\xc3", b"\xa9")], "at place 1 .* not UTF-8"),
    ],
)
def test_records_that_break_the_format_are_refused(records, reason):
    with pytest.raises(PackDamaged, match=reason):
        verify(header() + block(raw(*records), len(records)))


@pytest.mark.parametrize(
    ("data", "records", "reason"),
    [
        (raw((1, b"a", b"1"))[:-1], 1, "8 raw bytes end within the record at place 0"),
        (raw((1, b"abcdef", b""))[:-3], 1, "end within the record at place 0"),
        (raw((1, b"a", b""), (1, b"b", b"23"))[:-1], 2, "end within the record at place 1"),
        (raw((1, b"a", b"1")) + b"2", 1, "has 10 raw bytes, its 1 records 9"),
        (raw((1, b"a", b"1"), (1, b"b", b"2")), 1, "end within the record at place 0"),
    ],
)
def test_columns_that_do_not_fit_the_block_are_refused(data, records, reason):
    with pytest.raises(PackDamaged, match=reason):
        verify(header() + block(data, records))


def test_a_body_beyond_the_limit_is_refused():
    data = raw((1, b"a", bytes(67_108_865)))
    frame = zstandard.ZstdCompressor().compress(data)
    head = header(Codec.ZSTD)
    with pytest.raises(PackDamaged, match="at place 0 has a body of 67108865 bytes"):
        verify(head + block(frame, 1, length=len(data)))


@pytest.mark.parametrize("kinds", [(1, 1), (2, 2), (2, 1)])
def test_order_holds_across_blocks(kinds):
    blocks = [block(raw((1, b"a", b"")), 1, kind=kind) for kind in kinds]
    with pytest.raises(PackDamaged, match=r"not above the one before|elements after artifacts"):
        verify(header() + b"".join(blocks))


def test_bomb_is_refused_without_being_opened():
    bomb = zstandard.ZstdCompressor().compress(bytes(200_000_000))
    data = header(Codec.ZSTD) + block(bomb, 1, length=len(bomb))
    tracemalloc.start()
    with pytest.raises(PackDamaged, match="announces 200000000 bytes"):
        verify(data)
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_frame_without_content_size_is_refused():
    frame = zstandard.ZstdCompressor(write_content_size=False).compress(bytes(100))
    with pytest.raises(PackDamaged, match="announces"):
        verify(header(Codec.ZSTD) + block(frame, 1, length=100))


def test_bytes_after_the_frame_are_refused():
    frame = zstandard.ZstdCompressor().compress(raw((1, b"a", bytes(100))))
    with pytest.raises(PackDamaged, match="no whole zstd frame"):
        verify(header(Codec.ZSTD) + block(frame + b"\0", 1, length=108))


@pytest.mark.parametrize(
    ("records", "length", "stored"),
    [(1, 0xFFFFFFFF, 10), (1, 100, 0xFFFFFFFF), (0xFFFFFFFF, 100, 100), (0, 0, 0), (1, 8, 9)],
)
def test_hostile_lengths_are_refused_before_the_payload_comes(records, length, stored):
    head = header() + struct.pack("<BBHIIII", 0x42, 1, 0, records, length, stored, 0)
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
    [(8, 3, "version 3"), (10, 7, "codec 7"), (11, 1, "prefix 1"), (16, 2, "canonicalization 2")],
)
def test_what_this_version_does_not_know_is_named(place, value, reason):
    data = bytearray(write(many(1))[0])
    data[place] = value
    with pytest.raises(PackDamaged, match=reason):
        verify(bytes(data))


def test_packs_of_the_first_version_are_refused_with_what_to_do():
    data = bytearray(write(many(1))[0])
    data[8] = 1
    with pytest.raises(PackDamaged, match="version 1, which no release") as caught:
        verify(bytes(data))
    assert caught.value.next_step.startswith("Begin with an empty store")


def test_kind_that_does_not_exist_is_refused():
    with pytest.raises(PackDamaged, match="unknown kind 3"):
        verify(header() + block(raw((1, b"a", b"")), 1, kind=len(Kind) + 1))
