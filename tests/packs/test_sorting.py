"""Sorting in bounded memory gives what sorting in memory gives."""

from __future__ import annotations

import random
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcsync.errors import PackDamaged
from tcsync.packs import Op, Record, RecordSorter
from tests.packs.strategies import many, record_lists


@given(record_lists, st.integers(1, 5000), st.randoms())
def test_records_come_out_by_the_bytes_of_their_ids(records, limit, rng):
    mixed = rng.sample(records, len(records))
    with RecordSorter(limit) as sorter:
        for record in mixed:
            sorter.add(record)
        assert list(sorter) == records
        assert list(sorter) == records


def test_what_does_not_fit_lies_in_the_folder_and_not_in_memory(tmp_path):
    records = many(20_000)
    random.Random(1).shuffle(records)
    folder = tmp_path / "runs"
    folder.mkdir()
    tracemalloc.start()
    with RecordSorter(200_000, folder) as sorter:
        for record in records:
            sorter.add(Record(record.op, record.id, record.body[:-1] + b"!"))
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
        assert sum(1 for _ in sorter) == len(records)
    tracemalloc.stop()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("limit", [1, 1 << 20])
def test_id_added_twice_is_named(limit):
    with RecordSorter(limit) as sorter:
        for id_ in ("b", "a", "b"):
            sorter.add(Record(Op.ADD, id_, b"1"))
        with pytest.raises(PackDamaged, match="'b' occurs twice"):
            list(sorter)


def test_missing_folder_shows_at_the_first_spill(tmp_path):
    with RecordSorter(1, tmp_path / "absent") as sorter, pytest.raises(FileNotFoundError):
        sorter.add(Record(Op.ADD, "a", b"1"))


def test_two_walks_at_once_do_not_disturb_each_other():
    records = many(3000)
    with RecordSorter(50_000) as sorter:
        for record in reversed(records):
            sorter.add(record)
        assert [one for one, _ in zip(sorter, sorter, strict=True)] == records


def test_record_longer_than_a_read_survives_the_spill():
    large = Record(Op.ADD, "a", bytes(3_000_000))
    with RecordSorter(1000) as sorter:
        sorter.add(Record(Op.ADD, "b", b"1"))
        sorter.add(large)
        assert next(iter(sorter)) == large


@pytest.mark.parametrize("bad", ["\ud800", "x" * 65_536])
def test_id_that_no_pack_holds_is_refused_when_spilled(bad):
    with RecordSorter(1) as sorter, pytest.raises(PackDamaged, match="No pack can hold"):
        sorter.add(Record(Op.ADD, bad, b"1"))


@given(record_lists, st.integers(1, 5000), st.integers(1, 7), st.randoms())
def test_records_that_are_taken_together_come_out_as_those_taken_alone(
    records, limit, at_once, rng
):
    mixed = [(id_, op, body) for op, id_, body in rng.sample(records, len(records))]
    with RecordSorter(limit) as sorter:
        for start in range(0, len(mixed), at_once):
            sorter.take(mixed[start : start + at_once])
        assert list(sorter) == records
        assert [row for rows in sorter.rows() for row in rows] == sorted(mixed)
