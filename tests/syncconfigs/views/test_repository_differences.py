"""The difference of two revisions."""

import pytest

from tests.syncconfigs.views.looking import (
    AT_1,
    AT_2,
    DIFFERENCE,
    Writer,
    damage,
    part,
    write_rover,
)

HTMX = {"HX-Request": "true"}


@pytest.fixture
def rover(world):
    return write_rover(world.avionics)


def changes(answer):
    found = [one.change for one in answer.context["part"].changed]
    return {(change.outline.id, change.operation) for change in found}


def test_what_was_added_edited_and_removed_is_named_and_counted(reviewer, rover):
    answer = reviewer.get(DIFFERENCE, {"before": 1, "after": 2})
    expected = {("n", "added"), ("b", "edited"), ("m", "edited"), ("w2", "removed")}
    assert changes(answer) == expected
    counts = answer.context["counts"]
    assert (counts.added, counts.edited, counts.removed) == (1, 2, 1)


def test_an_edited_element_shows_each_attribute_before_and_after(reviewer, rover):
    answer = reviewer.get(DIFFERENCE, {"before": 1, "after": 2, "element": "b"})
    (one,) = answer.context["part"].changed
    (row,) = one.rows
    assert (row.path, row.before.text, row.after.text) == ("attrs.mass", "10", "12")
    assert "One element only." in answer.text


def test_elements_lead_to_the_side_on_which_they_are(reviewer, rover):
    text = reviewer.get(DIFFERENCE, {"before": 1, "after": 2}).text
    assert f'href="{AT_1.format("element/")}?id=w2"' in text
    assert f'href="{AT_2.format("element/")}?id=n"' in text


def test_ids_in_attributes_are_shown_with_the_name_of_what_they_are(reviewer, world):
    id_ = "11111111-2222-4333-8444-555555555555"
    writer = Writer("ids", world.avionics)
    writer.write(1, None, {"e": part("e", "E"), id_: part(id_, "Target")})
    writer.write(2, 1, {"e": part("e", "E", refs={"to": {"@id": id_}})})
    text = reviewer.get("/repository/difference/ids/", {"before": 1, "after": 2}).text
    assert ">Target</a>" in text


def test_revisions_of_two_branches_can_be_compared(reviewer, rover):
    answer = reviewer.get(DIFFERENCE, {"before": 2, "after": 4})
    expected = {"n": "removed", "b": "edited", "m": "edited", "w1": "edited", "w2": "added"}
    assert dict(changes(answer)) == expected
    counts = answer.context["counts"]
    assert (counts.added, counts.edited, counts.removed) == (1, 3, 1)


def test_swapping_the_sides_turns_it_round(reviewer, rover):
    answer = reviewer.get(DIFFERENCE, {"before": 1, "after": 2})
    assert answer.context["swap"] == "?before=2&after=1"
    assert ("w2", "added") in changes(reviewer.get(DIFFERENCE + answer.context["swap"]))


def test_the_same_revision_twice_is_equal(reviewer, rover):
    assert "Equal" in reviewer.get(DIFFERENCE, {"before": 2, "after": 2}).text


@pytest.mark.parametrize("operation", ["added", "edited", "removed"])
def test_one_operation_can_be_asked_for(reviewer, rover, operation):
    answer = reviewer.get(DIFFERENCE, {"before": 1, "after": 2, "operation": operation})
    assert {found for _id, found in changes(answer)} == {operation}


def test_without_the_first_one_everything_was_added(reviewer, rover):
    answer = reviewer.get(DIFFERENCE, {"after": 1})
    assert changes(answer) == {(id_, "added") for id_ in ("m", "w1", "w2", "b")}
    assert answer.context["counts"].added == 4


def test_a_long_difference_comes_in_parts(reviewer, world):
    many = {f"e{n:03}": part(f"e{n:03}", f"Name {n}") for n in range(120)}
    writer = Writer("many", world.avionics)
    writer.write(1, None, {})
    writer.write(2, 1, many)
    where, query, seen = "/repository/difference/many/", "?before=1&after=2", []
    while query:
        context = reviewer.get(where + query, headers=HTMX).context
        seen += [one.change.outline.id for one in context["part"].changed]
        query = context["next"]
    assert seen == sorted(many)


def test_artifacts_that_differ_are_listed_with_both_sides(reviewer, rover):
    text = reviewer.get(DIFFERENCE, {"before": 1, "after": 2}).text
    assert f'href="{AT_1.format("artifact/")}?id=d1"' in text
    assert f'href="{AT_2.format("artifact/")}?id=d1"' in text
    assert "notes.txt" not in text


def test_the_form_offers_heads_and_tags(reviewer, rover):
    rover.tags.create(uid="t", name="Flown", number=1)
    text = reviewer.get(DIFFERENCE).text
    assert '<option value="1">Flown' in text
    assert '<option value="4">side' in text


@pytest.mark.parametrize(
    "number", ["3", "0", "-1", "x", "1.5", "9" * 30, "9" * 5000, "\u0663" * 40]
)
@pytest.mark.parametrize("side", ["before", "after"])
def test_what_is_no_revision_is_told_at_its_field(reviewer, rover, side, number):
    answer = reviewer.get(DIFFERENCE, {"before": 1, "after": 2, side: number})
    assert answer.status_code == 200
    assert side in answer.context["form"].errors


@pytest.mark.parametrize(
    "asked", [{"operation": "moved"}, {"cursor": "x" * 5000}, {"element": "x" * 5000}]
)
def test_odd_parameters_show_the_form_and_no_defect(reviewer, rover, asked):
    answer = reviewer.get(DIFFERENCE, {"before": 1, "after": 2, **asked})
    assert answer.status_code == 200
    assert "part" not in answer.context


def test_an_element_that_is_on_neither_side_is_equal(reviewer, rover):
    text = reviewer.get(DIFFERENCE, {"before": 1, "after": 2, "element": "nobody"}).text
    assert "This element is equal in both." in text


def test_a_damaged_pack_is_told_in_a_sentence(reviewer, rover):
    damage()
    assert reviewer.get(DIFFERENCE, {"before": 1, "after": 2}).status_code == 503


def test_without_a_choice_the_newest_revision_is_compared_with_its_parent(reviewer, rover):
    shown = reviewer.get(DIFFERENCE).context
    assert (shown["before"].row.number, shown["after"].row.number) == (1, 4)
