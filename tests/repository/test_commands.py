"""The commands `load_history` and `generate_history`: what they say and what they refuse."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tcsync.audit.models import AuditEntry
from tcsync.repository import reading
from tcsync.repository.models import Resource, Revision
from tests.histories.history_file import RESOURCE, written
from tests.repository.loading.pump import PUMP, proven, pump

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def run(command: str, *arguments: str) -> str:
    output = StringIO()
    call_command(command, *arguments, stdout=output, stderr=StringIO())
    return output.getvalue()


def test_loading_says_what_it_did(tmp_path):
    output = run("load_history", str(pump(tmp_path)))
    assert output.startswith("history.jsonl: 4 revisions loaded, 0 were here, ")
    assert run("load_history", str(pump(tmp_path))).startswith(
        "history.jsonl: 0 revisions loaded, 4 were here, 0 element changes"
    )


def test_loading_is_recorded_as_the_commands_doing(tmp_path):
    run("load_history", str(pump(tmp_path)))
    entry = AuditEntry.objects.filter(action="resource.load").get()
    assert (entry.actor, entry.origin) == ("load_history", "command")
    assert entry.details["revisions"] == 4


def test_loading_stops_where_it_is_told_and_puts_categories_below_a_path(tmp_path):
    run("load_history", str(pump(tmp_path)), "--until", "3", "--category", "Old")
    assert sorted(Revision.objects.values_list("number", flat=True)) == [1, 2]
    category = Resource.objects.get().category_id
    assert reading.Tree.load().names(category) == ("Old", "A", "B")


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(CommandError, match="There is no file"):
        run("load_history", str(tmp_path / "nothing.jsonl"))


def test_a_broken_line_is_an_error_that_names_it(tmp_path):
    path = written(tmp_path, *proven(PUMP), b"nonsense")
    with pytest.raises(CommandError, match=str(len(PUMP) + 1)):
        run("load_history", str(path))
    assert Revision.objects.count() == 4


def test_a_file_that_is_cut_off_is_an_error(tmp_path):
    with pytest.raises(CommandError):
        run("load_history", str(written(tmp_path, RESOURCE)))


def test_what_is_compressed_badly_is_an_error(tmp_path):
    path = tmp_path / "bad.jsonl.xz"
    path.write_bytes(b"\xfd7zXZ\0 and then nothing of the kind")
    with pytest.raises(CommandError, match="bad"):
        run("load_history", str(path))


@pytest.mark.slow
def test_a_generated_history_can_be_loaded(tmp_path):
    path = tmp_path / "generated.jsonl"
    run("generate_history", str(path), "--seed", "7")
    output = run("load_history", str(path), "--until", "1")
    assert output.startswith("generated.jsonl: ")
    assert Resource.objects.count() == 12


def test_an_unknown_preset_is_an_error(tmp_path):
    with pytest.raises(CommandError, match="invalid choice"):
        run("generate_history", str(tmp_path / "x.jsonl"), "--preset", "nothing")


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(CommandError, match="nowhere"):
        run("generate_history", str(tmp_path / "nowhere" / "x.jsonl"))
