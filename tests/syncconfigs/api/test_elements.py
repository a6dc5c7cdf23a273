"""What a revision holds, read through the API from real packs."""

import json
from dataclasses import replace
from urllib.parse import quote

import pytest

from syncconfigs.api.views import artifacts
from tcsync.access.models import Role
from tcsync.packs import NumberToken
from tcsync.repository.models import Blob, Revision
from tests.repository.histories import History
from tests.syncconfigs.api.conftest import caller, problem


@pytest.fixture
def resource(transactional_db):
    """Return a local resource: a has b, b changes twice and goes, an artifact comes and goes."""
    history = History("r/1")
    history.commit(1, None, {"a": {"name": "Alpha"}, "b/c": {"name": "Beta", "size": 1}})
    history.commit(2, 1, {"b/c": {"name": "Beta", "size": 2}}, artifacts={"p": b"picture"})
    history.commit(5, 2, {"d": {"name": "Delta 🚀"}}, removes=["b/c"], artifacts={"p": None})
    Revision.objects.filter(resource="r/1").update(root_ids=["a"])
    return "resources/r%2F1/revisions"


@pytest.fixture
def reader(transactional_db):
    return caller("rita", Role.REVIEWER)


def test_the_roots_of_a_revision(reader, resource):
    said = reader.get(f"{resource}/5/roots/").json()
    assert (said["count"], said["next"]) == (1, None)
    root = {"id": "a", "type": "uml:Class", "name": "Alpha", "owner": None, "child_count": 0}
    assert said["results"] == [root]


def test_an_element_in_full(reader, resource):
    said = reader.get(f"{resource}/2/elements/b%2Fc/").json()
    assert said["outline"]["name"] == "Beta"
    assert said["body"]["data"] == {"ID": "b/c", "name": "Beta", "size": 2}
    assert any(value["text"] == "2" for value in said["values"])


def test_an_element_keeps_its_numbers_as_they_came(reader, transactional_db):
    History("r2").commit(1, None, {"a": {"n": NumberToken("1.10"), "m": NumberToken("1e999")}})
    text = reader.get("resources/r2/revisions/1/elements/a/").text
    assert '"m":1e999' in text
    assert '"n":1.10' in text


def test_the_children_of_an_element(reader, resource):
    said = reader.get(f"{resource}/5/elements/a/children/").json()
    assert said == {"count": 0, "next": None, "previous": None, "results": []}


@pytest.mark.parametrize("below", ["", "children/"])
@pytest.mark.parametrize("element", ["b/c", "nothing", "x" * 3000, "🚀"])
def test_an_element_that_is_not_there_is_not_found(reader, resource, element, below):
    answer = reader.get(f"{resource}/5/elements/{quote(element)}/{below}")
    problem(answer, 404, "missing")


def test_what_changed_an_element_newest_first(reader, resource):
    said = reader.get(f"{resource}/5/elements/b%2Fc/history/").json()
    found = [(one["number"], one["operation"]) for one in said["results"]]
    assert found == [(5, "removed"), (2, "edited"), (1, "added")]
    assert said["results"][0]["message"] == "revision 5"


def test_the_past_goes_on_where_it_stopped(reader, resource):
    where = f"{resource}/5/elements/b%2Fc/history/"
    said = reader.get(where, limit=1).json()
    assert [one["number"] for one in said["results"]] == [5]
    again = reader.get(said["next"]).json()
    assert [one["number"] for one in again["results"]] == [2]


def test_a_search_finds_by_a_part_of_the_name(reader, resource):
    said = reader.get(f"{resource}/5/search/", text="ALPH").json()
    assert [hit["id"] for hit in said["results"]] == ["a"]
    assert (said["searched"], said["total"], said["next"]) == (2, 2, None)
    said = reader.get(f"{resource}/5/search/", text="d", field="id").json()
    assert [hit["id"] for hit in said["results"]] == ["d"]


def test_a_search_goes_on_where_it_stopped(reader, resource):
    first = reader.get(f"{resource}/5/search/", text="a", limit=1).json()
    second = reader.get(first["next"]).json()
    assert [hit["id"] for said in (first, second) for hit in said["results"]] == ["a", "d"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": "x" * 300}, "text"),
        ({"text": "a", "field": "colour"}, "field"),
        ({"text": "a", "limit": "0"}, "limit"),
        ({"text": "a", "limit": "9" * 30}, "limit"),
    ],
)
def test_a_search_says_what_it_does_not_understand(reader, resource, query, field):
    body = problem(reader.get(f"{resource}/5/search/", **query), 400, "invalid")
    assert list(body["errors"]) == [field]


