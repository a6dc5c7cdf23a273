"""Used projects: missing ones, and versions that point at renumbered or absent revisions."""

from __future__ import annotations

import pytest

from tcsync.sync.marks import Use
from tcsync.sync.used import Library, User, check_uses
from tests.sync.seeing import chain, renumbering, seen

HISTORY = chain(1, 4, 7)


def found(library: Library, version: int | None = 4) -> list[tuple[str, str, str]]:
    use = Use("lib", "", version)
    user = User("r1", "Rover", (use,), (use,))
    return [(str(d.kind), d.theirs, d.ours) for d in check_uses(user, {use: library})]


@pytest.mark.parametrize(
    ("library", "expected"),
    [
        (Library(seen(HISTORY), seen(HISTORY)), []),
        (
            Library(seen(HISTORY), None),
            [("used project", "present", "not to be seen")],
        ),
        (
            Library(seen(HISTORY), seen(renumbering(HISTORY))),
            [
                (
                    "used version",
                    "revision 4 is present",
                    "revision 4 is absent: the other side's is 2 here",
                )
            ],
        ),
        (
            Library(seen(HISTORY), seen({1: HISTORY[1]})),
            [("used version", "revision 4 is present", "revision 4 is absent")],
        ),
    ],
)
def test_what_is_wrong_with_a_used_project_is_said_for_each_side(library, expected):
    assert found(library) == expected


def test_a_version_that_is_another_revision_by_now_is_named_with_its_new_number():
    history = chain(1, 3, 4, 7)
    library = Library(seen(history), seen(renumbering(history)))
    ((kind, here, there),) = found(library)
    assert kind == "used version"
    assert here == "revision 4 is another one: the other side's is 7 here"
    assert there == "revision 4 is another one: the other side's is 3 here"


def test_what_neither_side_shows_is_a_note_and_no_difference():
    use = Use("lib", "", None)
    user = User("r1", "Rover", (use,), ())
    (note,) = check_uses(user, {use: Library(None, None)})
    assert note.is_note


def test_a_use_that_pins_no_revision_follows_its_branch():
    assert found(Library(seen(HISTORY), seen(renumbering(HISTORY))), None) == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"resource": "lib", "branch": "b", "version": "4"}, Use("lib", "", 4)),
        ({"project": "P", "version": 4}, Use("", "P", 4)),
        ({"resource": "lib", "version": ""}, Use("lib", "", None)),
        ({"resource": "lib", "version": "9" * 40}, Use("lib", "", None)),
        ({"uri": "file:/x.mdzip", "version": "1"}, None),
    ],
)
def test_uses_are_read_as_revisions_say_them(said, expected):
    assert Use.of(said) == expected
