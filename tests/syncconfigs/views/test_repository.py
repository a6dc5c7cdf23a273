"""Pages of a resource and of its revisions."""

import pytest

from syncconfigs.models import Claim, SyncConfig
from tcsync.access.models import Role
from tcsync.repository.models import Resource, Revision, Tag
from tests.syncconfigs.views.conftest import make_revision, signed_in
from tests.syncconfigs.views.looking import ID, write_rover

CHECKED = "2026-01-02T03:04:05Z"


@pytest.fixture
def rover(world):
    return write_rover(world.avionics)


@pytest.fixture
def contributor(world):
    """Return somebody who may change local resources in Avionics."""
    return signed_in("cora", Role.CONTRIBUTOR, "avionics")


def test_the_banner_says_what_it_is_a_copy_of_and_which_way_it_came(reviewer, world):
    text = reviewer.get("/repository/resources/r1/").text
    for words in ("Read-only copy", "Site A → Relay → here", "Source r1", "trunk", "v1.0"):
        assert words in text


def test_the_banner_says_how_far_behind_the_copy_is(reviewer, world):
    SyncConfig.objects.filter(pk=world.config.pk).update(behind=3, checked_at=CHECKED)
    text = reviewer.get("/repository/resources/r1/").text
    assert "1 of 4 revisions at the source, 3 behind" in text


def test_of_a_category_only_the_sum_of_what_is_behind_is_known(reviewer, world):
    rows = SyncConfig.objects.filter(pk=world.config.pk)
    rows.update(behind=3, checked_at=CHECKED, kind="category")
    assert (
        "the configuration is 3 revisions behind" in reviewer.get("/repository/resources/r1/").text
    )


def test_the_banner_says_how_it_was_verified_in_words(reviewer, world):
    fields = {"verified_level": "content", "verified_revision": 1, "verified_at": CHECKED}
    Resource.objects.filter(id="r1").update(**fields)
    text = reviewer.get("/repository/resources/r1/").text
    assert (
        "every digest of elements and artifacts recomputed on this node, up to revision 1" in text
    )


def test_the_server_is_named_to_those_who_may_see_servers(reviewer, manager, world):
    address = f"/servers/{world.server.pk}/"
    assert address not in reviewer.get("/repository/resources/r1/").text
    assert address in manager.get("/repository/resources/r1/").text


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


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"branch": "side"}, [4]),
        ({"author": "zoë"}, [4, 2, 1]),
        ({"text": "REVISION 2"}, [2]),
        ({"branch": "side", "text": "revision 2"}, []),
        ({"branch": "nowhere"}, [4, 2, 1]),
        ({"text": "x" * 1_000_000}, [4, 2, 1]),
    ],
)
def test_revisions_can_be_narrowed_down(reviewer, rover, asked, found):
    page = reviewer.get(f"/repository/resources/{ID}/", asked).context["page"]
    assert [row.number for row in page] == found


def test_two_revisions_of_the_list_can_be_compared(reviewer, rover):
    text = reviewer.get(f"/repository/resources/{ID}/").text
    assert f'action="/repository/difference/{ID}/"' in text
    assert 'name="after" value="4" checked' in text
    assert 'name="before" value="2" checked' in text


def test_tags_stand_at_their_revisions(reviewer, rover):
    Tag.objects.create(resource=rover, uid="t", name="Flown", number=2)
    rows = reviewer.get(f"/repository/resources/{ID}/").context["revisions"]
    assert {one.row.number: list(one.tags) for one in rows} == {4: [], 2: ["Flown"], 1: []}


def test_the_graph_has_a_lane_for_each_branch_and_a_line_to_each_parent(reviewer, rover):
    Revision.objects.filter(resource=ID, number=4).update(merged=[2])
    graph = reviewer.get(f"/repository/resources/{ID}/").context["graph"]
    assert [(point.one.row.number, point.lane) for point in graph.points] == [
        (4, 0),
        (2, 1),
        (1, 1),
    ]
    assert [line.is_merge for line in graph.lines] == [False, True, False]


def test_a_graph_of_a_part_ends_where_the_part_ends(reviewer, world):
    for number in range(2, 62):
        make_revision(world.resource, number, parent=number - 1)
    graph = reviewer.get("/repository/resources/r1/").context["graph"]
    assert len(graph.lines) == 50
    assert graph.lines[-1].path.endswith(f"V{graph.height}")


