"""A folder for spans."""

from __future__ import annotations

import pytest


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "shelf"
    made.mkdir()
    return made
