"""A belt: items in their order, what was raised after them, and an end when nobody takes them.

tests/sync/test_ahead.py has what a source's stream adds to it.
"""

from __future__ import annotations

import threading

import pytest

from tcsync.packs import Belt
from tcsync.packs.belt import Stopped


def numbers(closed, end=10**9, failure=None):
    try:
        yield from range(end)
        if failure is not None:
            raise failure
    finally:
        closed.append(threading.current_thread().name)


def weight(_number):
    return 1 << 20


def test_items_come_in_their_order_from_another_thread():
    closed = []
    with Belt(numbers(closed, 100), weight) as belt:
        assert list(belt) == list(range(100))
    assert closed == ["ahead"]


def test_a_failure_comes_after_the_items_before_it():
    found = []

    def take():
        with Belt(numbers([], 3, ValueError("cut")), weight) as belt:
            for number in belt:
                found.append(number)

    with pytest.raises(ValueError, match="cut"):
        take()
    assert found == [0, 1, 2]


def test_leaving_closes_the_generator_where_it_stands():
    closed = []
    with Belt(numbers(closed), weight) as belt:
        assert next(iter(belt)) == 0
        belt.check()
    assert closed == ["ahead"]
    with pytest.raises(Stopped):
        belt.check()
