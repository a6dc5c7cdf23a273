"""A stand-in with one of everything, and sessions that end with the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tcsync.sources.twc import Sessions, TwcSource
from tests.fakes.twc import StandIn, World
from tests.fakes.twc.samples import sample
from tests.sources.twc.connecting import Clock, connect


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Iterator[Sessions]:
    made = Sessions(clock=clock)
    yield made
    made.close()


@pytest.fixture
def world() -> World:
    return sample()


@pytest.fixture
def server(world: World) -> Iterator[StandIn]:
    with StandIn(world) as running:
        yield running


@pytest.fixture
def source(server: StandIn, sessions: Sessions, clock: Clock) -> Iterator[TwcSource]:
    with connect(server, sessions, clock=clock) as made:
        yield made
        # Before the server goes, so that it is asked to log out.
        sessions.close()
