"""Frames of the transfer between nodes, ranges of numbers, and pieces gathered for a connection."""

from __future__ import annotations

from itertools import pairwise

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given

from tcsync import frames
from tcsync.domain import Known, KnownHead, RevisionRecord, Selection
from tcsync.errors import BadAnswer

RECORD = RevisionRecord(
    resource="r1",
    number=5,
    branch="trunk",
    parent=4,
    time=1_700_000_000,
    author="Zoë",
    message="fünf",
    content_digest="c" * 64,
    artifact_digest="a" * 64,
    merged=(2, 3),
    picked=(1,),
    offset=-330,
    root_ids=("a", "b"),
    used_projects=({"project": "P", "version": "1"},),
    hole_before=True,
    digest="d" * 64,
)


def split(data: bytes) -> tuple[bytes, bytes, int]:
    """Return kind, head and body length of a frame without its body."""
    size = frames.HEADER.size
    kind, head, body = frames.parse_header(data[:size])
    assert len(data) == size + head
    return kind, data[size:], body


def test_a_header_has_the_documented_bytes():
    data = frames.frame(frames.END, frames.EndHead(7))
    assert data == b"E\0\0\0\x0c\0\0\0" + bytes(8) + b'{"frames":7}'


@pytest.mark.parametrize(
    ("kind", "head", "body"),
    [
        (frames.REVISION, frames.RevisionHead(RECORD, "p" * 64), 1 << 40),
        (frames.ARTIFACT, frames.ArtifactHead("d" * 64), 5),
        (frames.ABSENT, frames.AbsentHead("r1", "gone", "not here"), 0),
        (frames.END, frames.EndHead(3), 0),
    ],
)
def test_a_frame_comes_back_as_it_went(kind, head, body):
    found, text, length = split(frames.frame(kind, head, body))
    assert (found, length) == (kind, body)
    assert msgspec.json.decode(text, type=type(head)) == head


@pytest.mark.parametrize(
    "header",
    [
        frames.HEADER.pack(b"Z", 1, 1),
        frames.HEADER.pack(b"\0", 1, 1),
        frames.HEADER.pack(b"R", frames.HEAD_BYTES + 1, 0),
        b"R\0\0\x01" + bytes(12),
        b"<!DOCTYPE html>\n",
    ],
)
def test_what_is_not_a_frame_is_a_bad_answer(header):
    with pytest.raises(BadAnswer):
        frames.parse_header(header)


def test_the_largest_head_is_accepted():
    header = frames.HEADER.pack(b"R", frames.HEAD_BYTES, 0)
    assert frames.parse_header(header) == (b"R", frames.HEAD_BYTES, 0)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([], []),
        ([4], [(4, 4)]),
        ([1, 2, 3], [(1, 3)]),
        ([1, 2, 4, 7, 8], [(1, 2), (4, 4), (7, 8)]),
    ],
)
def test_numbers_as_ranges(numbers, expected):
    assert frames.ranges(numbers) == expected


@given(st.sets(st.integers(0, 60)))
def test_ranges_hold_exactly_their_numbers(numbers):
    found = frames.ranges(sorted(numbers))
    assert [n for first, last in found for n in range(first, last + 1)] == sorted(numbers)
    assert all(one[1] + 1 < other[0] for one, other in pairwise(found))


@given(st.lists(st.binary(max_size=12)), st.integers(1, 20))
def test_gathered_pieces_hold_the_same_bytes_and_only_the_last_is_small(pieces, size):
    found = list(frames.gathered(iter(pieces), size))
    assert b"".join(found) == b"".join(pieces)
    assert all(len(piece) >= size for piece in found[:-1])
    assert b"" not in found


def test_requests_come_back_as_they_went():
    request = frames.SnapshotRequest(
        Selection(("r1",), ("c1",)), {"r1": Known((KnownHead("trunk", 5, "d"),), 3)}
    )
    text = msgspec.json.encode(request)
    assert msgspec.json.decode(text, type=frames.SnapshotRequest) == request
    packs = b'{"wants":[{"resource":"r1","ranges":[[1,3],[5,5]]}]}'
    decoded = msgspec.json.decode(packs, type=frames.PacksRequest)
    assert decoded.wants[0].ranges == [(1, 3), (5, 5)]


@pytest.mark.parametrize("text", ['{"wants":[],"x":1}', "[]", '{"wants":[{"resource":"r1"}]}'])
def test_requests_of_another_shape_are_refused(text):
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text.encode(), type=frames.PacksRequest)
