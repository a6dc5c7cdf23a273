"""The tree of elements, one element, and its history."""

import json

import pytest

from tcsync.repository.models import Revision
from tests.syncconfigs.views.looking import (
    AT_1,
    AT_2,
    Writer,
    damage,
    part,
    stored,
    write_rover,
    write_wide,
)

HTMX = {"HX-Request": "true"}
TREE, ELEMENT, CHILDREN, PAST = (
    AT_1.format(page) for page in ("elements/", "element/", "children/", "history/")
)


@pytest.fixture
def rover(world):
    return write_rover(world.avionics)


def test_the_tree_begins_at_the_roots_and_fetches_branches_when_they_open(reviewer, rover):
    text = reviewer.get(TREE).text
    assert "Rover" in text
    assert "Wheel 1" not in text
    assert f'hx-get="{CHILDREN}?id=m"' in text


def test_without_scripts_a_closed_branch_leads_to_the_page_of_its_element(reviewer, rover):
    assert f'href="{ELEMENT}?id=m#children"' in reviewer.get(TREE).text
    assert "Wheel 1" in reviewer.get(ELEMENT, {"id": "m"}).text


def test_a_branch_is_entries_in_the_order_of_the_owner_and_no_page(reviewer, rover):
    text = reviewer.get(CHILDREN, {"id": "m"}, headers=HTMX).text
    assert "<html" not in text
    assert text.index("Wheel 1") < text.index("Wheel 2") < text.index("Body")


def test_a_deep_link_opens_the_path_to_an_element_and_marks_it(reviewer, rover):
    text = reviewer.get(TREE, {"at": "b"}).text
    assert "Wheel 2" in text
    assert f'href="{ELEMENT}?id=b" aria-current="true"' in text


def test_many_children_come_in_parts(reviewer, world):
    write_wide(world.avionics, 450)
    where = "/repository/revisions/1/children/of/wide/"
    first = reviewer.get(where, {"id": "m"}, headers=HTMX).text
    last = reviewer.get(where, {"id": "m", "offset": 400}, headers=HTMX).text
    assert ("Child 199" in first, "Child 200" in first) == (True, False)
    assert "offset=200" in first
    assert last.count("<li>") == 50


def test_a_deep_link_into_many_children_shows_their_part(reviewer, world):
    write_wide(world.avionics, 450)
    text = reviewer.get("/repository/revisions/1/elements/of/wide/", {"at": "c00300"}).text
    assert ("Child 199<" in text, "Child 300<" in text, "Child 400<" in text) == (
        False,
        True,
        False,
    )
    assert "200 before these" in text


def test_a_very_deep_path_can_be_shown(reviewer, world):
    chain = {
        f"e{n}": stored(f"e{n}", owner=f"e{n - 1}" if n else None, children=[f"e{n + 1}"])
        for n in range(90)
    }
    Writer("deep", world.avionics).write(1, None, chain, root_ids=("e0",))
    answer = reviewer.get("/repository/revisions/1/elements/of/deep/", {"at": "e89"})
    assert "Its owners lie above this" in answer.text


def test_owners_in_a_circle_break_no_page(reviewer, world):
    ring = {
        "a": stored("a", owner="b", children=["b"]),
        "b": stored("b", owner="a", children=["a"]),
    }
    Writer("ring", world.avionics).write(1, None, ring)
    where = "/repository/revisions/1/{}/of/ring/"
    assert reviewer.get(where.format("elements"), {"at": "a"}).status_code == 200
    assert reviewer.get(where.format("element"), {"id": "a"}).status_code == 200


def test_an_element_shows_its_owners_attributes_and_references(reviewer, rover):
    text = reviewer.get(ELEMENT, {"id": "b"}).text
    assert f'<a href="{ELEMENT}?id=m">Rover</a>' in text
    assert "mass" in text
    assert f'<a href="{ELEMENT}?id=w1">Wheel 1</a>' in text
    assert "not in this revision" in text


