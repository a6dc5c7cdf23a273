"""Files of a revision: never shown in the browser, never other bytes than were promised."""

import json

import pytest
from django.db.models import F

from tcsync.repository.models import Blob
from tests.syncconfigs.views.looking import AT_1, AT_2, DIAGRAM, ID, NEWER, damage, write_rover

LINES, ARTIFACT, JSON = (
    AT_1.format(page) for page in ("elements.jsonl/", "artifact/", "element.json/")
)


@pytest.fixture
def rover(world):
    return write_rover(world.avionics)


def test_all_elements_come_as_lines_in_the_order_of_their_ids(reviewer, rover):
    answer = reviewer.get(LINES)
    lines = b"".join(answer.streaming_content).splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["b", "m", "w1", "w2"]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Rover-1.jsonl"'


def test_an_artifact_comes_with_the_bytes_of_its_revision(reviewer, rover):
    for where, data in ((AT_1, DIAGRAM), (AT_2, NEWER)):
        answer = reviewer.get(where.format("artifact/"), {"id": "d1"})
        assert b"".join(answer.streaming_content) == data
        assert answer.headers["Content-Length"] == str(len(data))


def test_an_empty_artifact_comes_empty(reviewer, rover):
    answer = reviewer.get(ARTIFACT, {"id": "d2"})
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, b"")


def test_an_artifact_is_never_shown_by_the_browser(reviewer, rover):
    headers = reviewer.get(ARTIFACT, {"id": "d1"}).headers
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"] == 'attachment; filename="Main_.html"'
    assert "sandbox" in headers["Content-Security-Policy"]


def test_damaged_bytes_are_told_before_any_is_sent(reviewer, rover):
    Blob.objects.update(place=F("place") + 1)
    answer = reviewer.get(ARTIFACT, {"id": "d1"})
    assert answer.status_code == 503
    assert "This cannot be read" in answer.text


def test_bytes_that_are_gone_are_told(reviewer, rover):
    Blob.objects.all().delete()
    assert reviewer.get(ARTIFACT, {"id": "d1"}).status_code == 503


@pytest.mark.parametrize("page", [LINES, JSON, ARTIFACT])
def test_a_damaged_pack_is_told_in_a_sentence(reviewer, rover, page):
    damage()
    assert reviewer.get(page, {"id": "b"}).status_code == 503


@pytest.mark.parametrize("id_", ["", "d9", "b", "x" * 5000])
def test_what_is_no_artifact_is_not_there(reviewer, rover, id_):
    assert reviewer.get(ARTIFACT, {"id": id_}).status_code == 404


@pytest.mark.parametrize("name", ["/", "..", "\u202egpj.exe", "a" * 900, 'x"\r\ny', "ä €"])
def test_a_file_name_is_safe_whatever_the_resource_is_called(reviewer, rover, name):
    type(rover).objects.filter(id=ID).update(name=name)
    said = reviewer.get(LINES).headers["Content-Disposition"]
    assert said.startswith("attachment; filename")
    assert not {"/", "\r", "\n"} & set(said.partition("filename")[2].replace("utf-8''", ""))


def test_artifacts_are_listed_searched_and_lead_to_their_bytes(reviewer, rover):
    listed = reviewer.get(AT_1.format("artifacts/"))
    assert f'href="{ARTIFACT}?id=d1" download' in listed.text
    found = reviewer.get(AT_1.format("artifacts/"), {"q": "NOTES"})
    assert [ref.id for ref in found.context["page"]] == ["d2"]
    assert "No artifact has that" in reviewer.get(AT_1.format("artifacts/"), {"q": "zz"}).text


def test_artifacts_of_a_damaged_pack_are_told_in_a_sentence(reviewer, rover):
    damage()
    assert reviewer.get(AT_1.format("artifacts/")).status_code == 503
