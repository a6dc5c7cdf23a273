"""Dates in all the forms in which Teamwork Cloud writes them (REST reference, section 9)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from tcsync.sources.twc.assumptions import (
    LONGEST_MILLISECONDS,
    LONGEST_SECONDS,
    UNNAMED_ZONE_SECONDS,
)

_HOURS = {
    "UTC": 0.0,
    "GMT": 0.0,
    "Z": 0.0,
    "WET": 0.0,
    "WEST": 1.0,
    "BST": 1.0,
    "CET": 1.0,
    "CEST": 2.0,
    "EET": 2.0,
    "EEST": 3.0,
    "MSK": 3.0,
    "IST": 5.5,
    "ICT": 7.0,
    "SGT": 8.0,
    "HKT": 8.0,
    "JST": 9.0,
    "KST": 9.0,
    "AEST": 10.0,
    "AEDT": 11.0,
    "NZST": 12.0,
    "EST": -5.0,
    "EDT": -4.0,
    "CST": -6.0,
    "CDT": -5.0,
    "MST": -7.0,
    "MDT": -6.0,
    "PST": -8.0,
    "PDT": -7.0,
}
_WORDS = re.compile(
    r"[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2}) (?P<clock>\d\d:\d\d:\d\d)"
    r" (?P<zone>\S+) (?P<year>\d{4})"
)
_COMPACT = re.compile(r"(?P<date>\d{14})(?:\d{3})?(?P<zone>[A-Z]*(?:[-+]\d\d:?\d\d)?)")


def epoch_seconds(value: object) -> int | None:
    """Return a date as UTC epoch seconds, None for what is no date.

    Takes epoch seconds or milliseconds as a number or as digits, `yyyyMMddHHmmss` with or without
    milliseconds and zone, and `Mon Aug 08 13:00:13 ICT 2016`.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        value = int(value) if value.is_integer() else None
    text = str(value).strip() if isinstance(value, (int, str)) else ""
    if text.isascii() and text.isdecimal() and len(text) <= LONGEST_MILLISECONDS:
        return int(text) if len(text) <= LONGEST_SECONDS else int(text) // 1000
    try:
        return _written(text)
    except (ValueError, OverflowError):
        return None


def _written(text: str) -> int | None:
    if found := _COMPACT.fullmatch(text):
        return _seconds(datetime.strptime(found["date"] + "+0000", "%Y%m%d%H%M%S%z"), found["zone"])
    if found := _WORDS.fullmatch(text):
        plain = f"{found['year']} {found['month']} {found['day']} {found['clock']} +0000"
        return _seconds(datetime.strptime(plain, "%Y %b %d %H:%M:%S %z"), found["zone"])
    return None


def _seconds(as_utc: datetime, zone: str) -> int:
    """Return the moment at which clocks of a zone show what `as_utc` shows."""
    offset = timedelta(seconds=UNNAMED_ZONE_SECONDS)
    if zone in _HOURS:
        offset = timedelta(hours=_HOURS[zone])
    elif found := re.fullmatch(r"(?:GMT|UTC)?([-+])(\d\d):?(\d\d)", zone):
        sign = -1 if found[1] == "-" else 1
        offset = sign * timedelta(hours=int(found[2]), minutes=int(found[3]))
    moment = as_utc.replace(tzinfo=timezone(offset)).astimezone(UTC)
    return int(moment.timestamp())
