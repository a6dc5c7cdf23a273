"""Random numbers that must never change, or every golden history does."""

import pytest

from tcsync.histories.invented.dice import Dice, noise


def test_a_stream_is_the_same_for_ever() -> None:
    dice = Dice(1, "golden", 7)
    assert [dice.below(1000) for _ in range(8)] == [345, 404, 242, 774, 506, 765, 684, 281]
    assert noise(4, 1, "golden").hex() == "71bf8e0b"


@pytest.mark.parametrize("limit", [1, 2, 7, 2**32])
def test_numbers_stay_below_their_limit(limit: int) -> None:
    dice = Dice("limit", limit)
    assert all(0 <= dice.below(limit) < limit for _ in range(1000))


def test_numbers_are_spread_evenly() -> None:
    dice = Dice("even")
    counts = [0] * 10
    for _ in range(10_000):
        counts[dice.below(10)] += 1
    assert all(850 < count < 1150 for count in counts)


def test_quantiles_are_met() -> None:
    dice = Dice("quantiles")
    values = sorted(dice.along((1, 10, 100, 1000, 10_000)) for _ in range(10_000))
    assert 80 <= values[5_000] <= 130
    assert values[0] >= 1
    assert values[-1] <= 10_000
