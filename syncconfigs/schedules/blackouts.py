"""Blackout windows: days and hours by the wall clock of a time zone, in which nothing starts.

A window is written `mon-fri 08:00-18:00`: days (`mon`, `sat,sun`, `fri-mon`, `daily`), then from
and until. One that ends no later than it begins ends on the next day; `00:00-24:00` is all day.
Where the clock is put forward, hours that do not exist pass in no time; where it is put back, the
hour that comes twice belongs to a window both times.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from syncconfigs.schedules.errors import BadSchedule

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
MOST_WINDOWS = 50
_MINUTE = timedelta(minutes=1)
_WINDOW = re.compile(r"(?P<days>[a-z,\-]+)\s+(?P<begin>\d\d?:\d\d)\s*-\s*(?P<end>\d\d?:\d\d)")


@dataclass(frozen=True, slots=True)
class Window:
    """One window: the numbers of its days (0 is Monday), minutes of the day at both ends."""

    days: tuple[int, ...]
    begin: int
    end: int

    @classmethod
    def read(cls, text: str) -> Window:
        """Return the window that a line says. Raises BadSchedule."""
        found = _WINDOW.fullmatch(text.strip().lower())
        if found is None:
            raise _bad(text)
        begin, end = _minutes(found["begin"], text), _minutes(found["end"], text)
        if begin in (DAY_MINUTES, end):
            raise _bad(text)
        return cls(tuple(sorted(set(_days(found["days"], text)))), begin, end)

    def __str__(self) -> str:
        days = "daily" if len(self.days) == len(DAYS) else ",".join(_runs(self.days))
        return f"{days} {_clock(self.begin)}-{_clock(self.end)}"

    @property
    def length(self) -> int:
        """How many minutes it takes where no clock is changed."""
        return self.end - self.begin + (0 if self.end > self.begin else DAY_MINUTES)

    def minutes(self) -> Iterator[int]:
        """Yield the minutes of the week in it, Monday 00:00 being 0."""
        for day in self.days:
            start = day * DAY_MINUTES + self.begin
            yield from ((start + n) % WEEK_MINUTES for n in range(self.length))


class Blackouts:
    """Several windows together, in one time zone."""

    def __init__(self, lines: Iterable[str], zone: ZoneInfo) -> None:
        """Read the windows. Raises BadSchedule, also where no minute of the week is left."""
        self.windows = tuple(Window.read(line) for line in lines if line.strip())
        self._zone = zone
        if len(self.windows) > MOST_WINDOWS:
            raise BadSchedule(
                "blackouts", f"There are more than {MOST_WINDOWS} windows.", "Join some of them."
            )
        self._minutes = {minute for window in self.windows for minute in window.minutes()}
        if len(self._minutes) == WEEK_MINUTES:
            raise BadSchedule(
                "blackouts",
                "The blackout windows leave no minute in which anything could start.",
                "Shorten one of them, or pause the configuration instead.",
            )

    def lines(self) -> list[str]:
        """Return the windows as they are kept and shown."""
        return [str(window) for window in self.windows]

    def end(self, moment: datetime) -> datetime | None:
        """Return when the blackout around a moment ends, None where there is none."""
        if not self._is_in(moment):
            return None
        at = moment.astimezone(UTC).replace(second=0, microsecond=0)
        # After a change of the clock, what is black is read from it anew.
        while self._is_in(at):
            at += _MINUTE * self._stretch(at)
        return at

    def _is_in(self, moment: datetime) -> bool:
        return self._minute_of_week(moment) in self._minutes

    def _minute_of_week(self, moment: datetime) -> int:
        local = moment.astimezone(self._zone)
        return local.weekday() * DAY_MINUTES + local.hour * 60 + local.minute

    def _stretch(self, moment: datetime) -> int:
        """Return how many minutes in a row are in a window, until the clock is changed at most."""
        minute = self._minute_of_week(moment)
        count = 1
        while (minute + count) % WEEK_MINUTES in self._minutes:
            count += 1
        offset = self._offset(moment)
        return bisect_left(
            range(count), True, key=lambda n: self._offset(moment + n * _MINUTE) != offset
        )

    def _offset(self, moment: datetime) -> timedelta | None:
        return moment.astimezone(self._zone).utcoffset()


def _bad(text: str) -> BadSchedule:
    return BadSchedule(
        "blackouts",
        f"{text.strip()[:60]!r} is no blackout window.",
        "Write days and hours, such as mon-fri 08:00-18:00 or daily 22:00-06:00.",
    )


def _minutes(clock: str, text: str) -> int:
    hours, minutes = (int(part) for part in clock.split(":"))
    found = hours * 60 + minutes
    if minutes > 59 or found > DAY_MINUTES:  # noqa: PLR2004 - minutes of an hour
        raise _bad(text)
    return found


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _days(words: str, text: str) -> Iterator[int]:
    for word in words.split(","):
        if word == "daily":
            yield from range(len(DAYS))
            continue
        first, _dash, last = word.partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            raise _bad(text)
        begin = DAYS.index(first)
        for n in range((DAYS.index(last or first) - begin) % len(DAYS) + 1):
            yield (begin + n) % len(DAYS)


def _runs(days: tuple[int, ...]) -> Iterator[str]:
    """Yield days as words; three and more in a row as `mon-wed`."""
    at = 0
    while at < len(days):
        last = at
        while last + 1 < len(days) and days[last + 1] == days[last] + 1:
            last += 1
        if last - at > 1:
            yield f"{DAYS[days[at]]}-{DAYS[days[last]]}"
        else:
            yield from (DAYS[day] for day in days[at : last + 1])
        at = last + 1
