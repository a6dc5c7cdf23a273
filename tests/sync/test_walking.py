"""Full walks of a head: what differs from the copy is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tcsync.errors import Cancelled
from tcsync.repository.states import History as Held
from tcsync.sync.walking import NAMED, walk_head
from tests.fakes.telling_source import TellingSource
from tests.repository.histories import History, element

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def source() -> TellingSource:
    """A resource with two elements and an artifact, told exactly as it is here."""
    made = History("rover")
    made.commit(1, None, {"a": {"v": 1}, "b": {"v": 1}}, artifacts={"d1": b"one"})
    made.commit(2, 1, {"a": {"v": 2}})
    return TellingSource()


def walk(source: TellingSource):
    return walk_head(source, "rover", 2, lambda _resource: None)


def test_an_equal_head_differs_in_nothing(source):
    walked = walk(source)
    assert (walked.elements, walked.artifacts, walked.differing, walked.found) == (2, 1, 0, ())


def test_what_is_only_there_only_here_or_another_is_named(source):
    source.states["rover", 2] = {"a": element("a", v=3), "c": element("c", v=1)}
    assert walk(source).found == (
        "element a has other contents at the source",
        "element b is here and not at the source",
        "element c is at the source and not here",
    )


def test_artifacts_are_compared_by_name_and_size(source):
    ref = source.manifests["rover", 2]["d1"]
    source.manifests["rover", 2] = {"d1": replace(ref, size=9), "d2": replace(ref, id="d2")}
    assert walk(source).found == (
        "artifact d1.png (d1) has another name or size at the source",
        "artifact d1.png (d2) is at the source and not here",
    )
    del source.manifests["rover", 2]
    source.manifests["rover", 2] = {}
    assert walk(source).found == ("artifact d1.png (d1) is here and not at the source",)


def test_many_differences_are_counted_and_the_first_of_them_named(source):
    source.states["rover", 2] |= {f"n{i:03}": element(f"n{i:03}", v=1) for i in range(100)}
    walked = walk(source)
    assert (walked.differing, len(walked.found)) == (100, NAMED)


def test_a_walk_ends_where_the_run_does(source):
    def stop(_resource: str) -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        walk_head(source, "rover", 2, stop)


def test_a_walk_changes_nothing(source):
    before = dict(Held("rover").elements(2))
    source.states["rover", 2] = {}
    walk(source)
    assert dict(Held("rover").elements(2)) == before
