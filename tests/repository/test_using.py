"""Who uses whom here: heads alone count, both forms of a use, and what is not here."""

import pytest

from tcsync.domain import Branch
from tcsync.repository.models import Resource
from tcsync.repository.using import ROWS_AT_ONCE, lacking, used_by, users_of
from tcsync.uses import uses_in
from tests.repository.histories import History

PUMP = {"resource": "pump", "branch": "trunk", "version": "1"}
BRANCHES = (Branch("trunk", "trunk", None, None), Branch("side", "side", 1, None))


@pytest.fixture
def pump(db) -> Resource:
    history = History("pump")
    history.commit(1, None)
    history.commit(4, 1)
    return Resource.objects.get(id="pump")


def using(id_: str, *used: dict[str, object]) -> None:
    History(id_).commit(1, None, used_projects=used)


def test_a_user_is_found_by_resource_id_and_by_project_id(pump):
    using("station", PUMP)
    using("tank", {"project": "P-pump", "uri": "Pump.mdzip", "version": "4"})
    using("other", {"resource": "pump-2", "version": "1"})
    found = [(one.user.id, one.use.version, one.has_newer) for one in users_of([pump])]
    assert found == [("station", "1", True), ("tank", "4", False)]


def test_only_heads_count_and_their_branches_are_named(pump):
    history = History("station", branches=BRANCHES)
    history.commit(1, None, used_projects=[PUMP])
    history.commit(2, 1, branch="side", used_projects=[PUMP])
    history.commit(3, 1)
    (one,) = users_of([pump])
    assert one.branches == ("side",)


def test_copies_and_deleted_resources_are_left_out_where_that_is_asked_for(pump):
    for id_ in ("station", "copy", "gone"):
        using(id_, PUMP)
    Resource.objects.filter(id="copy").update(read_only=True)
    Resource.objects.filter(id="gone").update(removed_at="2026-01-01T00:00:00Z")
    assert [one.user.id for one in users_of([pump], is_local=True)] == ["station"]
    assert [one.user.id for one in users_of([pump])] == ["copy", "station"]


def test_users_of_many_and_of_ids_with_odd_letters_are_found_too(pump):
    for id_ in ("ünïque", 'quo"te', "a", "b"):
        History(id_).commit(1, None)
        using(f"user of {id_}", {"resource": id_, "version": "1"})
    rows = list(Resource.objects.exclude(id__startswith="user"))
    assert {one.used.id for one in users_of(rows)} == {"ünïque", 'quo"te', "a", "b"}
    (odd,) = Resource.objects.filter(id='quo"te')
    assert [one.user.id for one in users_of([odd])] == ['user of quo"te']


def test_a_used_project_says_whether_its_version_is_here_and_what_is_newest(pump):
    told = [PUMP, {**PUMP, "version": "3"}, {**PUMP, "version": "4"}, {"uri": "x", "version": "9"}]
    found = used_by(uses_in(told), Resource.objects.all())
    assert [(one.is_version_here, one.newest) for one in found] == [
        (True, 4),
        (False, 4),
        (True, 4),
        (None, None),
    ]
    assert [one.has_newer for one in found] == [True, True, False, False]


def test_what_may_not_be_seen_is_as_if_it_were_not_here(pump):
    (one,) = used_by(uses_in([PUMP]), Resource.objects.none())
    assert (one.row, one.newest, one.is_version_here) == (None, None, None)


def test_lacking_names_what_is_not_here_with_its_users_and_no_files(pump):
    ghost = {"resource": "ghost", "version": "7"}
    using("station", PUMP, ghost, {"uri": "file:/UML.mdzip", "version": "19.0"})
    using("tank", ghost)
    for more in ([], [f"r-{n}" for n in range(ROWS_AT_ONCE)]):
        (one,) = lacking(["station", "tank", *more], Resource.objects.all())
        assert (one.use.resource, [user.id for user in one.users]) == ("ghost", ["station", "tank"])
