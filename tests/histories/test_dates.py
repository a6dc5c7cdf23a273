"""Dates of records: instant and offset."""

import pytest

from tcsync.errors import HistoryError
from tcsync.histories.dates import parse_date


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1970-01-01T00:00:00+00:00", (0, 0)),
        ("2011-02-06T13:16:24Z", (1_296_998_184, 0)),
        ("2021-01-15T17:37:53+05:30", (1_610_712_473, 330)),
        ("2013-07-15T10:30:45-07:00", (1_373_909_445, -420)),
        ("1969-12-31T23:59:59.900+00:00", (-1, 0)),
    ],
)
def test_a_date_becomes_epoch_seconds_and_its_offset(text: str, parts: tuple[int, int]) -> None:
    assert parse_date(text) == parts


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2021-01-15", "2021-01-15T17:37:53", "2021-02-30T00:00:00Z"]
)
def test_a_text_without_date_time_and_offset_is_refused(text: str) -> None:
    with pytest.raises(HistoryError):
        parse_date(text)
