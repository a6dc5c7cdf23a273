"""Searching the elements of a revision."""

import pytest

from tests.syncconfigs.views.looking import AT_1, AT_2, damage, write_rover, write_wide

SEARCH = AT_1.format("search/")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def rover(world):
    return write_rover(world.avionics)


@pytest.mark.parametrize(
    ("text", "field", "found"),
    [
        ("wheel", "name", {"w1", "w2"}),
        ("WHEEL 2", "", {"w2"}),
        ("uml:model", "type", {"m"}),
        ("w", "id", {"w1", "w2"}),
        ("_b", "id", {"b"}),
        ("nothing", "any", set()),
    ],
)
def test_elements_are_found_by_name_type_and_id(reviewer, rover, text, field, found):
    answer = reviewer.get(SEARCH, {"q": text, "field": field})
    assert {line.id for line in answer.context["met"].hits} == found


def test_a_hit_leads_to_the_element_at_this_revision(reviewer, rover):
    text = reviewer.get(AT_2.format("search/"), {"q": "body"}).text
    assert f'href="{AT_2.format("element/")}?id=b"' in text
    assert "1 found in 4 elements." in text


def test_nothing_found_is_said(reviewer, rover):
    assert "Nothing found in 4 elements." in reviewer.get(SEARCH, {"q": "antenna"}).text


def test_before_anything_is_searched_for_the_page_says_in_what(reviewer, rover):
    answer = reviewer.get(SEARCH)
    assert "met" not in answer.context
    assert "4 elements" in answer.text


def test_a_search_says_how_far_it_came_and_goes_on_by_itself(reviewer, world):
    write_wide(world.avionics, 450)
    answer = reviewer.get("/repository/revisions/1/search/of/wide/", {"q": "child"})
    assert "100 found." in answer.text
    assert 'hx-trigger="load"' in answer.text
    assert "Search on" in answer.text


def test_a_search_that_has_shown_much_goes_on_when_asked(reviewer, world):
    write_wide(world.avionics, 450)
    where, seen, by_itself = "/repository/revisions/1/search/of/wide/", [], []
    query = "?q=child"
    while query:
        context = reviewer.get(where + query, headers=HTMX).context
        seen += [line.id for line in context["met"].hits]
        by_itself.append(context["is_going_on"])
        query = context["next"] if context["met"].after else ""
    assert len(seen) == len(set(seen)) == context["shown"] == 450
    assert by_itself[:4] == [True, False, True, False]


@pytest.mark.parametrize("text", ["x" * 201, "x" * 1_000_000])
def test_a_search_that_is_too_long_is_told_at_its_field(reviewer, rover, text):
    answer = reviewer.get(SEARCH, {"q": text})
    assert answer.status_code == 200
    assert "at most 200 characters" in answer.text


@pytest.mark.parametrize("after", ["x", "-1:", "9" * 400, "5:zzz", ":", "\U0001f6f0"])
def test_a_cursor_that_nobody_gave_breaks_nothing(reviewer, rover, after):
    assert reviewer.get(SEARCH, {"q": "wheel", "after": after}).status_code == 200


def test_text_of_any_kind_can_be_searched_for(reviewer, rover):
    for text in ('"', "\\", "\u202e", "\U0001f6f0", "<b>", "%", "\ufffd"):
        assert reviewer.get(SEARCH, {"q": text, "field": "any"}).status_code == 200


def test_an_unknown_field_is_refused(reviewer, rover):
    answer = reviewer.get(SEARCH, {"q": "wheel", "field": "body"})
    assert "not one of the available choices" in answer.text


def test_a_damaged_pack_is_told_in_a_sentence(reviewer, rover):
    damage()
    assert reviewer.get(SEARCH, {"q": "wheel"}).status_code == 503
