"""Random numbers that depend on their seed alone, not on the machine or the version of Python."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")
_MASK = 2**64 - 1
# Knuth's MMIX generator; its low bits are weak, so only the high 32 are used.
_FACTOR = 6_364_136_223_846_793_005
_STEP = 1_442_695_040_888_963_407


class Dice:
    """A stream of random numbers; equal seeds (texts and numbers) give equal streams."""

    __slots__ = ("_state",)

    def __init__(self, *seed: str | int) -> None:
        text = "/".join(map(str, seed)).encode()
        self._state = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")

    def below(self, limit: int) -> int:
        """Return a number from 0 to limit - 1; limit is at most 2**32."""
        self._state = (self._state * _FACTOR + _STEP) & _MASK
        return (self._state >> 32) * limit >> 32

    def between(self, low: int, high: int) -> int:
        """Return a number from low to high, both included."""
        return low + self.below(high - low + 1)

    def percent(self, chance: int) -> bool:
        """Return True in `chance` of 100 cases."""
        return self.below(100) < chance

    def pick(self, values: Sequence[_T]) -> _T:
        """Return one of the values."""
        return values[self.below(len(values))]

    def along(self, quantiles: Sequence[int]) -> int:
        """Return a number of the distribution with these quantiles, evenly spaced from 0 to 1."""
        place = self.below(len(quantiles) - 1)
        return self.between(quantiles[place], quantiles[place + 1])


def noise(length: int, *seed: str | int) -> bytes:
    """Return bytes that no compressor makes smaller."""
    return hashlib.shake_128("/".join(map(str, seed)).encode()).digest(length)
