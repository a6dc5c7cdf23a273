"""Differences of two revisions in parts: nothing twice, nothing left out."""

from __future__ import annotations

import pytest

from tcsync.domain import ArtifactRef
from tcsync.errors import Missing
from tcsync.repository.browsing import (
    ArtifactChange,
    AttributeChange,
    ElementChange,
    Outline,
    artifact_changes,
    changes,
)
from tests.repository.browsing.models import Model, fresh, stored
from tests.repository.histories import History

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_each_element_is_said_to_be_added_edited_or_removed():
    model = Model()
    model.write(1, None, {"a": stored("a", name="A"), "b": stored("b"), "c": stored("c")})
    model.write(2, 1, {"a": stored("a", name="Z"), "d": stored("d", name="D")}, removes=["b"])
    found = changes(fresh(), 1, 2)
    edited = (AttributeChange("name", "A", "Z"),)
    assert found.after is None
    assert found.changes == (
        ElementChange(Outline("a", "a:B", "Z", None, 0), "edited", edited, truncated=False),
        ElementChange(Outline("b", "a:B", None, None, 0), "removed", (), truncated=False),
        ElementChange(Outline("d", "a:B", "D", None, 0), "added", (), truncated=False),
    )


@pytest.fixture
def two_hundred() -> dict[str, str]:
    """Return what differs between 1 and 3; between 2 and 5 nothing does."""
    model, ids = Model(), [f"{n:03}" for n in range(200)]
    model.write(1, None, {id_: stored(id_) for id_ in ids})
    kept = {id_: stored(id_, name="x") for id_ in ids if int(id_) % 3}
    model.write(2, 1, kept, removes=ids[::3])
    model.write(3, 2, {"new": stored("new")})
    model.write(4, 3, {id_: stored(id_, name="y") for id_ in kept}, removes=["new"])
    model.write(5, 4, kept)
    return {id_: "edited" if int(id_) % 3 else "removed" for id_ in ids} | {"new": "added"}


def through(before: int | None, after: int, **bounds: float) -> list[tuple[str, str]]:
    found, cursor = [], ""
    while cursor is not None:
        part = changes(fresh(), before, after, cursor, **bounds)
        found += [(one.outline.id, one.operation) for one in part.changes]
        cursor = part.after
    return found


BOUNDS = [{}, {"limit": 7}, {"limit": 1}, {"seconds": -1}, {"seconds": -1, "limit": 150}]


@pytest.mark.parametrize("bounds", BOUNDS)
def test_a_difference_in_parts_is_the_whole_difference(two_hundred, bounds):
    assert through(1, 3, **bounds) == list(two_hundred.items())
    back = {"added": "removed", "removed": "added", "edited": "edited"}
    assert through(3, 1, **bounds) == [(id_, back[op]) for id_, op in two_hundred.items()]
    assert through(2, 5, **bounds) == []


@pytest.mark.parametrize("bounds", BOUNDS)
def test_against_nothing_everything_was_added(two_hundred, bounds):
    here = [id_ for id_, operation in two_hundred.items() if operation != "removed"]
    assert through(None, 3, **bounds) == [(id_, "added") for id_ in here]
    assert sorted(id_ for id_, _body in fresh().elements(3)) == here


def test_a_part_without_time_comes_back_with_a_cursor(two_hundred):
    part = changes(fresh(), 2, 5, seconds=-1)
    assert part.changes == ()
    assert part.after is not None


@pytest.mark.parametrize("cursor", ["\ud800", "\0", "zzz", "9" * 1_000])
def test_a_cursor_that_we_never_gave_leads_on_or_to_the_end(two_hundred, cursor):
    assert len(changes(fresh(), 1, 3, cursor, limit=300).changes) <= len(two_hundred)


@pytest.mark.parametrize(("before", "after"), [(1, 7), (7, 1), (None, 7), (0, 1)])
def test_a_revision_that_does_not_exist_is_missing(two_hundred, before, after):
    with pytest.raises(Missing):
        changes(fresh(), before, after)
    with pytest.raises(Missing):
        artifact_changes(fresh(), before, after)


def test_artifacts_are_compared_by_their_manifest():
    resource = History("r1")
    resource.commit(1, None, artifacts={"a": b"1", "b": b"2"})
    resource.commit(2, 1, artifacts={"a": b"11", "b": None, "c": b"3"})
    old, new = fresh().artifacts(1), fresh().artifacts(2)
    assert artifact_changes(fresh(), 1, 2) == (
        ArtifactChange("a", "edited", old[0], new[0]),
        ArtifactChange("b", "removed", old[1], None),
        ArtifactChange("c", "added", None, new[1]),
    )
    assert artifact_changes(fresh(), None, 1)[0] == ArtifactChange("a", "added", None, old[0])
    assert isinstance(old[0], ArtifactRef)
