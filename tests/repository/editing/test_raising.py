"""Raising the version of a used project: one revision, nothing else, and never of a copy."""

from threading import Thread

import pytest
from django.db import connection

from tcsync.audit.models import AuditEntry
from tcsync.errors import Clash, Missing, ReadOnly
from tcsync.repository.editing import Change, Raise, edit, raise_use
from tcsync.repository.models import Resource, Revision
from tcsync.repository.states import History
from tcsync.repository.upkeep import verify_resource
from tests.repository.editing.test_race import ACTOR
from tests.repository.histories import History as Written

PUMP = {"resource": "pump", "branch": "trunk", "version": "1"}
UML = {"uri": "file:/UML.mdzip", "version": "19.0 v9"}
TO_4 = Raise("resource:pump", "Pump", 4)


@pytest.fixture
def station(transactional_db) -> str:
    Written("station").commit(1, None, {"a": {"name": "A"}}, used_projects=[PUMP, UML])
    return "station"


def test_raising_is_one_revision_that_changes_nothing_else(station):
    assert raise_use(ACTOR, station, "trunk", TO_4).number == 2
    made = Revision.objects.get(resource=station, number=2)
    assert made.used_projects == [{**PUMP, "version": "4"}, UML]
    assert (made.added, made.edited, made.removed, made.author) == (0, 0, 0, "zoe")
    assert set(History(station).get_many(2, ["a"])) == {"a"}


def test_the_digest_of_the_new_revision_holds(station):
    raise_use(ACTOR, station, "trunk", TO_4)
    assert verify_resource(station) == []


def test_it_stands_in_the_audit_record(station):
    raise_use(ACTOR, station, "trunk", TO_4)
    entry = AuditEntry.objects.order_by("-pk")[0]
    assert (entry.actor, entry.action, entry.target_id) == ("zoe", "resource.raise_use", station)


def test_a_version_that_is_used_already_is_not_made_again(station):
    raise_use(ACTOR, station, "trunk", TO_4)
    with pytest.raises(Clash, match="uses revision 4 of Pump already"):
        raise_use(ACTOR, station, "trunk", Raise("resource:pump", "Pump", 3))
    assert Revision.objects.filter(resource=station).count() == 2


def test_what_is_not_used_cannot_be_raised(station):
    with pytest.raises(Missing, match="does not use Ghost"):
        raise_use(ACTOR, station, "trunk", Raise("resource:ghost", "Ghost", 4))


def test_a_copy_is_refused_with_a_sentence(station):
    Resource.objects.update(read_only=True)
    with pytest.raises(ReadOnly, match="read-only copy"):
        raise_use(ACTOR, station, "trunk", TO_4)


def test_nothing_of_an_edit_at_the_same_time_is_lost(station):
    def write() -> None:
        edit(ACTOR, station, "trunk", [Change("a", {"n": 1})])
        connection.close()

    thread = Thread(target=write)
    thread.start()
    done = raise_use(ACTOR, station, "trunk", TO_4)
    thread.join()
    assert sorted(Revision.objects.values_list("number", flat=True)) == [1, 2, 3]
    newest = Revision.objects.get(number=3)
    assert newest.used_projects[0]["version"] == "4", done
