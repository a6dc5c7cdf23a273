"""The category tree, one category, finding categories and resources."""

import pytest

from syncconfigs.views.outline import DEEPEST, PART, Places
from syncconfigs.views.repository import places as views
from tcsync.domain import Category as CategoryValue
from tcsync.repository.models import Category, Resource
from tests.syncconfigs.views.conftest import make_resource

HTMX = {"HX-Request": "true"}


@pytest.fixture
def big(world, monkeypatch):
    """Flight with more categories than a part holds, in a tree that is not shown as a whole."""
    monkeypatch.setattr(views, "SMALL", 0)
    names = [f"Wing {n:03}" for n in range(2 * PART)]
    Category.objects.bulk_create(
        Category(id=name.replace(" ", "-"), name=name, parent=world.flight) for name in names
    )
    return world


def test_the_tree_shows_what_one_may_read(reviewer, stranger, world):
    text = reviewer.get("/repository/").text
    assert "Avionics" in text
    assert "Radio" in text
    assert "Secret" not in text
    assert "Flight" not in stranger.get("/repository/").text


def test_counts_are_of_what_one_may_read(reviewer, administrator, world):
    assert "2 categories, 1 resource<" in reviewer.get("/repository/").text
    assert administrator.get("/repository/").context["resources"] == 2


def test_a_big_tree_shows_its_roots_and_fetches_branches_when_they_open(administrator, big):
    text = administrator.get("/repository/").text
    assert "Wing" not in text
    assert 'hx-get="/repository/branches/flight/"' in text


def test_a_tree_with_one_root_begins_with_it_open(reviewer, big):
    assert "Wing 000" in reviewer.get("/repository/").text


def test_a_branch_comes_in_parts_categories_first(reviewer, big):
    make_resource("r2", "Rudder", big.flight)
    first = reviewer.get("/repository/branches/flight/", headers=HTMX).text
    rest = reviewer.get("/repository/branches/flight/", {"offset": 2 * PART}, headers=HTMX).text
    assert ("<html" in first, "Wing 098" in first, "Wing 099" in first) == (False, True, False)
    assert ("Wing 198" in rest, "Wing 199" in rest, "Rudder" in rest) == (False, True, True)


def test_without_scripts_a_link_opens_a_branch(reviewer, big):
    text = reviewer.get("/repository/", {"open": "Wing-150"}).text
    assert ("Wing 098" in text, "Wing 150" in text) == (False, True)


@pytest.mark.parametrize("open_", ["secret", "nowhere", "x" * 100_000])
def test_what_cannot_be_opened_leaves_the_tree_as_it_is(reviewer, world, open_):
    answer = reviewer.get("/repository/", {"open": open_})
    assert (answer.status_code, "Avionics" in answer.text) == (200, True)


def test_many_roots_come_in_parts(administrator, big):
    Category.objects.filter(parent="flight").update(parent=None)
    first = administrator.get("/repository/").text
    rest = administrator.get("/repository/", {"offset": PART}, headers=HTMX).text
    assert 'href="?offset=100"' in first
    assert ("<html" in rest, "Wing 150" in rest) == (False, True)


def test_a_very_deep_tree_can_be_walked(administrator, world):
    parent = world.flight
    for depth in range(3 * DEEPEST):
        parent = Category.objects.create(id=f"deep-{depth}", name=f"Deep {depth}", parent=parent)
    assert f"Deep {DEEPEST - 2}<" in administrator.get("/repository/").text
    assert parent.name in administrator.get("/repository/", {"open": parent.id}).text


def test_a_tree_counts_what_lies_below_and_survives_a_loop():
    categories = [
        CategoryValue("a", "A"),
        CategoryValue("b", "B", "a"),
        CategoryValue("c", "C", "c"),
    ]
    tree = Places(categories, {"a": 1, "b": 2})
    assert tree.totals == {"a": 3, "b": 2}
    assert (tree.path("b"), tree.path("c")) == (["a", "b"], [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("radio", "resources/r1/"),
        ("R1", "resources/r1/"),
        ("p-r", "resources/r1/"),
        ("Avio", "categories/avionics/"),
    ],
)
def test_places_are_found_by_name_and_ids(reviewer, world, text, found):
    answer = reviewer.get("/repository/", {"q": text})
    assert f'href="/repository/{found}"' in answer.text
    assert "categories/flight" not in answer.text


def test_a_search_finds_only_what_one_may_read(reviewer, world):
    for text in ("secret", "hidden", "h1"):
        answer = reviewer.get("/repository/", {"q": text})
        assert "Nothing found" in answer.text
        assert not answer.context["found_categories"]


def test_a_search_that_is_too_long_is_told_at_its_field(reviewer, world):
    assert "at most 200 characters" in reviewer.get("/repository/", {"q": "x" * 1_000_000}).text


def test_a_category_shows_what_is_in_it(reviewer, world):
    assert "Avionics" in reviewer.get("/repository/categories/flight/").text
    assert "Radio" in reviewer.get("/repository/categories/avionics/").text


def test_the_resources_of_a_category_can_be_narrowed_down(reviewer, world):
    make_resource("r2", "Rudder", world.avionics)
    text = reviewer.get("/repository/categories/avionics/", {"q": "RUD"}).text
    assert ("Rudder" in text, "Radio" in text) == (True, False)


def test_a_deleted_resource_is_in_no_category_but_has_its_page(reviewer, world):
    Resource.objects.filter(id="r1").update(removed_at="2026-01-02T03:04:05Z")
    assert "Radio" not in reviewer.get("/repository/categories/avionics/").text
    assert "Radio" not in reviewer.get("/repository/").text
    assert "Marked as deleted" in reviewer.get("/repository/resources/r1/").text


@pytest.mark.parametrize("id_", ["a/b", "100%", "a?b#c", "ä €", "1/of/a", " "])
def test_ids_are_any_text(administrator, world, id_):
    make_resource(id_, "Odd one", world.flight)
    listed = administrator.get("/repository/categories/flight/").text
    address = listed.split('class="name">')[1].split('href="')[1].split('"')[0]
    assert "Odd one" in administrator.get(address.replace("&amp;", "&")).text


@pytest.mark.parametrize("number", ["x", "-1", "9" * 30, "9" * 5000])
def test_odd_numbers_are_the_beginning(reviewer, world, number):
    for where in ("/repository/", "/repository/branches/flight/"):
        assert "Avionics" in reviewer.get(where, {"offset": number}, headers=HTMX).text
