"""Copies made editable and read-only again; resources marked as deleted, and for good."""

from __future__ import annotations

import pytest

from tcsync.audit.models import AuditEntry
from tcsync.audit.recording import SYSTEM
from tcsync.domain import Tag
from tcsync.errors import Clash, Missing, ReadOnly
from tcsync.repository import editing, writing
from tcsync.repository.models import Change, Resource, Revision
from tests.repository.arriving import traces
from tests.repository.histories import History

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def copies() -> list[str]:
    """Two read-only copies beside one local resource."""
    for id_ in ("r1", "r2", "mine"):
        History(id_).commit(1, None)
    Resource.objects.exclude(id="mine").update(read_only=True)
    return ["r1", "r2"]


def flags() -> dict[str, bool]:
    return dict(Resource.objects.order_by("id").values_list("id", "read_only"))


def test_copies_are_made_editable_together_with_one_audit_row(copies):
    writing.make_editable(SYSTEM, copies, "the source is cleared")
    assert flags() == {"mine": False, "r1": False, "r2": False}
    entry = AuditEntry.objects.latest("seq")
    assert (entry.action, entry.details["reason"]) == ("copy.editable", "the source is cleared")
    assert [one["id"] for one in entry.details["resources"]] == copies
    assert {row.resource for row in Change.objects.order_by("-number")[:2]} == {"r1", "r2"}


@pytest.mark.parametrize("wrong", ["mine", "nowhere"])
def test_one_that_is_no_copy_stops_all(copies, wrong):
    before = traces()
    with pytest.raises(Missing, match="nothing was changed"):
        writing.make_editable(SYSTEM, [*copies, wrong])
    assert (flags()["r1"], traces()) == (True, before)


def test_what_was_made_editable_is_edited_as_a_local_resource_is(copies):
    with pytest.raises(ReadOnly):
        editing.edit(SYSTEM, "r1", "trunk", [editing.New("e", "uml:Class", "", {})])
    writing.make_editable(SYSTEM, ["r1"])
    writing.rename_resource(SYSTEM, "r1", "Mine now")
    assert Resource.objects.get(id="r1").name == "Mine now"


def test_it_can_be_undone_as_long_as_nothing_was_changed(copies):
    writing.make_editable(SYSTEM, copies)
    writing.make_read_only(SYSTEM, copies)
    assert flags()["r1"]
    with pytest.raises(ReadOnly):
        writing.rename_resource(SYSTEM, "r1", "x")
    assert Resource.objects.get(id="r1").released_at is None


@pytest.mark.parametrize("change", ["revision", "tag", "name", "mark"])
def test_after_a_local_change_it_cannot_be_undone(copies, change):
    writing.make_editable(SYSTEM, copies)
    if change == "revision":
        History("r1").commit(2, 1, {"a": {"v": 1}})
    elif change == "tag":
        writing.put_tag(SYSTEM, "r1", Tag("t", "v1", 1))
    elif change == "name":
        writing.rename_resource(SYSTEM, "r1", "x")
    else:
        writing.mark_deleted(SYSTEM, ["r1"])
    with pytest.raises(Clash, match=r"\(r1\) was changed here"):
        writing.make_read_only(SYSTEM, copies)
    assert not flags()["r2"]


def test_a_local_resource_never_becomes_a_copy(copies):
    with pytest.raises(Missing, match="was not made editable here"):
        writing.make_read_only(SYSTEM, ["mine"])


def test_a_mark_of_deletion_is_taken_back(copies):
    writing.mark_deleted(SYSTEM, ["r1", "mine"])
    with pytest.raises(Missing, match="marked as deleted already"):
        writing.mark_deleted(SYSTEM, ["r2", "mine"])
    writing.take_mark_back(SYSTEM, ["r1", "mine"])
    assert not Resource.objects.exclude(removed_at=None).exists()
    with pytest.raises(Missing, match="is not marked"):
        writing.take_mark_back(SYSTEM, ["r2"])


def test_only_what_is_marked_is_deleted_for_good(copies):
    writing.mark_deleted(SYSTEM, ["r1"])
    with pytest.raises(Missing, match="is not marked"):
        writing.purge(SYSTEM, copies)
    writing.purge(SYSTEM, ["r1"])
    assert not Revision.objects.filter(resource="r1").exists()
    assert Resource.objects.count() == 2
