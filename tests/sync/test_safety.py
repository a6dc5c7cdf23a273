"""Too much renamed, moved or dropped at once is stopped; what is left of it is known again."""

from __future__ import annotations

import pytest

from tcsync.domain import Selection
from tcsync.sync.plan import make_plan
from tests.sync.situations import SPACE, copy, resource, scope, source, target


def planned(copies: int, renamed: int = 0, dropped: int = 0, **changes: object):
    """Return the plan for that many copies of which the first were renamed, the last dropped."""
    ids = [f"r{number:02}" for number in range(copies)]
    shown = ids[: copies - dropped]
    theirs = [
        resource(id_, revisions=(), **({"name": f"New {id_}"} if n < renamed else {}))
        for n, id_ in enumerate(shown)
    ]
    about = scope(
        selection=Selection(categories=(SPACE.id,)), flatten=True, owned=frozenset(ids), **changes
    )
    return make_plan(about, source(*theirs), target(*(copy(id_) for id_ in ids)))


@pytest.mark.parametrize(
    ("copies", "renamed", "dropped", "stops"),
    [(10, 3, 0, False), (10, 4, 0, True), (10, 2, 2, True), (9, 9, 0, False), (9, 0, 9, False)],
)
def test_more_than_thirty_percent_of_ten_or_more_copies_stop(copies, renamed, dropped, stops):
    assert (planned(copies, renamed, dropped).too_much is not None) == stops


def test_it_says_how_many_of_each_kind():
    found = planned(20, 5, 4).too_much
    assert (found.copies, found.renamed, found.moved, found.dropped) == (20, 5, 0, 4)
    assert "Of 20 copies 5 would be renamed, 0 moved and 4 dropped" in found.reason


def test_moved_copies_count():
    ids = [f"r{number:02}" for number in range(10)]
    here = [copy(id_, category="elsewhere") for id_ in ids]
    about = scope(selection=Selection(categories=(SPACE.id,)), flatten=True, owned=frozenset(ids))
    plan = make_plan(about, source(*(resource(id_, revisions=()) for id_ in ids)), target(*here))
    assert plan.too_much.moved == 10


def test_new_resources_are_no_change_of_copies():
    about = scope(selection=Selection(categories=(SPACE.id,)))
    assert (
        make_plan(about, source(*(resource(f"r{n}") for n in range(20))), target()).too_much is None
    )


def test_what_was_dropped_before_counts_no_more():
    released = frozenset(f"r{number:02}" for number in range(6, 10))
    assert planned(10, 0, 4, released=released).too_much is None


def test_another_change_has_another_digest_and_a_part_is_known_as_one():
    some, more = planned(10, 4).too_much, planned(10, 5).too_much
    assert some.digest != more.digest
    assert some.digest == planned(10, 4).too_much.digest
    assert some.changes < more.changes
