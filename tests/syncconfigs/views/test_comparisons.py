"""Pages of comparisons, their reports and notices."""

import json

import pytest

from syncconfigs.models import (
    ComparedResource,
    Comparison,
    ComparisonNotice,
    ComparisonReport,
    SyncRun,
)
from tcsync.access.models import Role
from tcsync.audit.models import AuditEntry
from tests.syncconfigs.views.conftest import signed_in

NASTY = "<script>alert(1)</script>"


@pytest.fixture
def comparison(world):
    return Comparison.objects.create(name="Site A and here", one=world.server)


@pytest.fixture
def report(comparison):
    run = SyncRun.objects.create(
        kind="compare", comparison=comparison, config_name="Site A", trigger="t", state="succeeded"
    )
    for name, verdict, kinds in ((NASTY, "different", "|name|"), ("Valve", "equal", "")):
        entries = [["name", "the name", "a", NASTY]] if kinds else []
        ComparedResource.objects.create(
            run=run, resource=name, name=name, verdict=verdict, kinds=kinds, differences=entries
        )
    sides = [{"name": "Site A", "address": "http://a", "account": "reader", "rights": "read"}] * 2
    return ComparisonReport.objects.create(run=run, digest="ab", equal=1, different=1, sides=sides)


def typed(world, **more):
    fields = {"one": world.server.pk, "other": "", "depth": "heads", "patience_hours": 24}
    return {**fields, "time_zone": "Europe/Berlin", **more}


def test_one_is_made_edited_and_deleted(world, administrator):
    made = administrator.post("/comparisons/add/", typed(world, resources="r1\n r2 \n"))
    row = Comparison.objects.get()
    assert made.url == f"/comparisons/{row.pk}/"
    assert (row.name, row.resources) == ("Site A and this node", ["r1", "r2"])
    administrator.post(f"/comparisons/{row.pk}/edit/", typed(world, name="Night", cron="0 3 * * *"))
    shown = administrator.get(f"/comparisons/{row.pk}/").text
    assert "Night" in shown
    assert "03:00" in shown
    administrator.post(f"/comparisons/{row.pk}/delete/")
    assert not Comparison.objects.exists()
    assert AuditEntry.objects.filter(action="comparison.delete").exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"one": ""}, "same server"),
        ({"cron": "soon"}, "soon"),
        ({"cron": "0 3 * * *", "every_minutes": 5}, "errors"),
        ({"time_zone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"one": 999}, "not one of the available choices"),
    ],
)
def test_what_cannot_be_compared_is_said_at_its_field(world, administrator, wrong, said):
    answer = administrator.post("/comparisons/add/", typed(world, **wrong))
    assert "Something is not right yet" in answer.text
    assert said in answer.text or said == "errors"
    assert not Comparison.objects.exists()


def test_comparing_now_leads_to_the_run(comparison, administrator):
    answer = administrator.post(f"/comparisons/{comparison.pk}/run/")
    run = SyncRun.objects.get(kind="compare")
    assert answer.url == f"/runs/{run.pk}/"


def test_a_report_shows_what_is_not_equal_first(report, administrator):
    page = administrator.get(f"/comparisons/reports/{report.pk}/").text
    assert "1 equal, 1 different, 0 not compared" in page
    assert "as reader" in page
    assert "Valve" not in page
    assert NASTY not in page
    assert "Valve" in administrator.get(f"/comparisons/reports/{report.pk}/?verdict=all").text


def test_a_report_is_filtered_by_what_differs(report, administrator):
    where = f"/comparisons/reports/{report.pk}/"
    assert "the name" in administrator.get(where, {"kind": "name"}).text
    assert "the name" not in administrator.get(where, {"kind": "tag"}).text
    assert administrator.get(where, {"verdict": "odd", "page": "x"}).status_code == 200


def test_a_report_can_be_printed_and_downloaded(report, administrator):
    where = f"/comparisons/reports/{report.pk}/"
    assert "Valve" in administrator.get(f"{where}print/").text
    signed = administrator.get(f"{where}json/")
    assert json.loads(signed.content)["format"] == "tcsync-signed-1"
    table = b"".join(administrator.get(f"{where}csv/").streaming_content)
    assert b"different" in table
    assert administrator.get(f"{where}exe/").status_code == 404


def test_the_lists_lead_to_the_newest_report(report, administrator):
    assert f"/comparisons/reports/{report.pk}/" in administrator.get("/comparisons/").text
    assert f"/comparisons/reports/{report.pk}/" in administrator.get(f"/runs/{report.pk}/").text


def test_a_notice_stands_on_the_dashboard_until_somebody_has_seen_it(report, administrator):
    notice = ComparisonNotice.objects.create(
        comparison=report.run.comparison, run=report.run, count=1, names=["Radio"]
    )
    assert "that was equal no longer is" in administrator.get("/").text
    administrator.post(f"/comparisons/notices/{notice.pk}/")
    assert "that was equal no longer is" not in administrator.get("/").text


def test_older_reports_are_pruned(report, administrator):
    where = f"/comparisons/{report.run.comparison_id}/prune/"
    assert "0 older reports" in administrator.post(where, {"keep": 1}, follow=True).text
    assert "from 1 on" in administrator.post(where, {"keep": 0}, follow=True).text


def test_who_does_not_manage_servers_sees_none_of_it(report, reviewer):
    pk = report.run.comparison_id
    assert reviewer.get("/comparisons/").status_code == 403
    for where in (f"/comparisons/{pk}/", f"/comparisons/reports/{report.pk}/"):
        assert reviewer.get(where).status_code == 404
    assert reviewer.post(f"/comparisons/{pk}/run/").status_code == 404


def test_an_auditor_reads_and_changes_nothing(report, world):
    auditor = signed_in("aldo", Role.AUDITOR)
    pk = report.run.comparison_id
    assert auditor.get(f"/comparisons/reports/{report.pk}/").status_code == 200
    for deed in ("run", "edit", "delete", "prune"):
        assert auditor.post(f"/comparisons/{pk}/{deed}/").status_code == 403
    assert Comparison.objects.exists()
