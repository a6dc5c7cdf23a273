"""Used projects as values: both forms that sources tell, and a version that is raised."""

from tcsync.uses import Use, raised, uses_in

CLOUD = {"resource": "r-9", "branch": "b-1", "version": "33"}
FILE = {"project": "P-9", "uri": "Pump%20House.mdzip", "readonly": True, "version": "19.0 v9"}


def test_a_use_of_a_server_is_known_by_its_resource_and_pins_a_revision():
    (use,) = uses_in([CLOUD])
    assert (use.key, use.number, use.branch) == ("resource:r-9", 33, "b-1")


def test_a_use_of_a_file_is_known_by_its_project_and_pins_no_revision():
    (use,) = uses_in([FILE])
    assert (use.key, use.number, use.label) == ("project:P-9", None, "Pump House")


def test_a_file_without_an_id_is_known_by_nothing():
    (use,) = uses_in([{"uri": "file:/c:/profiles/UML.mdzip", "version": "4"}])
    assert (use.key, use.number, use.label) == ("", None, "UML")


def test_what_is_told_twice_or_in_odd_types_counts_once():
    odd = {"resource": 7, "branch": None, "version": 33, "uri": True}
    assert uses_in([CLOUD, dict(CLOUD), odd]) == (
        Use("r-9", branch="b-1", version="33"),
        Use("7", version="33"),
    )


def test_raising_changes_the_version_of_that_project_and_nothing_else():
    assert raised([FILE, CLOUD], "resource:r-9", "40") == (FILE, {**CLOUD, "version": "40"})
