"""Schedules: when automatic synchronizations start. Pure: no database, and the clock is handed in.

A **schedule** is an interval or a cron expression, a **date** one of the moments at which it fires,
a **blackout window** days and hours of a week in which nothing starts. Hours and days are those of
the wall clock in the schedule's time zone.
"""

from syncconfigs.schedules.blackouts import Blackouts
from syncconfigs.schedules.dates import LONGEST_MINUTES, Date, Schedule, read
from syncconfigs.schedules.errors import BadSchedule
from syncconfigs.schedules.zones import zone_named, zone_names

__all__ = [
    "LONGEST_MINUTES",
    "BadSchedule",
    "Blackouts",
    "Date",
    "Schedule",
    "read",
    "zone_named",
    "zone_names",
]
