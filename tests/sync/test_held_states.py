"""Taking in told revisions: what a source asked for is not read twice."""

from __future__ import annotations

import pytest

from tcsync.packs import Kind
from tcsync.repository.writing import HistoryBatch
from tcsync.sync.telling import HeldStates
from tests.repository.histories import History

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def states() -> HeldStates:
    rover = History("rover")
    rover.commit(1, None, {"a": {"v": 1}, "b": {"v": 2}}, artifacts={"d": b"x"})
    rover.commit(2, 1, {"a": {"v": 3}})
    batch = HistoryBatch(copies=True)
    return HeldStates(lambda: batch)


def cut(data_folder) -> None:
    """Let every further read fail."""
    for segment in (data_folder / "segments").iterdir():
        segment.unlink()


def test_bodies_that_a_source_asked_for_are_not_read_again(states, data_folder):
    told = states.elements("rover", 1, ["a", "ghost"])
    cut(data_folder)
    assert states.recalled("rover", 1).get_many(1, ["a", "ghost"]) == told
    assert set(told) == {"a"}


def test_the_others_are_read(states):
    states.elements("rover", 1, ["a"])
    assert set(states.recalled("rover", 1).get_many(1, ["a", "b"])) == {"a", "b"}


def test_bodies_of_another_revision_are_not_taken_for_these(states):
    before = states.elements("rover", 1, ["a"])
    assert states.recalled("rover", 2).get_many(2, ["a"]) != before
    assert states.recalled("rover", 1).get_many(2, ["a"]) != before


def test_artifacts_are_no_elements(states):
    states.elements("rover", 1, ["d"])
    assert set(states.recalled("rover", 1).get_many(1, ["d"], Kind.ARTIFACT)) == {"d"}
