"""Pages of the repository."""

import pytest

from syncconfigs.models import Claim
from syncconfigs.views.outline import DEEPEST, outline
from tcsync.domain import Category as CategoryValue
from tcsync.repository.models import Category, Resource, Revision
from tests.syncconfigs.views.conftest import make_resource, make_revision


def test_the_tree_shows_what_one_may_read(reviewer, stranger, world):
    text = reviewer.get("/repository/").text
    assert "Avionics" in text
    assert "Secret" not in text
    assert "Flight" not in stranger.get("/repository/").text


def test_a_category_shows_what_is_in_it(reviewer, world):
    assert "Avionics" in reviewer.get("/repository/categories/flight/").text
    assert "Radio" in reviewer.get("/repository/categories/avionics/").text


def test_a_deleted_resource_is_in_no_category_but_has_its_page(reviewer, world):
    Resource.objects.filter(id="r1").update(removed_at="2026-01-02T03:04:05Z")
    assert "Radio" not in reviewer.get("/repository/categories/avionics/").text
    assert "Marked as deleted" in reviewer.get("/repository/resources/r1/").text


def test_the_banner_says_what_it_is_a_copy_of_and_which_way_it_came(reviewer, world):
    text = reviewer.get("/repository/resources/r1/").text
    for words in ("Read-only copy", "Site A → Relay → here", "Source r1", "trunk", "v1.0"):
        assert words in text


def test_a_configuration_that_one_may_not_see_is_not_named(reviewer, world):
    Claim.objects.filter(resource="r1").update(config=world.hidden_config)
    assert "Source h1" not in reviewer.get("/repository/resources/r1/").text


def test_damage_that_a_verification_found_is_shown_first(reviewer, world):
    Claim.objects.filter(resource="r1").update(damage="Revision 1 has another digest.")
    assert "Revision 1 has another digest." in reviewer.get("/repository/resources/r1/").text


def test_revisions_come_newest_first_in_pages_of_fifty(reviewer, world):
    for number in range(2, 62):
        make_revision(world.resource, number, parent=number - 1)
    page = reviewer.get("/repository/resources/r1/").context["page"]
    assert [row.number for row in page] == list(range(61, 11, -1))


def test_a_revision_shows_its_parents_message_and_digests(reviewer, world):
    make_revision(world.resource, 5, parent=1, merged=[1], message="Two\nlines", hole_before=False)
    text = reviewer.get("/repository/revisions/5/of/r1/").text
    for words in ("Two\nlines", "and merged", "ab" * 32, "2023-11-14 22:13:20 UTC"):
        assert words in text


@pytest.mark.parametrize("time", [-(2**62), 2**62, -5_000_000_000])
def test_a_time_that_no_calendar_has_breaks_no_page(reviewer, world, time):
    Revision.objects.update(time=time)
    assert reviewer.get("/repository/resources/r1/").status_code == 200
    assert reviewer.get("/repository/revisions/1/of/r1/").status_code == 200


def test_artifacts_that_cannot_be_read_are_said_in_a_sentence(reviewer, world):
    Revision.objects.update(artifacts_changed=1)
    answer = reviewer.get("/repository/revisions/1/of/r1/")
    assert answer.status_code == 200
    assert answer.context["artifacts_error"]


@pytest.mark.parametrize("id_", ["a/b", "100%", "a?b#c", "ä €", "1/of/a", " "])
def test_ids_are_any_text(administrator, world, id_):
    make_resource(id_, "Odd one", world.flight)
    listed = administrator.get("/repository/categories/flight/").text
    address = listed.split('class="name">')[1].split('href="')[1].split('"')[0]
    assert "Odd one" in administrator.get(address.replace("&amp;", "&")).text


def test_text_from_elsewhere_is_shown_as_text(reviewer, world):
    Resource.objects.filter(id="r1").update(name="<script>alert(1)</script>")
    text = reviewer.get("/repository/resources/r1/").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


@pytest.mark.parametrize("number", ["0", "9" * 30, "99"])
def test_a_number_without_revision_is_not_there(reviewer, world, number):
    assert reviewer.get(f"/repository/revisions/{number}/of/r1/").status_code == 404


def test_a_very_deep_tree_can_be_shown(administrator, world):
    parent = world.flight
    for depth in range(3 * DEEPEST):
        parent = Category.objects.create(id=f"deep-{depth}", name=f"Deep {depth}", parent=parent)
    assert f"Deep {3 * DEEPEST - 1}" in administrator.get("/repository/").text


def test_an_outline_counts_what_lies_below_and_survives_a_loop():
    tree = [CategoryValue("a", "A"), CategoryValue("b", "B", "a"), CategoryValue("c", "C", "c")]
    (root,) = outline(tree, {"a": [1], "b": [1, 2]})
    assert (root.category.id, root.total, root.children[0].total) == ("a", 3, 2)
