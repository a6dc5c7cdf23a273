"""What a row of the table says. Each is a file of its own, so that rows are run one by one."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from pathlib import Path

import msgspec

from benchmarks.places import FOLDER

KEPT = FOLDER / "results"


class Goal(msgspec.Struct, frozen=True):
    """What a figure has to reach: `at_least` times faster, or at most so many of the unit."""

    enough: float
    stretch: float | None = None
    is_limit: bool = False
    """Whether it is a limit of the figure itself and not a ratio to git."""

    def reached(self, row: Row) -> str:
        """Return "stretch", "enough" or "missed"."""
        figure = row.ours_median if self.is_limit else row.ratio
        if figure is None:
            return "missed"
        for word, bound in (("stretch", self.stretch), ("enough", self.enough)):
            if bound is not None and (figure <= bound if self.is_limit else figure >= bound):
                return word
        return "missed"


class Row(msgspec.Struct, frozen=True):
    """A line of the table. All figures are in `unit`, less is better; `theirs` is git's, by way."""

    name: str
    unit: str
    ours: list[float]
    theirs: dict[str, list[float]] = {}
    goal: Goal | None = None
    profile: list[str] = []
    notes: list[str] = []

    @property
    def ours_median(self) -> float:
        """The one in the middle of ours."""
        return statistics.median(self.ours)

    @property
    def better(self) -> str | None:
        """Which of git's ways took least, None where there is none."""
        ways = {name: statistics.median(figures) for name, figures in self.theirs.items()}
        return min(ways, key=lambda name: ways[name]) if ways else None

    @property
    def theirs_median(self) -> float | None:
        """The one in the middle of git's better way."""
        return None if self.better is None else statistics.median(self.theirs[self.better])

    @property
    def ratio(self) -> float | None:
        """How many times as long git takes (or as many bytes)."""
        return None if self.theirs_median is None else self.theirs_median / self.ours_median


class Result(msgspec.Struct, frozen=True):
    """The rows of one measurement, when it was made, with which commit."""

    key: str
    at: str
    commit: str
    rows: list[Row]


def save(result: Result) -> None:
    """Keep a result; an older one of the same key is replaced."""
    KEPT.mkdir(parents=True, exist_ok=True)
    scratch = _path(result.key).with_suffix(".new")
    scratch.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1))
    scratch.rename(_path(result.key))


def load(key: str) -> Result | None:
    """Return the kept result of a key, None where there is none."""
    path = _path(key)
    return msgspec.json.decode(path.read_bytes(), type=Result) if path.exists() else None


def load_all(keys: Iterable[str]) -> list[Result]:
    """Return the kept results in the order of the keys."""
    return [result for key in keys if (result := load(key)) is not None]


def _path(key: str) -> Path:
    return KEPT / f"{key}.json"
