"""Comparisons over the API."""

import pytest

from syncconfigs.models import (
    ComparedResource,
    Comparison,
    ComparisonNotice,
    ComparisonReport,
    SyncRun,
)
from tcsync.access.models import Role
from tests.syncconfigs.api.conftest import caller, problem


@pytest.fixture
def comparison(world):
    return Comparison.objects.create(name="Site A", one=world.server)


@pytest.fixture
def report(comparison):
    run = SyncRun.objects.create(
        kind="compare", comparison=comparison, config_name="Site A", trigger="test"
    )
    for name, verdict, kinds in (("Radio", "different", "|name|"), ("Valve", "equal", "")):
        entries = [["name", "name", "a", "b"]] if kinds else []
        ComparedResource.objects.create(
            run=run, resource=name, name=name, verdict=verdict, kinds=kinds, differences=entries
        )
    return ComparisonReport.objects.create(run=run, digest="ab", equal=1, different=1)


def test_one_is_made_read_changed_run_and_deleted(world, administrator):
    made = administrator.post("comparisons/", {"one": world.server.pk, "other": None})
    assert (made.status_code, made.json()["name"]) == (201, "Site A and this node")
    where = f"comparisons/{made.json()['id']}/"
    plan = {"cron": "0 3 * * *", "time_zone": "Europe/Berlin"}
    changed = administrator.patch(where, {"schedule": plan, "depth": "heads"}).json()
    assert (changed["depth"], changed["schedule"]["cron"]) == ("heads", "0 3 * * *")
    assert changed["one"]["name"] == "Site A"
    run = administrator.post(f"{where}run/").json()["run"]
    assert SyncRun.objects.get(pk=run).trigger == "api"
    problem(administrator.delete(where), 409, "clash")
    administrator.post(f"runs/{run}/cancel/")
    assert administrator.delete(where).status_code == 204


def test_taking_the_schedule_away_leaves_the_rest(comparison, administrator):
    Comparison.objects.update(every_minutes=5, resources=["r1"])
    where = f"comparisons/{comparison.pk}/"
    said = administrator.patch(where, {"schedule": None}).json()
    assert (said["schedule"], said["resources"]) == (None, ["r1"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"one": 99, "other": None}, "one"),
        ({"one": None}, "other"),
        ({"one": None, "other": None, "depth": "deeper"}, "depth"),
        ({"one": "server", "other": None, "schedule": {"cron": "soon"}}, "schedule"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(world, administrator, body, field):
    body = {**body, "one": world.server.pk} if body["one"] == "server" else body
    said = problem(administrator.post("comparisons/", body), 400, "invalid")
    assert field in said["errors"]


def test_a_side_is_not_compared_with_itself(administrator):
    problem(administrator.post("comparisons/", {"one": None, "other": None}), 409, "clash")


def test_a_report_is_read_by_verdict_and_kind(report, administrator):
    where = f"reports/{report.run_id}/"
    assert administrator.get(where).json()["different"] == 1
    rows = administrator.get(f"{where}resources/", kind="name").json()["results"]
    assert [row["name"] for row in rows] == ["Radio"]
    assert rows[0]["differences"] == [{"kind": "name", "what": "name", "one": "a", "other": "b"}]
    rows = administrator.get(f"{where}resources/", verdict="equal").json()["results"]
    assert [row["name"] for row in rows] == ["Valve"]


def test_a_report_is_downloaded_signed_and_as_a_table(report, administrator):
    signed = administrator.get(f"reports/{report.run_id}/signed/")
    assert signed.json()["format"] == "tcsync-signed-1"
    table = b"".join(administrator.get(f"reports/{report.run_id}/csv/").streaming_content)
    assert b"different,Radio,Radio,name,name,a,b" in table


def test_older_reports_are_pruned(report, administrator):
    where = f"comparisons/{report.run.comparison_id}/prune/"
    assert administrator.post(where, {"keep": 1}).json() == {"deleted": 0}


def test_a_notice_is_acknowledged_by_a_person(report, administrator):
    notice = ComparisonNotice.objects.create(comparison=report.run.comparison, count=1)
    assert administrator.get("notices/").json()["count"] == 1
    assert administrator.post(f"notices/{notice.pk}/acknowledge/").status_code == 204
    assert administrator.get("notices/").json()["count"] == 0


def test_who_manages_a_category_alone_sees_none_of_it(report, manager):
    problem(manager.get("comparisons/"), 403, "not_allowed")
    for where in (f"comparisons/{report.run.comparison_id}/", f"reports/{report.run_id}/"):
        problem(manager.get(where), 404, "not_found")
    assert manager.get("notices/").json()["count"] == 0


def test_an_auditor_reads_and_does_nothing(report, world):
    auditor = caller("aldo", Role.AUDITOR)
    assert auditor.get(f"reports/{report.run_id}/").status_code == 200
    where = f"comparisons/{report.run.comparison_id}/"
    problem(auditor.post(f"{where}run/"), 403, "not_allowed")
    problem(auditor.delete(where), 403, "not_allowed")
    problem(auditor.patch(where, {"depth": "heads"}), 403, "not_allowed")
