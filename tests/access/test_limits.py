"""Limits that all processes share: so many at once, then one in each interval, never more."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from tcsync.access import limits
from tcsync.access.limits import Limit
from tcsync.access.models import SignInLimit

THREE = Limit(3, 30)
NOW = datetime(2026, 1, 2, tzinfo=UTC)


def taken(times: int, **more: Limit) -> int:
    """Try so often and return how often it was allowed."""
    return sum(limits.take({"a": THREE, **more}) is None for _ in range(times))


@pytest.mark.django_db
def test_so_many_at_once_then_one_in_each_interval() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        assert taken(5) == 3
        clock.shift(timedelta(seconds=9))
        assert taken(2) == 0
        clock.shift(timedelta(seconds=1))
        assert taken(2) == 1
        clock.shift(timedelta(hours=1))
        assert taken(5) == 3


@pytest.mark.django_db
def test_a_refusal_says_how_long_and_which_limit() -> None:
    with time_machine.travel(NOW, tick=False):
        taken(3)
        refused = limits.take({"a": THREE, "b": THREE})
    assert refused is not None
    assert (refused.key, refused.seconds) == ("a", 10)


@pytest.mark.django_db
def test_a_refused_try_uses_nothing_of_the_other_limits() -> None:
    taken(3)
    assert taken(5, b=Limit(1, 3600)) == 0
    assert limits.take({"b": Limit(1, 3600)}) is None


@pytest.mark.django_db
def test_what_is_given_back_can_be_used_again() -> None:
    with time_machine.travel(NOW, tick=False):
        taken(3)
        limits.give_back({"a": THREE})
        assert taken(5) == 1


@pytest.mark.django_db
def test_a_refusal_is_news_once_in_five_minutes() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        limits.take({"a": Limit(1, 3600)})
        said = [limits.take({"a": Limit(1, 3600)}) for _ in range(3)]
        clock.shift(timedelta(minutes=6))
        said.append(limits.take({"a": Limit(1, 3600)}))
    assert [one and one.is_news for one in said] == [True, False, False, True]


@pytest.mark.django_db
def test_what_is_whole_again_for_a_day_is_forgotten() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        taken(1)
        clock.shift(timedelta(hours=23))
        assert limits.forget_whole() == 0
        clock.shift(timedelta(hours=2))
        assert limits.forget_whole() == 1


def test_a_key_tells_nothing_of_what_it_is_made_of() -> None:
    assert "rita" not in limits.key("name", "rita")
    assert limits.key("name", "rita") == limits.key("name", "rita") != limits.key("site", "rita")


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_threads_at_once_get_no_more_than_one_does() -> None:
    def one(_: int) -> bool:
        try:
            return limits.take({"a": Limit(10, 3600), "b": Limit(100, 3600)}) is None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(40))) == 10
    assert SignInLimit.objects.count() == 2
