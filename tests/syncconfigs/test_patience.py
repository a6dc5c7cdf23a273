"""A question that somebody waits for is given up after some seconds, with a clear error."""

import pytest

from syncconfigs.configurations.deciding import patience_of
from syncconfigs.connect import asked_live
from syncconfigs.connect.patience import SECONDS
from tcsync.errors import TooSlow
from tests.syncconfigs.conftest import OPERATOR


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


def test_a_command_has_all_the_time_it_needs(server, source):
    now = [0.0]
    with asked_live(server, seconds=None, clock=lambda: now[0]):
        now[0] = 1_000_000.0
        source.pulse(0)


def test_pages_are_hurried_and_commands_are_not(carol):
    assert patience_of(carol) == SECONDS
    assert patience_of(OPERATOR) is None
