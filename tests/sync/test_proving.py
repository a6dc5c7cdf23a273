"""Full comparisons of single revisions: elements as in a walk, artifacts by their bytes."""

from __future__ import annotations

import pytest

from tcsync.sync.proving import compare_revision
from tests.fakes.telling_source import TellingSource
from tests.repository.histories import History, element

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def source() -> TellingSource:
    """A resource with an element and an artifact in two revisions, told exactly as it is here."""
    made = History("rover")
    made.commit(1, None, {"a": {"v": 1}}, artifacts={"d1": b"one"})
    made.commit(2, 1, {"a": {"v": 2}})
    return TellingSource()


def compare(source: TellingSource, number: int):
    return compare_revision(source, "rover", number, lambda _resource: None)


@pytest.mark.parametrize("number", [1, 2])
def test_every_artifact_of_every_revision_is_fetched(source, number):
    done = compare(source, number)
    assert (done.elements, done.artifacts, done.artifact_bytes, done.differing) == (1, 1, 3, 0)
    assert source.fetched == [("rover", number, "d1")]


def test_other_bytes_of_the_same_size_are_found(source):
    (digest,) = source.blobs
    source.blobs[digest] = b"two"
    assert compare(source, 2).found == ("artifact d1.png (d1) has other bytes at the source",)


def test_what_a_walk_finds_is_found_once(source):
    source.states["rover", 1] = {"a": element("a", v=7)}
    source.manifests["rover", 1] = {}
    done = compare(source, 1)
    assert (done.differing, len(done.found), done.artifact_bytes) == (2, 2, 0)
