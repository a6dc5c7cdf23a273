"""Two Teamwork Clouds compared over their REST API."""

from __future__ import annotations

import pytest

from syncconfigs.models import ComparisonReport
from tcsync.repository.models import Resource
from tests.fakes.twc import Put, faults
from tests.syncconfigs.comparisons.comparing import compare, differences, kinds, verdicts
from tests.syncconfigs.comparisons.conftest import uses

pytestmark = pytest.mark.both_databases


def deepen(comparison, depth):
    comparison.depth = depth
    comparison.save()


def test_equal_clouds_are_equal_and_nothing_is_written_here(comparison, clouds):
    run = compare(comparison)
    assert (run.state, run.code, verdicts(run)) == (
        "succeeded",
        "",
        {"Library": "equal", "Rover": "equal"},
    )
    assert not Resource.objects.exists()
    assert all(server.sessions.logins == 1 for server in clouds)


def test_the_report_says_as_whom_each_side_was_read(comparison):
    report = ComparisonReport.objects.get(run=compare(comparison))
    assert [(side["name"], side["account"]) for side in report.sides] == [
        ("One", "reader"),
        ("Other", "reader"),
    ]


def test_what_differs_is_told_by_resource(comparison, there_cloud):
    there_cloud.resource("Rover").rename("Lander")
    there_cloud.resource("Library").rewrite(2, put={"bolt": Put(name="Nut")}, message="a nut")
    run = compare(comparison)
    assert (run.state, run.code) == ("succeeded", "different")
    assert kinds(run, "Rover") == ["name"]
    assert kinds(run, "Library") == ["rewritten"]


def test_a_resource_that_one_side_does_not_show_is_absent(comparison, there_cloud):
    there_cloud.hide("Library")
    run = compare(comparison)
    assert differences(run, "Library") == [("presence", "presence", "present", "absent")]
    assert kinds(run, "Rover") == ["used project"]


def test_a_copy_whose_source_has_had_newer_revisions_for_long_has_stopped(comparison, here_cloud):
    here_cloud.resource("Rover").commit(put={"leg": Put("uml:Class", "model", "Leg")})
    assert kinds(compare(comparison), "Rover")[0] == "stopped"


def test_a_walk_finds_what_listings_do_not_show(comparison, there_cloud):
    there_cloud.resource("Rover").rewrite(
        3, put={"mast": Put("uml:Class", "model", "Pole")}, message="a mast"
    )
    deepen(comparison, "heads")
    run = compare(comparison)
    ((kind, what, many, named),) = differences(run, "Rover")
    assert (kind, what, many) == ("elements", "revision 3", "1 of 3 elements differ")
    assert here_id(there_cloud, "mast") in named


def here_id(world, key):
    return world.resource("Rover").element_id(key)


def test_every_revision_is_walked_where_that_is_asked_for(comparison):
    deepen(comparison, "revisions")
    run = compare(comparison)
    assert dict(run.compared.values_list("name", "states")) == {"Library": 2, "Rover": 3}
    assert set(verdicts(run).values()) == {"equal"}


def test_a_side_that_cannot_tell_of_one_resource_leaves_it_uncompared(comparison, clouds):
    rover = clouds[1].world.resource("Rover").id
    is_rover = lambda r: rover in r.path and "branches" in r.path  # noqa: E731
    clouds[1].faults.add(is_rover, faults.html(), times=9)
    run = compare(comparison)
    assert (run.state, run.code) == ("incomplete", "not_compared")
    assert verdicts(run) == {"Library": "equal", "Rover": "unknown"}


def test_only_what_was_chosen_is_compared(comparison, here_cloud, there_cloud):
    there_cloud.resource("Extra").commit(put={"model": Put("uml:Model", "", "M")})
    comparison.resources = [here_cloud.resource("Library").id, "ghost"]
    comparison.save()
    assert verdicts(compare(comparison)) == {"Library": "equal", "ghost": "unknown"}


def test_a_cloud_that_is_away_is_noted_on_its_row_and_tried_again(comparison, clouds):
    clouds[1].faults.add("*/resources*", faults.status(503), times=99)
    run = compare(comparison)
    assert run.state == "queued"
    comparison.other.refresh_from_db()
    comparison.one.refresh_from_db()
    assert (bool(comparison.other.last_error), comparison.one.last_error) == (True, "")


def test_a_cloud_that_numbered_its_copies_anew_is_found_out(comparison, here_cloud, there_cloud):
    for world, numbers in ((here_cloud, (2, 5)), (there_cloud, (2, 3))):
        probe = world.resource("Probe", "Space").commit(put={"m": Put("uml:Model", "", "M")})
        for made, number in zip((1_650_000_000, 1_650_000_100), numbers, strict=True):
            probe.commit(put={}, number=number, time=made, message=f"made at {made}")
    ((kind, what, here, there),) = differences(compare(comparison), "Probe")
    assert (kind, here, there) == ("renumbered", "5", "3")
    assert what == "1 revision, the first of them 5 as 3"


def test_a_used_version_that_is_absent_on_one_side_is_named(comparison, here_cloud, there_cloud):
    for world in (here_cloud, there_cloud):
        world.resource("Rover").commit(put={"leg": Put("uml:Class", "model", "L")}, uses=uses(3))
    here_cloud.resource("Library").commit(put={"nut": Put("uml:Class", "model", "Nut")})
    (entry,) = differences(compare(comparison), "Rover")
    assert entry == (
        "used version",
        "used project Library",
        "revision 3 is present",
        "revision 3 is absent",
    )
