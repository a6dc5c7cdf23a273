"""Rover and Probe as copies that configuration Space follows, and a local resource beside them."""

from __future__ import annotations

import pytest

from syncconfigs.models import SyncConfig
from tests.repository.histories import History
from tests.syncconfigs.runs.working import synchronize


@pytest.fixture
def followed(config: SyncConfig) -> SyncConfig:
    """The configuration, after its first run."""
    synchronize(config)
    History("mine").commit(1, None, {"m": {"v": 1}})
    return config


@pytest.fixture
def free(followed: SyncConfig) -> None:
    """Nobody owns the copies any more: their configuration was deleted."""
    followed.delete()
