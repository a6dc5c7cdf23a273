"""How the reader reads: few reads, few blocks opened, damage refused."""

from __future__ import annotations

import pytest

from tcsync.errors import PackDamaged
from tcsync.packs import Codec, Kind, PackReader
from tests.packs.strategies import many, open_pack, write


class Bytes:
    """A pack that notes the reads."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.reads: list[tuple[int, int]] = []

    def read_at(self, offset: int, length: int) -> bytes:
        self.reads.append((offset, length))
        return self.data[offset : offset + length]


def opened(data: bytes) -> tuple[PackReader, Bytes]:
    source = Bytes(data)
    return PackReader(source.read_at, len(data)), source


def test_small_pack_is_read_once():
    records = many(20)
    reader, source = opened(write(records)[0])
    assert [reader.get(record.id) for record in records] == records
    assert source.reads == [(0, len(source.data))]


def test_large_pack_is_opened_by_its_tail_and_header():
    data, _ = write(many(400), codec=Codec.STORED)
    _, source = opened(data)
    assert source.reads == [(len(data) - 65_536, 65_536), (0, 32)]


def test_directory_longer_than_the_tail_is_read():
    records = many(4000, size=20)
    reader, source = opened(write(records, block_size=1, codec=Codec.STORED)[0])
    assert len(source.reads) == 3
    assert reader.get(records[1234].id) == records[1234]


def test_get_many_opens_each_block_once():
    records = many(1000)
    reader, source = opened(write(records, block_size=20_000, codec=Codec.STORED)[0])
    source.reads.clear()
    found = reader.get_many([record.id for record in records])
    assert list(found.values()) == records
    assert len(source.reads) == len(set(source.reads)) == 16


def test_two_blocks_are_kept():
    records = many(1000)
    reader, source = opened(write(records, block_size=20_000, codec=Codec.STORED)[0])
    source.reads.clear()
    for place in (0, 500, 1, 501, 2):
        assert reader.get(records[place].id) == records[place]
    assert len(source.reads) == 2


def test_blocks_before_an_id_are_not_opened():
    records = many(1000)
    reader, source = opened(write(records, block_size=20_000, codec=Codec.STORED)[0])
    source.reads.clear()
    found = [id_ for id_, _op in reader.operations(after=records[800].id)]
    assert found == [record.id for record in records[801:]]
    assert len(source.reads) == 4


@pytest.mark.parametrize("after", ["", "1-0000500", "1-0000500\0", "1-00005", "2", "\ud800", "0"])
def test_stretches_begin_above_an_id(after):
    records = many(1000)
    reader = open_pack(write(records, block_size=20_000)[0])
    stretches = list(reader.stretches(after=after))
    expected = [record for record in records if record.id > after]
    assert [s.record(place) for s in stretches for place in range(len(s.keys))] == expected


def test_a_stretch_is_split_at_an_id():
    (stretch,) = open_pack(write(many(9))[0]).stretches()
    front, rest = stretch.split(b"1-0000004")
    assert (len(front.keys), len(rest.keys), rest.keys[0]) == (4, 5, b"1-0000004")
    assert (front.end, rest.end) == (rest.starts[0], len(stretch.raw))
    assert (front.record(3), rest.record(0)) == (stretch.record(3), stretch.record(4))


def test_first_ids_open_no_block():
    records = many(1000)
    reader, source = opened(write(records, block_size=20_000, codec=Codec.STORED)[0])
    source.reads.clear()
    assert reader.first_ids()[0] == records[0].id.encode()
    assert (len(reader.first_ids()), source.reads) == (16, [])


def test_kinds_do_not_mix():
    element, artifact = many(1), many(1, kind=Kind.ARTIFACT)
    reader = open_pack(write(element, artifact)[0])
    assert reader.get(artifact[0].id) is None
    assert reader.get(artifact[0].id, Kind.ARTIFACT) == artifact[0]


def test_id_that_cannot_be_written_is_not_there():
    assert open_pack(write(many(3))[0]).get("\ud800") is None


def test_pack_without_records_is_empty():
    reader = open_pack(write([])[0])
    assert (list(reader.records()), reader.get("a"), reader.get_many(["a"])) == ([], None, {})


def test_damaged_block_is_refused_when_read():
    records = many(1000)
    data = bytearray(write(records, block_size=20_000, codec=Codec.STORED)[0])
    data[100] ^= 1
    reader = open_pack(bytes(data))
    assert reader.get(records[999].id) == records[999]
    with pytest.raises(PackDamaged, match="block at offset 32 does not match its check"):
        reader.get(records[0].id)


def test_answer_that_is_too_short_is_refused():
    data, _ = write(many(5))
    with pytest.raises(PackDamaged, match="bytes came for"):
        PackReader(lambda offset, length: data[offset : offset + length - 1], len(data))


@pytest.mark.parametrize("size", [0, 171])
def test_too_few_bytes_for_a_pack_are_refused(size):
    with pytest.raises(PackDamaged, match="too few"):
        PackReader(lambda _offset, length: bytes(length), size)


def test_every_cut_is_refused_on_opening():
    data, _ = write(many(3, size=20))
    for length in range(len(data)):
        with pytest.raises(PackDamaged):
            open_pack(data[:length])
