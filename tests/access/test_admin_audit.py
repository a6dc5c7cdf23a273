"""The audit record in Django's administration: filters, export, and that nothing can be changed."""

import csv
import io
import json
from datetime import datetime

import pytest
from django.contrib import admin
from django.db import models, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tcsync.access.admin.large import COUNTED_AT_MOST, CappedPaginator
from tcsync.access.models import Role, RoleGrant, User
from tcsync.audit.models import AuditEntry
from tcsync.audit.recording import Actor, record

LIST = "/admin/audit/auditentry/"


@pytest.fixture
def auditor(db):
    user = User.objects.create(username="audrey", is_staff=True)
    RoleGrant.objects.create(user=user, role=Role.AUDITOR)
    client = Client()
    client.force_login(user)
    return client


def note(actor, action, **more):
    with transaction.atomic():
        return record(Actor(actor, origin="web"), action, **more)


def found(answer):
    assert answer.status_code == 200
    return [entry.action for entry in answer.context["cl"].result_list]


def lines(answer):
    return b"".join(answer.streaming_content).decode().splitlines()


@pytest.fixture
def entries(auditor):
    note("ada", "server.create", target_kind="server", target_id="1", target_name="Munich")
    note("bob", "run.cancel", target_kind="run", target_id="7", summary="run 7 is to stop")


@pytest.mark.parametrize(
    ("query", "actions"),
    [
        ({"actor": "ada"}, ["server.create"]),
        ({"action": "run.cancel"}, ["run.cancel"]),
        ({"target_kind": "server", "target_id": "1"}, ["server.create"]),
        ({"q": "munich"}, ["server.create"]),
        ({"q": "bob stop"}, ["run.cancel"]),
        ({"actor": "nobody"}, []),
    ],
)
def test_the_record_is_filtered_and_searched(auditor, entries, query, actions):
    assert found(auditor.get(LIST, query)) == actions


def test_the_time_is_narrowed_down_from_year_to_day(auditor, entries):
    today = timezone.localdate()
    for when in (f"{today:%Y}", f"{today:%Y-%m}", f"{today:%Y-%m-%d}"):
        answer = auditor.get(LIST, {"when": when})
        assert "run.cancel" in found(answer)
        assert f"when={today:%Y-%m-%d}"[: len("when=") + len(when) + 3] in answer.text
    assert found(auditor.get(LIST, {"when": f"{today.year - 1}"})) == []


@pytest.mark.parametrize("when", ["", "x", "2026-13", "2026-02-30", "0000", "9999-12-31", "\u0662"])
def test_a_time_that_is_none_shows_nothing(auditor, entries, when):
    assert found(auditor.get(LIST, {"when": when})) == []


@pytest.mark.parametrize(
    "query",
    [
        {"q": "a " * 2000},
        {"q": "'; DROP TABLE x; --"},
        {"p": "9" * 40},
        {"p": "-1"},
        {"o": "9.9.-9"},
        {"seq": "9" * 40},
        {"seq__gte": "x"},
        {"at__year": "9" * 40},
        {"nonsense": "x"},
        {"all": ""},
        {"_facets": "True"},
    ],
)
def test_no_address_breaks_the_list(auditor, entries, query):
    assert auditor.get(LIST, query, follow=True).status_code in {200, 400}
    export = auditor.get(f"{LIST}export/csv/", query)
    assert export.status_code in {200, 302, 400}


@pytest.mark.parametrize("verb", ["add/", "1/change/", "1/delete/"])
@pytest.mark.parametrize("who", ["auditor", "root"])
def test_nobody_changes_the_record(request, auditor, entries, who, verb):
    client = auditor
    if who == "root":
        client = Client()
        client.force_login(User.objects.create_superuser("root"))
    before = list(AuditEntry.objects.filter(seq__lte=2).values())
    answer = client.post(f"{LIST}{verb}", {"post": "yes", "summary": "never happened"})
    assert answer.status_code == 403
    assert list(AuditEntry.objects.filter(seq__lte=2).values()) == before


def test_an_action_on_several_does_nothing(auditor, entries):
    sent = {"action": "delete_selected", "_selected_action": ["1", "2"], "post": "yes"}
    auditor.post(LIST, sent)
    assert AuditEntry.objects.filter(seq__lte=2).count() == 2


