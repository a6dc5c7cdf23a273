"""Comparing one resource of two sides: a table of situations."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tcsync.domain import Branch, Tag
from tcsync.sync.histories import Judgement, compare_seen
from tcsync.sync.marks import Mark, holes_text, listed
from tests.sync.seeing import DAY, NOW, PATIENT, chain, kinds, mark, renumbering, seen

TRUNK = Branch("trunk", "trunk", None, 3)
SIDE = Branch("side", "side", 1, 2)
V1 = Tag("t1", "v1", 2)
HISTORY = chain(1, 2, 3)
SHORT = chain(1, 2)


def changed(number: int, **values: object) -> dict[int, Mark]:
    return {**HISTORY, number: replace(HISTORY[number], **values)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (seen(HISTORY), seen(HISTORY), []),
        (seen({}), seen({}), []),
        (seen(HISTORY), seen(SHORT), ["behind", "head"]),
        (seen(SHORT), seen(HISTORY), ["behind", "head"]),
        (seen(HISTORY), seen(chain(1, 3), branches=(TRUNK,)), ["revision", "rewritten"]),
        (seen(HISTORY), seen({}), ["behind", "head"]),
        (seen(HISTORY), seen(changed(2, message="other")), ["rewritten"]),
        (seen(HISTORY), seen(changed(3, parent=1)), ["rewritten"]),
        (seen(HISTORY), seen(changed(3, branch="side")), ["rewritten"]),
        (seen(HISTORY), seen(changed(2, author="ada.b")), ["author"]),
        (seen(HISTORY), seen(HISTORY, name="Lander"), ["name"]),
        (seen(HISTORY), seen(HISTORY, project_id="P"), ["Project ID"]),
        (seen(HISTORY), seen(HISTORY, id="r2"), ["Resource ID"]),
        (seen(HISTORY), seen(HISTORY, description="new"), ["description"]),
        (seen(HISTORY), seen(HISTORY, trunk="side"), ["trunk"]),
        (seen(HISTORY), seen(HISTORY, branches=(TRUNK, SIDE)), ["branch"]),
        (seen(HISTORY, branches=(TRUNK, SIDE)), seen(HISTORY), ["branch"]),
        (seen(HISTORY), seen(HISTORY, branches=(replace(TRUNK, archived=True),)), ["branch"]),
        (seen(HISTORY), seen(HISTORY, branches=(replace(TRUNK, head=2),)), ["head"]),
        (seen(HISTORY), seen(HISTORY, tags=(V1,)), ["tag"]),
        (seen(HISTORY, tags=(V1,)), seen(HISTORY, tags=(replace(V1, revision=3),)), ["tag"]),
        (seen(HISTORY), seen({}, fault="Two branches are one."), ["answer"]),
    ],
)
def test_what_differs_is_named_by_its_kind(one, other, expected):
    assert kinds(one, other) == expected


def test_a_copy_that_is_behind_for_long_has_stopped():
    later = Judgement(NOW + 2 * DAY, DAY)
    assert kinds(seen(HISTORY), seen(SHORT), later) == ["stopped", "head"]


def test_what_is_missing_and_since_when_is_said_on_each_side():
    (found, _head) = compare_seen(seen(HISTORY), seen(SHORT), PATIENT)
    assert found.theirs.startswith("has 3, the oldest of 2023-11-14")
    assert found.ours.startswith("nothing since 2023-11-14")


def test_a_renumbered_copy_is_one_difference_and_not_many():
    history = chain(1, 4, 7)
    there = seen(renumbering(history), tags=(replace(V1, revision=2),))
    found = compare_seen(seen(history, tags=(replace(V1, revision=4),)), there, PATIENT)
    assert [str(one.kind) for one in found] == ["renumbered"]
    assert (found[0].theirs, found[0].ours) == ("4, 7", "2-3")


def test_a_renumbered_copy_that_is_behind_too_says_both():
    history = chain(1, 4, 7)
    there = renumbering({n: history[n] for n in (1, 4)})
    assert kinds(seen(history), seen(there)) == ["renumbered", "behind", "head"]


def test_equal_traces_are_paired_in_their_order():
    same = {"time": NOW, "message": ""}
    one = {1: mark(1), 5: mark(5, 1, **same), 6: mark(6, 5, **same)}
    other = {1: mark(1), 2: mark(5, 1, **same), 3: mark(6, 2, **same)}
    assert kinds(seen(one), seen(other)) == ["renumbered"]


def test_what_the_source_deleted_as_housekeeping_is_no_difference():
    here = seen(HISTORY, branches=(TRUNK, SIDE), gone_branches=("side",), gone_revisions=(2,))
    shorter = {n: HISTORY[n] for n in (1, 3)}
    assert kinds(seen(shorter), here) == []
    assert kinds(here, seen(shorter)) == []


def test_other_content_is_found_by_digests_at_the_revision_where_it_begins():
    one, other = chain(1, 2, 3, digests=True), chain(1, 2, 3, digests=True)
    for number in (2, 3):
        other[number] = replace(other[number], digest=f"other {number}")
    (found,) = compare_seen(seen(one), seen(other), PATIENT)
    assert (str(found.kind), found.subject) == ("content", "1 revision: 2")


def test_a_side_without_digests_promises_no_content():
    assert kinds(seen(chain(1, 2, digests=True)), seen(chain(1, 2))) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("Space",), ("Copies", "Space"), []),
        (("Space", "Engines"), ("Copies", "Space"), ["category"]),
        (None, ("Copies",), []),
        (("Space",), ("Other",), ["category"]),
    ],
)
def test_a_copy_may_lie_below_a_category_of_the_target(one, other, expected):
    assert kinds(seen(HISTORY, place=one), seen(HISTORY, place=other)) == expected


def test_many_revisions_are_one_difference():
    many = chain(*range(1, 1001))
    other = {n: replace(one, message="x") for n, one in many.items()}
    (found,) = compare_seen(seen(many), seen(other), PATIENT)
    assert found.subject == "1,000 revisions: 1-1000"


def test_holes_are_told_as_ranges():
    assert holes_text(chain(2, 3, 6)) == "1, 4-5"
    assert listed([5, 1, 2]) == "1-2, 5"
