"""A question that somebody waits for is given up after some seconds, with a clear error."""

import pytest

from syncconfigs.connect import asked_live
from tcsync.errors import TooSlow


def test_a_source_that_takes_too_long_is_given_up(server, source):
    now = [0.0]
    with asked_live(server, seconds=5, clock=lambda: now[0]) as lent:
        source.pulse(1)
        now[0] = 6.0
        with pytest.raises(TooSlow, match="did not tell within 5 s"):
            source.pulse(0)
        assert lent.identity()


def test_nobody_is_hurried_afterwards(server, source):
    with asked_live(server, seconds=5):
        assert source.pulse is not None
    assert source.pulse is None
