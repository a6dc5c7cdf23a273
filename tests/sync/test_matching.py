"""Which resources are compared, and where they lie."""

from __future__ import annotations

from tcsync.domain import Category, Selection
from tcsync.sync.matching import match, missing
from tests.sync.situations import ENGINES, SPACE, copy, resource, source, target


def ids(found):
    return [(m.one and m.one.id, m.other and m.other.id) for m in found]


def test_everything_of_both_sides_is_compared_without_a_selection():
    found = match(source(resource("r1"), resource("r2")), target(copy("r2"), copy("r3")), None)
    assert ids(found) == [("r1", None), ("r2", "r2"), (None, "r3")]


def test_a_category_is_compared_with_all_below_it_and_nothing_else():
    inside = resource("r1", category=ENGINES.id)
    outside = resource("r2", category="elsewhere")
    picked = Selection(categories=(SPACE.id,))
    found = match(source(inside, outside), target(copy("r1"), copy("r9")), picked)
    assert ids(found) == [("r1", "r1")]
    assert found[0].one_place == ("Space", "Engines")


def test_places_are_told_from_the_picked_category_down():
    inside = resource("r1", category=ENGINES.id)
    shown = source(inside)
    assert match(shown, target(), Selection(categories=(ENGINES.id,)))[0].one_place == ("Engines",)
    assert match(shown, target(), Selection(resources=("r1",)))[0].one_place is None


def test_a_resource_with_another_id_is_found_by_its_project_id():
    twin = copy("r8", project_id="PROJECT-r1")
    assert ids(match(source(resource("r1")), target(twin), None)) == [("r1", "r8")]


def test_a_project_id_that_two_have_matches_neither():
    twins = (copy("r8", project_id="PROJECT-r1"), copy("r9", project_id="PROJECT-r1"))
    found = match(source(resource("r1")), target(*twins), Selection(resources=("r1",)))
    assert ids(found) == [("r1", None)]


def test_a_removed_resource_is_absent():
    found = match(source(resource("r1")), target(copy("r1", removed=True)), None)
    assert ids(found) == [("r1", None)]


def test_chosen_ids_that_the_first_side_does_not_show_are_named():
    chosen = Selection(resources=("r1", "ghost"), categories=(SPACE.id, "nowhere"))
    assert missing(source(resource("r1")), chosen) == ("ghost", "nowhere")


def test_a_circle_of_categories_ends():
    circle = (Category("a", "A", "b"), Category("b", "B", "a"))
    shown = source(resource("r1", category="a"), categories=circle)
    assert match(shown, target(), None)[0].one_place == ("B", "A")
