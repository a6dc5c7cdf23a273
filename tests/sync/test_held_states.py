"""Taking in told revisions: what was taken in or looked up is not read again."""

from __future__ import annotations

import pytest

from tcsync.packs import Kind
from tcsync.repository.writing import HistoryBatch
from tcsync.sync.telling import HeldStates
from tests.repository.histories import History, element

pytestmark = pytest.mark.django_db(transaction=True)

OLD, NEW = element("a", "m"), element("a", "n")


@pytest.fixture
def states() -> HeldStates:
    rover = History("rover")
    puts = {"a": {"owner": "m"}, "b": {"v": 2}}
    rover.commit(1, None, puts, artifacts={"d": b"x"})
    rover.commit(2, 1, {"a": {"owner": "n"}})
    batch = HistoryBatch(copies=True)
    return HeldStates(lambda: batch)


def cut(data_folder) -> None:
    """Let every further read fail."""
    for segment in (data_folder / "segments").iterdir():
        segment.unlink()


def test_the_owners_of_what_exists_are_told(states):
    assert states.owners("rover", 1, ["a", "b", "ghost"]) == {"a": "m", "b": None}


def test_what_was_looked_up_is_compared_without_being_read_again(states, data_folder):
    states.owners("rover", 1, ["a", "b", "ghost"])
    cut(data_folder)
    bodies = {"a": OLD, "b": None, "ghost": OLD}
    assert states.recalled("rover").compared(1, bodies) == {"a": True, "b": False}


def test_the_others_are_read(states):
    states.owners("rover", 1, ["b"])
    assert states.recalled("rover").compared(1, {"a": NEW, "b": None}) == {"a": False, "b": False}


def test_elements_of_another_revision_are_not_taken_for_these(states):
    states.owners("rover", 1, ["a"])
    assert states.owners("rover", 2, ["a"]) == {"a": "n"}
    assert states.recalled("rover").compared(2, {"a": NEW}) == {"a": True}


def test_elements_of_another_resource_are_not_taken_for_these(states):
    History("probe").commit(1, None, {"a": {"owner": "p"}})
    assert states.owners("rover", 1, ["a"]) == {"a": "m"}
    assert states.owners("probe", 1, ["a"]) == {"a": "p"}
    assert states.owners("rover", 1, ["a"]) == {"a": "m"}


def test_artifacts_are_no_elements(states):
    states.owners("rover", 1, ["d"])
    assert states.recalled("rover").compared(1, {"d": b"other"}, Kind.ARTIFACT) == {"d": False}


def test_the_manifest_of_a_revision_that_was_asked_for_is_not_read_again(states, data_folder):
    read = states.artifacts("rover", 1)
    cut(data_folder)
    assert states.artifacts("rover", 1) == read
    assert [ref.name for ref in read.values()] == ["d.png"]
