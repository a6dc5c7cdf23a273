"""Dates in all forms that servers were seen to write."""

from __future__ import annotations

import pytest

from tcsync.sources.twc.dates import epoch_seconds


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (1600257292, 1600257292),
        (0, 0),
        ("1533051367", 1533051367),
        (1600257292123, 1600257292),
        ("1600257292123", 1600257292),
        ("20180713082509555", 1531470309),
        ("20180713082509", 1531470309),
        ("Mon Aug 08 13:00:13 ICT 2016", 1470636013),
        ("Tue Aug  9 13:00:13 UTC 2016", 1470747613),
        ("20200916053059PDT", 1600259459),
        ("20200916123059UTC", 1600259459),
        ("20200916143059GMT+02:00", 1600259459),
        ("20200916123059XYZ", 1600259459),
    ],
)
def test_every_form_is_the_same_moment(written, seconds):
    assert epoch_seconds(written) == seconds


@pytest.mark.parametrize(
    "written", [None, True, "", "soon", "20181313082509", -5, "-5", 1.5, [], {}, "9" * 40]
)
def test_what_is_no_date_is_none(written):
    assert epoch_seconds(written) is None
