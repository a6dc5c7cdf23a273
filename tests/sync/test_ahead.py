"""Reading ahead: everything in its order, never too much of it, and over when nobody wants it."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager

import pytest

from tcsync.domain import RevisionRecord
from tcsync.errors import Unreachable
from tcsync.sources.base import Absent, Arriving
from tcsync.sync.ahead import AHEAD_BYTES, Ahead

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


def bodies(ahead):
    return [b"".join(item.chunks) for item in ahead]


def test_revisions_and_their_bytes_come_in_their_order():
    source = Streaming([revision(n, [bytes([n])] * n) for n in range(5)])
    with Ahead(source, ()) as ahead:
        found = [(item.record.number, b"".join(item.chunks)) for item in ahead]
    assert found == [(n, bytes([n]) * n) for n in range(5)]
    assert source.closed


def test_what_is_left_of_a_revision_is_passed_over():
    source = Streaming([revision(1, [b"a", b"b"]), Absent("r", "gone", ""), revision(2, [b"c"])])
    with Ahead(source, ()) as ahead:
        items = iter(ahead)
        assert next(next(items).chunks) == b"a"
        assert isinstance(next(items), Absent)
        assert list(next(items).chunks) == [b"c"]


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
        chunks = next(iter(ahead)).chunks
        assert next(chunks) == b"a"
        with pytest.raises(Unreachable, match="in the middle"):
            next(chunks)


def test_it_stays_only_so_far_ahead():
    source = Streaming([])
    source.items = [Arriving(revision(1, []).record, 0, "", source.endless())]
    with Ahead(source, ()) as ahead:
        chunks = next(iter(ahead)).chunks
        for _ in range(20):
            next(chunks)
        time.sleep(0.1)
        # One piece is on its way into the queue, and one was made to be put there.
        assert source.given <= 20 + AHEAD_BYTES // len(PIECE) + 2


@pytest.mark.parametrize("kind", ["endless", "silent"])
def test_leaving_ends_the_thread_whatever_the_source_does(kind):
    source = Streaming([])
    source.items = [Arriving(revision(1, []).record, 0, "", getattr(source, kind)())]
    before = threading.active_count()
    with Ahead(source, ()) as ahead:
        next(next(iter(ahead)).chunks)
    assert threading.active_count() == before
    assert source.closed


def test_the_pulse_of_before_is_told_and_given_back():
    told = []
    source = Streaming([])
    source.items = [Arriving(revision(1, []).record, 0, "", source.silent())]
    pulse = source.pulse = told.append
    with Ahead(source, ()) as ahead:
        next(next(iter(ahead)).chunks)
    assert told
    assert source.pulse is pulse
