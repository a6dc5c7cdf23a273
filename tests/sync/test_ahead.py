"""Reading ahead: everything in its order, never too much of it, and over when nobody wants it."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager

import pytest

from tcsync.domain import RevisionRecord
from tcsync.errors import PackDamaged, Unreachable
from tcsync.packs import Op, PackVerifier, Record, pack_bytes
from tcsync.packs.belt import AHEAD_BYTES
from tcsync.sources.base import Absent, Arriving
from tcsync.sync.ahead import Ahead

PIECE = b"x" * (1 << 20)


def revision(number, pieces):
    record = RevisionRecord("r", number, "b", None, 0, "Ada", "", "", "")
    return Arriving(record, sum(map(len, pieces)), "", iter(pieces))


class Streaming:
    """A source whose stream is given; it counts what was asked of it."""

    def __init__(self, items, failure=None):
        self.items = items
        self.failure = failure
        self.pulse = None
        self.given = 0
        self.closed = False

    def heed(self, pulse):
        before, self.pulse = self.pulse, pulse
        return before

    @contextmanager
    def packs(self, _wants):
        try:
            yield self._arriving()
        finally:
            self.closed = True

    def _arriving(self):
        yield from self.items
        if self.failure is not None:
            raise self.failure

    def endless(self):
        while True:
            self.given += 1
            yield PIECE

    def silent(self):
        """Wait as outbound does: the pulse is told now and then that nothing came."""
        while True:
            time.sleep(0.01)
            self.pulse(0)
            yield b""


def body(item):
    return b"".join(piece.data for piece in item.pieces)


def bodies(ahead):
    return [body(item) for item in ahead]


def test_revisions_and_their_bytes_come_in_their_order():
    source = Streaming([revision(n, [bytes([n])] * n) for n in range(5)])
    with Ahead(source, ()) as ahead:
        found = [(item.record.number, body(item)) for item in ahead]
    assert found == [(n, bytes([n]) * n) for n in range(5)]
    assert source.closed


def test_what_is_left_of_a_revision_is_passed_over():
    source = Streaming([revision(1, [b"a", b"b"]), Absent("r", "gone", ""), revision(2, [b"c"])])
    with Ahead(source, ()) as ahead:
        items = iter(ahead)
        assert next(next(items).pieces).data == b"a"
        assert isinstance(next(items), Absent)
        assert body(next(items)) == b"c"


def test_packs_come_opened_and_a_damaged_one_holds_up_nothing():
    data, _summary = pack_bytes([Record(Op.ADD, "a", b"{}")])
    damaged = bytes([data[0] ^ 1]) + data[1:]
    source = Streaming([revision(n, [d[:50], d[50:]]) for n, d in enumerate([data, damaged, data])])
    verified = []
    with Ahead(source, ()) as ahead:
        for item in ahead:
            verifier = PackVerifier()
            try:
                for piece in item.pieces:
                    assert threading.current_thread() is threading.main_thread()
                    verifier.take(piece)
                verified.append(verifier.finish().added)
            except PackDamaged as error:
                verified.append(str(error).partition(" of ")[0])
    assert verified == [1, "The header at offset 0 does not begin with the magic", 1]


def test_what_waits_is_weighed_as_it_is_in_memory():
    data, summary = pack_bytes([Record(Op.ADD, "a", b'"' + b"x" * (1 << 20) + b'"')])
    source = Streaming([revision(n, [data]) for n in range(200)])
    given = []
    source.items = (given.append(item) or item for item in source.items)
    with Ahead(source, ()) as ahead:
        next(next(iter(ahead)).pieces)
        time.sleep(0.2)
        assert len(given) * summary.raw_bytes <= AHEAD_BYTES + 3 * summary.raw_bytes


@pytest.mark.parametrize("pieces", [[], [b"a"]])
def test_a_failure_is_raised_after_what_had_arrived(pieces):
    source = Streaming([revision(1, pieces)], Unreachable("cut"))
    with Ahead(source, ()) as ahead, pytest.raises(Unreachable, match="cut"):
        assert bodies(ahead) == []


def test_a_failure_within_a_body_is_raised_there():
    def cut():
        yield b"a"
        raise Unreachable("cut in the middle")

    source = Streaming([Arriving(revision(1, []).record, 2, "", cut())])
    with Ahead(source, ()) as ahead:
        pieces = next(iter(ahead)).pieces
        assert next(pieces).data == b"a"
        with pytest.raises(Unreachable, match="in the middle"):
            next(pieces)


def test_it_stays_only_so_far_ahead():
    source = Streaming([])
    source.items = [Arriving(revision(1, []).record, 0, "", source.endless())]
    with Ahead(source, ()) as ahead:
        pieces = next(iter(ahead)).pieces
        for _ in range(20):
            next(pieces)
        time.sleep(0.1)
        # One piece is on its way into the queue, and one was made to be put there.
        assert source.given <= 20 + AHEAD_BYTES // len(PIECE) + 2


@pytest.mark.parametrize("kind", ["endless", "silent"])
def test_leaving_ends_the_thread_whatever_the_source_does(kind):
    source = Streaming([])
    source.items = [Arriving(revision(1, []).record, 0, "", getattr(source, kind)())]
    before = threading.active_count()
    with Ahead(source, ()) as ahead:
        next(next(iter(ahead)).pieces)
    assert threading.active_count() == before
    assert source.closed


def test_the_pulse_of_before_is_told_and_given_back():
    told = []
    source = Streaming([])
    source.items = [Arriving(revision(1, []).record, 0, "", source.silent())]
    pulse = source.pulse = told.append
    with Ahead(source, ()) as ahead:
        next(next(iter(ahead)).pieces)
    assert told
    assert source.pulse is pulse