def test_an_entry_has_no_history(auditor, entries):
    assert auditor.get(f"{LIST}1/history/").status_code == 404


def test_csv_has_the_filtered_entries(auditor, entries):
    answer = auditor.get(f"{LIST}export/csv/", {"actor": "bob"})
    rows = list(csv.DictReader(io.StringIO("\n".join(lines(answer)))))
    assert [row["action"] for row in rows] == ["run.cancel"]
    assert datetime.fromisoformat(rows[0]["at"]).tzinfo is not None
    assert answer["Content-Disposition"].endswith('.csv"')


def test_json_lines_are_the_entries_as_they_are(auditor):
    entry = note("ada", "x", target_name="=1+1", details={"a": {"before": "é\n"}})
    (line,) = lines(auditor.get(f"{LIST}export/jsonl/", {"action": "x"}))
    told = json.loads(line)
    assert (told["target_name"], told["details"]) == ("=1+1", entry.details)
    assert (told["hash"], told["seq"]) == (entry.hash, entry.seq)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\uff1d1", '=cmd|"/C calc"!A0']
)
def test_no_cell_of_the_csv_is_a_formula(auditor, text):
    note(text, text, target_kind=text, target_id=text, target_name=text, summary=text)
    rows = list(csv.reader(lines(auditor.get(f"{LIST}export/csv/"))))
    (row,) = (row for row in rows if f"'{text}" in row)
    assert not [cell for cell in row if cell.lstrip().startswith(("=", "+", "-", "@", "\uff1d"))]


@pytest.mark.parametrize("separator", [";", "|", ","])
def test_no_cell_is_a_formula_for_a_spreadsheet_with_another_separator(auditor, separator):
    note("ada", "x", summary=f'Rover{separator} =HYPERLINK("http://x")')
    rows = list(csv.DictReader(lines(auditor.get(f"{LIST}export/csv/", {"action": "x"}))))
    cells = rows[0]["summary"].split(separator)
    assert not any(cell.strip().startswith("=") for cell in cells)


def test_an_export_is_recorded_with_its_filter(auditor, entries):
    auditor.get(f"{LIST}export/csv/", {"actor": "bob"})
    entry = AuditEntry.objects.all()[0]
    assert (entry.action, entry.actor) == ("audit.export", "audrey")
    assert "actor=bob" in entry.summary


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.REVIEWER, None])
def test_who_may_export_is_who_may_read_the_record(client, db, role):
    user = User.objects.create(username="u", is_staff=True)
    if role:
        RoleGrant.objects.create(user=user, role=role)
    client.force_login(user)
    allowed = role in {Role.ADMINISTRATOR, Role.AUDITOR}
    assert client.get(f"{LIST}export/csv/").status_code == (200 if allowed else 403)


@pytest.mark.parametrize("form", ["xlsx", "CSV", "csv-x"])
def test_there_are_two_forms_only(auditor, form):
    assert auditor.get(f"{LIST}export/{form}/").status_code == 404


def test_who_is_not_signed_in_exports_nothing(client, db):
    assert client.get(f"{LIST}export/csv/").status_code == 302


def fill(count):
    fixed = {"at": timezone.now(), "previous_hash": "0" * 64, "hash": "0" * 64}
    rows = (
        AuditEntry(seq=n, actor=f"a{n % 7}", action="run.end", **fixed) for n in range(9, count + 9)
    )
    models.QuerySet(AuditEntry).bulk_create(rows, batch_size=2000)


def test_a_long_list_is_counted_no_further_than_needed(auditor):
    fill(COUNTED_AT_MOST + 50)
    assert CappedPaginator(AuditEntry.objects.all(), 50).count == COUNTED_AT_MOST
    answer = auditor.get(LIST)
    assert len(answer.context["cl"].result_list) == 50
    assert "10,000 or more" in answer.text


def test_the_list_takes_few_queries_however_many_rows(auditor, django_assert_max_num_queries):
    fill(500)
    auditor.get("/admin/")  # the first page of a session writes it
    with django_assert_max_num_queries(90):
        assert auditor.get(LIST).status_code == 200


def test_the_way_back_to_the_portal_is_on_every_page(auditor):
    assert f'href="{reverse("dashboard")}"' in auditor.get("/admin/").text


def test_the_queue_is_not_to_be_changed_here():
    assert not [model for model in admin.site._registry if model._meta.app_label == "django_q"]
