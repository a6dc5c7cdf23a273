"""The suite that every store of segments passes: subclass it with a `storage` fixture."""

from __future__ import annotations

import pytest

from tcsync.errors import Missing
from tcsync.repository.storage import Storage


def put(storage: Storage, data: bytes) -> tuple[str, int]:
    batch = storage.begin()
    offset = batch.tell()
    batch.write(data)
    batch.seal()
    batch.close()
    return batch.object, offset


class StorageConformance:
    def test_what_was_sealed_is_read_back(self, storage):
        name, offset = put(storage, b"one and two")
        assert storage.read(name, offset + 4, 3) == b"and"

    def test_batches_of_one_writer_do_not_overlap(self, storage):
        places = [put(storage, bytes([65 + i]) * 10) for i in range(5)]
        assert [storage.read(*place, 10)[:1] for place in places] == [b"A", b"B", b"C", b"D", b"E"]

    def test_two_open_batches_lie_apart(self, storage):
        one, other = storage.begin(), storage.begin()
        assert one.object != other.object
        one.discard()
        other.discard()

    def test_a_discarded_batch_leaves_nothing(self, storage):
        name, offset = put(storage, b"kept")
        batch = storage.begin()
        batch.write(b"forgotten")
        batch.discard()
        assert storage.size(name) == offset + 4

    def test_a_batch_discarded_after_its_seal_leaves_nothing(self, storage):
        name, offset = put(storage, b"kept")
        batch = storage.begin()
        batch.write(b"forgotten")
        batch.seal()
        batch.discard()
        assert storage.size(name) == offset + 4

    @pytest.mark.parametrize("length", [1, 100_000, 600_000])
    def test_what_is_not_sealed_yet_is_read_back_by_its_batch(self, storage, length):
        batch = storage.begin()
        parts = [bytes([65 + i]) * length for i in range(7)]
        places = []
        for part in parts:
            places.append(batch.tell())
            batch.write(part)
        assert [batch.read(place, length) for place in places] == parts
        batch.seal()
        batch.close()
        assert [storage.read(batch.object, place, length) for place in places] == parts

    def test_rewinding_forgets_the_last_part_only(self, storage):
        batch = storage.begin()
        start = batch.tell()
        batch.write(b"good")
        mark = batch.tell()
        batch.write(b"refused")
        batch.rewind(mark)
        batch.write(b" and better")
        batch.seal()
        batch.close()
        assert storage.read(batch.object, start, 15) == b"good and better"

    def test_a_batch_reads_back_what_it_has_not_sealed(self, storage):
        batch = storage.begin()
        start = batch.tell()
        batch.write(b"not yet")
        assert batch.read(start, 7) == b"not yet"
        batch.discard()

    def test_reading_past_the_end_is_refused(self, storage):
        name, offset = put(storage, b"short")
        with pytest.raises(Missing, match="ends at"):
            storage.read(name, offset, 6)

    @pytest.mark.parametrize("name", ["nothing.seg", "../secret.key", "x"])
    def test_what_is_not_there_is_missing(self, storage, name):
        with pytest.raises(Missing):
            storage.read(name, 0, 1)

    def test_all_objects_are_listed(self, storage):
        name, _offset = put(storage, b"one")
        assert name in list(storage.objects())
