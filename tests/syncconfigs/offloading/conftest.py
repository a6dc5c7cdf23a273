"""Offloadings of a node and of a Teamwork Cloud, and working on the runs that they ask for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from syncconfigs import offloading, runs
from syncconfigs.models import Offloading, SyncRun
from tests.syncconfigs.conftest import OPERATOR
from tests.syncconfigs.runs.test_proving import cloud, told  # noqa: F401 - fixtures


@pytest.fixture
def work() -> Callable[[], None]:
    """Work on what was asked for, as the queue would."""

    def worked() -> None:
        for run in SyncRun.objects.filter(state__in=SyncRun.ACTIVE):
            runs.execute(run.pk)

    return worked


def compared(begun: Offloading, work: Callable[[], None]) -> Offloading:
    """Take the steps up to the comparison."""
    offloading.synchronize(OPERATOR, begun)
    work()
    offloading.freeze(OPERATOR, begun, "Bodo, this morning")
    offloading.compare(OPERATOR, begun)
    work()
    return begun


@pytest.fixture
def of_node(config, work) -> Offloading:
    """Space of a node, compared and found equal."""
    return compared(offloading.begin(OPERATOR, config), work)


@pytest.fixture
def of_cloud(told, work) -> Offloading:  # noqa: F811 - the fixture
    """Rover and Probe of a Teamwork Cloud, compared and found equal."""
    return compared(offloading.begin(OPERATOR, told), work)
