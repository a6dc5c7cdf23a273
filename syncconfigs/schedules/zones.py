"""Time zones by their names in the IANA database, such as Europe/Berlin."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from syncconfigs.schedules.errors import BadSchedule


@cache
def zone_names() -> tuple[str, ...]:
    """Return the names that are known, in order; those that only say where files lie are none."""
    return tuple(sorted(available_timezones() - {"localtime", "posixrules", "Factory"}))


def zone_named(name: str) -> ZoneInfo:
    """Return a zone. Raises BadSchedule."""
    if name not in zone_names():
        raise BadSchedule(
            "time_zone",
            f"There is no time zone {name!r}.",
            "Name one as the IANA does, such as UTC, Europe/Berlin or America/New_York.",
        )
    return ZoneInfo(name)
