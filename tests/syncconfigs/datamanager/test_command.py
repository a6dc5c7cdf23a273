"""The command line of Data Manager, as Teamwork Cloud's users type it."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError
from django.core.management.base import OutputWrapper

from syncconfigs.management.commands import datamanager, remove_read_only_flag
from syncconfigs.management.options import ELSEWHERE
from tcsync.audit.models import AuditEntry
from tcsync.repository.models import Resource

pytestmark = pytest.mark.both_databases


def run(*words: str, command: type = datamanager.Command) -> str:
    """Type it, as after the name of the program; return what it says."""
    out = io.StringIO()
    made = command(stdout=out)
    options = vars(made.create_parser("manage.py", "datamanager").parse_args(words))
    made.stdout = OutputWrapper(out)
    made.handle(**options)
    return out.getvalue()


def flags() -> set[str]:
    return set(Resource.objects.filter(read_only=True).values_list("id", flat=True))


@pytest.mark.parametrize(
    "words",
    [
        ("-rrof", "--resourceID=rover,probe"),
        ("--remove-read-only-flag", "-resourceID=rover,probe"),
        ("-rrof", "-resourceID", "rover", "--resourceID", "probe"),
        ("-rrof", "resourceID=rover,probe"),
        ("-rrof", "rover", "probe"),
    ],
)
def test_every_spelling_makes_both_editable(free, words):
    said = run(*words)
    assert flags() == set()
    assert "1/2  rover  Name rover: made editable" in said
    assert AuditEntry.objects.get(action="copy.editable").origin == "command"


def test_a_category_may_be_named_instead(free):
    run("-rrof", f"-categoryID={Resource.objects.get(id='rover').category_id}")
    assert flags() == set()


def test_without_an_id_it_says_what_is_missing(free):
    with pytest.raises(CommandError, match="--resourceID=<id>"):
        run("-rrof")


def test_a_dry_run_checks_all_and_leaves_nothing(free):
    before = AuditEntry.objects.count()
    said = run("-rrof", "--resourceID=rover", "--dry-run")
    assert "would be made editable" in said
    assert (flags(), AuditEntry.objects.count()) == ({"rover", "probe"}, before)


def test_one_wrong_id_and_nothing_is_done(free):
    with pytest.raises(CommandError, match=r"(?s)There is no resource 'rovr'.*Similar: rover"):
        run("-rrof", "--resourceID=probe,rovr")
    assert "probe" in flags()


def test_what_is_still_synchronized_is_named_with_its_configuration(followed):
    with pytest.raises(CommandError, match=f"configuration {followed.pk}, Space"):
        run("-rrof", "--resourceID=rover")
    run("-rrof", "--resourceID=rover", "--detach", "--reason", "ours")
    assert flags() == {"probe"}


@pytest.mark.parametrize("restoring", [("--restore-read-only",), ("--restore-read-only", "rover")])
def test_it_is_undone(free, restoring):
    run("-rrof", "--resourceID=rover")
    run(*restoring, *(() if len(restoring) > 1 else ("--resourceID=rover",)))
    assert "rover" in flags()


def test_the_best_known_act_has_a_command_of_its_own(free):
    command = remove_read_only_flag.Command
    run("-resourceID=rover", "--reason=why", command=command)
    assert flags() == {"probe"}
    run("--restore-read-only", "--resourceID=rover", command=command)
    assert "rover" in flags()


def test_the_lists_show_ids_names_and_what_each_is(followed):
    said = run("-lr")
    assert (
        "rover  Name rover  (Uncategorized / Space; 3 revisions, read-only, synchronized)" in said
    )
    assert "mine  Name mine  (Uncategorized; 1 revision, local)" in said
    assert "Uncategorized / Space" in run("-lcat")
    assert "trunk  trunk  (newest revision 5, trunk)" in run("-lb", "resourceID=rover")
    assert "revisions: 3" in run("-lrv", "resourceID=rover", "branchID=trunk")


def test_deleting_marks_and_both_ways_on_are_offered(free):
    run("-dr", "rover", "mine")
    assert "marked as deleted: 2" in run("-lrd")
    run("-urd", "mine")
    run("-drd", "--yes")
    assert list(Resource.objects.order_by("id").values_list("id", flat=True)) == ["mine", "probe"]


def test_deleting_for_good_wants_the_number_typed(free, monkeypatch):
    run("-dr", "rover")
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    with pytest.raises(CommandError, match="Nothing was done"):
        run("-drd")
    monkeypatch.setattr("sys.stdin", io.StringIO("1\n"))
    run("-drd")
    assert not Resource.objects.filter(id="rover").exists()


@pytest.mark.parametrize("option", [names[0] for names in ELSEWHERE])
def test_what_is_not_done_here_says_what_to_do_instead(option):
    with pytest.raises(CommandError, match=rf"^{option}: [A-Z].+\."):
        run(option, "resourceID=rover")


@pytest.mark.django_db
def test_version_and_help_are_spelled_with_one_dash(capsys):
    assert "standing for Teamwork Cloud" in run("-version")
    with pytest.raises(SystemExit):
        run("-help")
    assert "--remove-read-only-flag" in capsys.readouterr().out