def test_a_revision_shows_its_parents_message_and_digests(reviewer, world):
    make_revision(world.resource, 5, parent=1, merged=[1], message="Two\nlines", hole_before=False)
    text = reviewer.get("/repository/revisions/5/of/r1/").text
    for words in ("Two\nlines", "and merged", "ab" * 32, "2023-11-14 22:13:20"):
        assert words in text


def test_a_revision_leads_to_its_children_and_to_what_it_changed(reviewer, rover):
    text = reviewer.get(f"/repository/revisions/1/of/{ID}/").text
    for number in (2, 4):
        assert f'href="/repository/revisions/{number}/of/{ID}/"' in text
    text = reviewer.get(f"/repository/revisions/2/of/{ID}/").text
    assert f'href="/repository/difference/{ID}/?before=1&amp;after=2"' in text


def test_a_hole_before_a_revision_is_named_and_leads_nowhere(reviewer, world):
    make_revision(world.resource, 9, parent=7, hole_before=True)
    text = reviewer.get("/repository/revisions/9/of/r1/").text
    assert "a hole in the numbers" in text
    assert "/repository/revisions/7/" not in text


def test_a_time_is_shown_in_the_zone_of_the_node_and_on_the_authors_clock(
    reviewer, world, settings
):
    settings.TIME_ZONE = "Asia/Tokyo"
    Revision.objects.update(offset=-60)
    text = reviewer.get("/repository/revisions/1/of/r1/").text
    assert "2023-11-15 07:13:20" in text
    assert "21:13 -0100 on the author" in text


@pytest.mark.parametrize(
    "time", [-(2**62), 2**62, -5_000_000_000, -62_135_596_800, 253_402_300_799]
)
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Honolulu", "Pacific/Kiritimati"])
def test_a_time_that_no_calendar_has_breaks_no_page(reviewer, world, settings, time, zone):
    settings.TIME_ZONE = zone
    Revision.objects.update(time=time, offset=-600)
    assert reviewer.get("/repository/resources/r1/").status_code == 200
    assert reviewer.get("/repository/revisions/1/of/r1/").status_code == 200


def test_artifacts_that_cannot_be_read_are_said_in_a_sentence(reviewer, world):
    Revision.objects.update(artifacts_changed=1)
    answer = reviewer.get("/repository/revisions/1/of/r1/")
    assert answer.status_code == 200
    assert answer.context["artifacts_error"]


def test_text_from_elsewhere_is_shown_as_text(reviewer, world):
    Resource.objects.filter(id="r1").update(name="<script>alert(1)</script>")
    text = reviewer.get("/repository/resources/r1/").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


@pytest.mark.parametrize("number", ["0", "9" * 30, "9" * 5000, "99"])
def test_a_number_without_revision_is_not_there(reviewer, world, number):
    assert reviewer.get(f"/repository/revisions/{number}/of/r1/").status_code == 404


def test_a_local_resource_can_be_renamed_and_moved(administrator, rover):
    where = f"/repository/change/{ID}/"
    assert where in administrator.get(f"/repository/resources/{ID}/").text
    answer = administrator.post(where, {"name": "Rover II", "category": "flight"})
    assert answer.url == f"/repository/resources/{ID}/"
    rover.refresh_from_db()
    assert (rover.name, rover.category_id) == ("Rover II", "flight")


@pytest.mark.parametrize("category", ["flight", "secret", "nowhere", ""])
def test_a_resource_is_moved_only_to_where_one_may_edit(contributor, rover, category):
    sent = {"name": "Rover", "category": category}
    answer = contributor.post(f"/repository/change/{ID}/", sent)
    assert "category" in answer.context["form"].errors
    rover.refresh_from_db()
    assert rover.category_id == "avionics"


@pytest.mark.parametrize("name", ["", " ", "x" * 1001, "a\0b"])
def test_a_bad_name_is_told_at_its_field(administrator, rover, name):
    answer = administrator.post(f"/repository/change/{ID}/", {"name": name, "category": "flight"})
    assert "name" in answer.context["form"].errors


def test_a_copy_cannot_be_renamed(administrator, world):
    answer = administrator.post("/repository/change/r1/", {"name": "X", "category": "flight"})
    assert answer.status_code == 403
    assert "/repository/change/" not in administrator.get("/repository/resources/r1/").text


def test_who_may_not_edit_is_refused(reviewer, rover):
    assert reviewer.get(f"/repository/change/{ID}/").status_code == 403
    assert "/repository/change/" not in reviewer.get(f"/repository/resources/{ID}/").text
