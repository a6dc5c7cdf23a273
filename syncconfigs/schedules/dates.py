"""The dates of a schedule: an interval, or a cron expression by the wall clock of a time zone.

Cron as Debian has it (cronsim): five fields; a date that the clock jumps over comes right after the
jump, one that the clock passes twice comes once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from cronsim import CronSim, CronSimError

from syncconfigs.schedules.blackouts import Blackouts
from syncconfigs.schedules.errors import BadSchedule
from syncconfigs.schedules.zones import zone_named

LONGEST_MINUTES = 366 * 24 * 60
CRON_LENGTH = 200
_CRON_FIELDS = 5
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Date:
    """A moment at which a schedule fires, and the moment at which a run may start because of it.

    They differ where the date lies in a blackout.
    """

    at: datetime
    starts: datetime

    @property
    def is_held(self) -> bool:
        """Whether it waits for the end of a blackout."""
        return self.starts != self.at


@dataclass(frozen=True)
class Schedule:
    """When to look: every so many minutes, or by a cron expression; without both there is none.

    Blackouts count without a schedule too.
    """

    every_minutes: int | None = None
    cron: str = ""
    time_zone: str = "UTC"
    blackouts: tuple[str, ...] = ()

    @property
    def has_dates(self) -> bool:
        """Whether there is an interval or an expression."""
        return self.every_minutes is not None or bool(self.cron)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is said."""
        return not self.has_dates and not self.blackouts

    @cached_property
    def windows(self) -> Blackouts:
        """The blackout windows. Raises BadSchedule."""
        return Blackouts(self.blackouts, zone_named(self.time_zone))

    def check(self) -> None:
        """Raise BadSchedule for one that cannot be followed."""
        zone_named(self.time_zone)
        self.windows  # noqa: B018 - reading it checks them
        if self.every_minutes is not None and self.cron:
            raise BadSchedule(
                "cron",
                "There are an interval and a cron expression.",
                "Leave one of the two empty.",
            )
        if self.every_minutes is not None and not 1 <= self.every_minutes <= LONGEST_MINUTES:
            raise BadSchedule(
                "every_minutes",
                f"An interval of {self.every_minutes} minutes is not possible.",
                f"Choose 1 to {LONGEST_MINUTES} minutes.",
            )
        if self.cron and next(self._cron_dates(_EPOCH), None) is None:
            raise BadSchedule("cron", f"{self.cron!r} never comes.", "Choose dates that exist.")

    def next_after(self, moment: datetime) -> datetime | None:
        """Return the first date after a moment, in UTC; None without dates.

        Intervals are counted from the epoch, so that nobody has to remember when they began.
        """
        if self.every_minutes is not None:
            step = timedelta(minutes=self.every_minutes)
            return _EPOCH + ((moment - _EPOCH) // step + 1) * step
        return next(self._cron_dates(moment), None) if self.cron else None

    def following(self, moment: datetime, count: int = 3) -> list[Date]:
        """Return the next dates after a moment, in the schedule's time zone."""
        found: list[Date] = []
        zone = zone_named(self.time_zone)
        at = self.next_after(moment)
        while at is not None and len(found) < count:
            starts = self.windows.end(at) or at
            found.append(Date(at.astimezone(zone), starts.astimezone(zone)))
            at = self.next_after(at)
        return found

    def free_from(self, moment: datetime) -> datetime | None:
        """Return when the blackout around a moment ends, None where there is none."""
        return self.windows.end(moment) if self.blackouts else None

    def _cron_dates(self, moment: datetime) -> Iterator[datetime]:
        if len(self.cron.split()) != _CRON_FIELDS or len(self.cron) > CRON_LENGTH:
            raise self._bad_cron("it has five fields: minute, hour, day, month, day of the week")
        zone = zone_named(self.time_zone)
        try:
            for date in CronSim(self.cron, moment.astimezone(zone)):
                yield date.astimezone(UTC)
        except CronSimError as error:
            raise self._bad_cron(str(error)) from error

    def _bad_cron(self, why: str) -> BadSchedule:
        return BadSchedule(
            "cron",
            f"{self.cron[:60]!r} is no cron expression: {why}.",
            "Write, for instance, 30 2 * * mon-fri for 02:30 on working days.",
        )

    def __str__(self) -> str:
        if self.every_minutes is not None:
            return f"every {self.every_minutes} min"
        return f"{self.cron} ({self.time_zone})" if self.cron else ""


def read(
    every_minutes: int | None, cron: str, time_zone: str, blackouts: Iterable[str]
) -> Schedule:
    """Return the schedule that these say, in the form in which it is kept. Raises BadSchedule."""
    windows = Blackouts(blackouts, zone_named(time_zone))
    said = " ".join(cron.split())
    schedule = Schedule(every_minutes, said, time_zone, tuple(windows.lines()))
    schedule.check()
    return schedule