def test_an_element_is_shown_as_it_was_at_its_revision(reviewer, rover):
    assert ">10<" in reviewer.get(ELEMENT, {"id": "b"}).text
    assert ">12<" in reviewer.get(AT_2.format("element/"), {"id": "b"}).text
    assert reviewer.get(AT_2.format("element/"), {"id": "w2"}).status_code == 404


def test_what_elements_hold_is_shown_as_text(reviewer, rover):
    text = reviewer.get(AT_2.format("element/"), {"id": "n"}).text
    assert "New &lt;b&gt;" in text
    assert "New <b>" not in text


def test_a_long_list_is_folded_after_twenty(reviewer, world):
    many = part("many", "Many", numbers=list(range(30)))
    Writer("lists", world.avionics).write(1, None, {"many": many})
    answer = reviewer.get("/repository/revisions/1/element/of/lists/", {"id": "many"})
    row = next(row for row in answer.context["attributes"] if row.name == "numbers")
    assert (len(row.shown), len(row.folded)) == (20, 10)
    assert "Show all 30" in answer.text


def test_the_history_leads_to_the_difference_at_this_element(reviewer, rover):
    text = reviewer.get(AT_2.format("history/"), {"id": "b"}, headers=HTMX).text
    assert "before=1&amp;after=2&amp;element=b" in text
    assert "after=1&amp;element=b" in text
    assert "Zoë" in text


def test_a_long_history_goes_on_where_it_stopped(reviewer, world):
    writer = Writer("long", world.avionics)
    for number in range(1, 26):
        writer.write(number, number - 1 or None, {"e": part("e", f"Name {number}")})
    where = "/repository/revisions/25/history/of/long/"
    first = reviewer.get(where, {"id": "e"})
    rest = reviewer.get(where, {"id": "e", "older": first.context["older"]})
    assert (len(first.context["touches"]), len(rest.context["touches"])) == (20, 5)


def test_the_stored_form_is_shown_and_downloaded(reviewer, rover):
    assert "&quot;mass&quot;:&quot;10&quot;" in reviewer.get(ELEMENT, {"id": "b"}).text
    answer = reviewer.get(AT_1.format("element.json/"), {"id": "b"})
    assert json.loads(answer.content)["name"] == "Body"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="b.json"'


@pytest.mark.parametrize("page", [ELEMENT, CHILDREN, AT_1.format("element.json/")])
@pytest.mark.parametrize("id_", ["", "nobody", " b", "x" * 1_000_000, "\U0001f6f0", "w1/../b"])
def test_what_is_no_element_is_not_there(reviewer, rover, page, id_):
    assert reviewer.get(page, {"id": id_}).status_code == 404


@pytest.mark.parametrize("number", ["x", "-1", "1.5", "9" * 30, "9" * 5000])
def test_odd_numbers_are_refused_or_left_out(reviewer, rover, number):
    for page in (ELEMENT, CHILDREN, PAST):
        asked = {"id": "b", "offset": number, "older": number}
        assert reviewer.get(page, asked).status_code in (200, 404)
    assert reviewer.get(TREE, {"offset": number}).status_code == 200


@pytest.mark.parametrize("page", [TREE, ELEMENT, CHILDREN, PAST])
def test_a_damaged_pack_is_told_in_a_sentence(reviewer, rover, page):
    damage()
    answer = reviewer.get(page, {"id": "b", "at": "b"})
    assert answer.status_code == 503
    assert "This cannot be read" in answer.text


def test_a_page_and_its_part_are_kept_apart(reviewer, rover):
    assert "HX-Request" in reviewer.get(PAST, {"id": "b"}).headers["Vary"]


def test_a_revision_without_elements_says_so(reviewer, world):
    Writer("bare", world.avionics).write(1, None, {})
    assert Revision.objects.get(resource="bare").total == 0
    assert "No root elements" in reviewer.get("/repository/revisions/1/elements/of/bare/").text
