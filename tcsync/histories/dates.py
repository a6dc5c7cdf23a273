"""Dates of history records: ISO 8601 texts with an offset, split into an instant and the offset."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tcsync.errors import HistoryError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)


def parse_date(text: str) -> tuple[int, int]:
    """Return (UTC epoch seconds, UTC offset in minutes); fractions of a second are cut off.

    Raises HistoryError for anything but a date and time with an offset of whole minutes.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise HistoryError(f"'{text[:80]}' is not an ISO 8601 date and time.") from error
    offset = moment.utcoffset()
    if offset is None or offset % _MINUTE:
        raise HistoryError(f"the date '{text[:80]}' has no UTC offset of whole minutes.")
    return (moment - _EPOCH) // _SECOND, offset // _MINUTE
