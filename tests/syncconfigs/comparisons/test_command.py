"""`manage.py compare`: what it prints, and its exit codes."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from syncconfigs.models import Comparison, ComparisonReport
from tests.syncconfigs.runs.working import synchronize

pytestmark = pytest.mark.both_databases


@pytest.fixture
def copied(config):
    synchronize(config)
    return config


def run(*args: str) -> tuple[int, str]:
    """Return the exit code and what was printed."""
    out = StringIO()
    try:
        call_command("compare", *args, stdout=out, stderr=StringIO())
    except SystemExit as error:
        return int(error.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_equal_sides_end_with_0(copied):
    code, text = run("Bodo's node", "here", "--category", copied.source_id)
    assert (code, "2 resources equal, 0 different" in text) == (0, True)


def test_differences_end_with_2_and_are_named(copied, source):
    source.whole = replace(
        source.whole, resources=tuple(replace(r, name="New") for r in source.whole.resources)
    )
    code, text = run("Bodo's node", "here")
    assert code == 2
    assert "  name: New | Name rover" in text


def test_what_cannot_be_compared_ends_with_1(copied):
    code, text = run("Bodo's node", "here", "--resource", "ghost")
    assert code == 1
    assert "1 could not be compared" in text


def test_the_report_is_json_where_that_is_asked_for(copied):
    _code, text = run("1" if copied.server.pk == 1 else str(copied.server.pk), "here", "--json")
    said = json.loads(text)
    assert said["format"] == "tcsync-comparison-1"
    assert {row["verdict"] for row in said["resources"]} == {"equal"}


def test_the_same_question_is_one_comparison(copied):
    for _time in range(2):
        run("Bodo's node", "here", "--prune", "1")
    assert Comparison.objects.count() == 1
    assert ComparisonReport.objects.count() == 1
    run("Bodo's node", "here", "--deep", "heads")
    assert Comparison.objects.count() == 2


def test_a_signed_report_is_what_verify_report_takes(copied, tmp_path):
    file = tmp_path / "report.json"
    run("Bodo's node", "here", "--signed", str(file))
    out = StringIO()
    call_command("verify_report", str(file), stdout=out)
    assert "unchanged" in out.getvalue()
    file.write_bytes(file.read_bytes().replace(b"Name rover", b"Name other"))
    with pytest.raises(CommandError):
        call_command("verify_report", str(file), stdout=StringIO())


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("here",), "Name two sides"),
        (("here", "here"), "Both sides are the same server"),
        (("here", "nobody"), "There is no server 'nobody'"),
        (("--comparison", "77"), "Name one comparison that there is"),
    ],
)
def test_what_cannot_be_asked_is_said(copied, args, sentence):
    with pytest.raises(CommandError, match=sentence):
        run(*args)
