"""The sample world behind a running stand-in, and somebody who is logged in there."""

from pathlib import Path

import pytest

from tests.fakes.standin.asking import Client
from tests.fakes.twc import StandIn
from tests.fakes.twc.samples import sample

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def world():
    return sample()


@pytest.fixture
def rover(world):
    return world.resource("Rover")


@pytest.fixture
def server(world):
    with StandIn(world) as running:
        yield running


@pytest.fixture
def client(server):
    with Client(server) as one:
        assert one.login() == 204
        yield one


@pytest.fixture(scope="session")
def recorded():
    """Return the folder of recorded answers beside the project."""
    folder = ROOT.parent / "shared" / "teamwork-cloud" / "recorded"
    if not folder.is_dir():
        pytest.skip("../shared/teamwork-cloud/recorded is not there")
    return folder
