"""What the writer refuses, and how it streams."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcsync.errors import PackDamaged
from tcsync.packs import Kind, Op, PackWriter
from tests.packs.strategies import many, record_lists, write


@pytest.fixture
def writer():
    return PackWriter(lambda _data: None)


@pytest.mark.parametrize("second", ["a", "b", "B", ""])
def test_ids_must_rise(writer, second):
    writer.element(Op.ADD, "b", b"1")
    with pytest.raises(PackDamaged, match="not above the one before"):
        writer.element(Op.ADD, second, b"1")


def test_ids_are_compared_as_utf8_bytes(writer):
    writer.element(Op.ADD, "\uffff", b"1")
    writer.element(Op.ADD, "\U0001f600", b"1")
    assert writer.finish().added == 2


@pytest.mark.parametrize("bad", ["", "x" * 65_536, "\ud800"])
def test_ids_that_no_record_holds_are_refused(writer, bad):
    with pytest.raises(PackDamaged, match="id"):
        writer.element(Op.ADD, bad, b"1")


@pytest.mark.parametrize(("op", "body"), [(0, b""), (4, b""), (Op.REMOVE, b"1")])
def test_operations_that_no_record_holds_are_refused(writer, op, body):
    with pytest.raises(PackDamaged, match="refused"):
        writer.element(op, "a", body)


def test_body_beyond_the_limit_is_refused(writer):
    with pytest.raises(PackDamaged, match="67108865 bytes"):
        writer.element(Op.ADD, "a", bytes(67_108_865))


def test_elements_do_not_follow_artifacts(writer):
    writer.artifact(Op.ADD, "a", b"{}")
    with pytest.raises(PackDamaged, match="after the artifacts"):
        writer.element(Op.ADD, "b", b"{}")


def test_nothing_follows_the_end(writer):
    writer.finish()
    with pytest.raises(PackDamaged, match="finished"):
        writer.element(Op.ADD, "a", b"1")
    with pytest.raises(PackDamaged, match="finished"):
        writer.finish()


@pytest.mark.parametrize("size", [0, 16_777_217])
def test_impossible_block_size_is_refused(size):
    with pytest.raises(PackDamaged, match="block size"):
        PackWriter(lambda _data: None, block_size=size)


def test_blocks_leave_while_records_come():
    sent: list[bytes] = []
    writer = PackWriter(sent.append, block_size=1000)
    for record in many(100):
        writer.element(*record)
    assert len(sent) == 26


@given(record_lists, record_lists, st.integers(1, 300), st.integers(1, 9))
def test_records_that_are_taken_together_make_the_pack_of_those_taken_alone(
    elements, artifacts, block_size, at_once
):
    parts: list[bytes] = []
    writer = PackWriter(parts.append, block_size=block_size)
    for kind, records in ((Kind.ELEMENT, elements), (Kind.ARTIFACT, artifacts)):
        rows = [(record.id, record.op, record.body) for record in records]
        for start in range(0, len(rows), at_once):
            writer.take(kind, rows[start : start + at_once])
    summary = writer.finish()
    assert (b"".join(parts), summary) == write(elements, artifacts, block_size=block_size)


@pytest.mark.parametrize(
    "bad",
    [
        ("a", Op.ADD, b"1"),
        ("", Op.ADD, b"1"),
        ("x" * 65_536, Op.ADD, b"1"),
        ("\ud800", Op.ADD, b"1"),
        ("b", 4, b""),
        ("b", 300, b""),
        ("b", Op.REMOVE, b"1"),
        ("b", Op.ADD, bytes(67_108_865)),
    ],
)
def test_what_no_pack_holds_is_refused_among_others_too(writer, bad):
    with pytest.raises(PackDamaged, match=r"refused|not above|cannot be written"):
        writer.take(Kind.ELEMENT, [("a", Op.ADD, b"1"), bad, ("z", Op.ADD, b"1")])