def test_the_difference_of_two_revisions_attribute_by_attribute(reader, resource):
    said = reader.get(f"{resource}/2/difference/1/").json()
    assert (said["before"], said["after"], said["next"]) == (1, 2, None)
    change = said["elements"][0]
    assert (change["outline"]["id"], change["operation"]) == ("b/c", "edited")
    assert [(c["before"], c["after"]) for c in change["attributes"]] == [("1", "2")]
    artifact = said["artifacts"][0]
    assert (artifact["operation"], artifact["before"]) == ("added", None)
    assert artifact["after"]["size"] == 7


def test_the_difference_to_nothing_is_all_there_is(reader, resource):
    said = reader.get(f"{resource}/1/difference/0/").json()
    assert {one["operation"] for one in said["elements"]} == {"added"}
    problem(reader.get(f"{resource}/1/difference/4/"), 404, "not_found")


def test_a_difference_goes_on_where_it_stopped(reader, resource):
    first = reader.get(f"{resource}/5/difference/1/", limit=1).json()
    second = reader.get(first["next"]).json()
    ids = [one["outline"]["id"] for said in (first, second) for one in said["elements"]]
    assert ids == ["b/c", "d"]
    assert second["artifacts"] == []


@pytest.mark.parametrize("where", ["search/?text=a&after=", "difference/1/?after="])
@pytest.mark.parametrize("cursor", ["nonsense", "🚀", "x" * 900, "%ff"])
def test_a_forged_cursor_harms_nothing(reader, resource, where, cursor):
    assert reader.get(f"{resource}/5/{where}{quote(cursor, safe='%')}").status_code in {200, 400}


def test_artifacts_are_listed_and_downloaded(reader, resource):
    said = reader.get(f"{resource}/2/artifacts/").json()["results"]
    assert [(one["id"], one["name"], one["size"]) for one in said] == [("p", "p.png", 7)]
    answer = reader.get(f"{resource}/2/artifacts/p/")
    assert answer.getvalue() == b"picture"
    assert answer["Content-Disposition"] == 'attachment; filename="p.png"'
    assert answer["Content-Type"] == "application/octet-stream"
    assert reader.get(f"{resource}/5/artifacts/").json()["count"] == 0
    problem(reader.get(f"{resource}/5/artifacts/p/"), 404, "not_found")


@pytest.mark.parametrize("name", ["p.png\n", "../../p.png", "C:\\x\\p.png", "\u202egnp.exe", ".."])
def test_no_name_of_an_artifact_breaks_the_download_or_leaves_its_folder(
    reader, resource, monkeypatch, name
):
    real = artifacts.artifact_ref
    monkeypatch.setattr(artifacts, "artifact_ref", lambda *a: replace(real(*a), name=name))
    answer = reader.get(f"{resource}/2/artifacts/p/")
    assert answer.status_code == 200
    assert not set(answer["Content-Disposition"]) & {"\n", "/", "\\", "\u202e"}
    assert '".."' not in answer["Content-Disposition"]


def test_damaged_bytes_of_an_artifact_are_not_sent(reader, resource):
    Blob.objects.update(place=0)
    problem(reader.get(f"{resource}/2/artifacts/p/"), 503, "digest_mismatch")


def test_bytes_of_an_artifact_that_are_gone_are_damage(reader, resource):
    Blob.objects.all().delete()
    answer = reader.get(f"{resource}/2/artifacts/p/")
    problem(answer, 503, "content")
    assert "Retry-After" not in answer


def test_all_elements_are_downloaded_as_lines(reader, resource):
    answer = reader.get(f"{resource}/5/elements.jsonl")
    lines = [json.loads(line) for line in answer.getvalue().splitlines()]
    assert [line["id"] for line in lines] == ["a", "d"]
    assert answer["Content-Type"] == "application/x-ndjson"


@pytest.mark.parametrize(
    "path",
    ["roots/", "elements/a/", "elements/a/history/", "search/?text=a", "elements.jsonl"],
)
def test_what_cannot_be_read_is_a_problem(reader, resource, path):
    Revision.objects.update(place=3)
    answer = reader.get(f"{resource}/5/{path}")
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] in {"pack_damaged", "content", "digest_mismatch"}


@pytest.mark.parametrize(
    "path",
    [
        "roots/",
        "elements/a/",
        "elements/a/children/",
        "elements/a/history/",
        "search/?text=a",
        "difference/1/",
        "artifacts/",
        "artifacts/p/",
        "elements.jsonl",
    ],
)
def test_content_is_hidden_with_its_resource(resource, path):
    stranger = caller("sam")
    problem(stranger.get(f"{resource}/2/{path}"), 404, "not_found")
