"""Categories, names and tags of local resources: each change with its feed and audit rows."""

from __future__ import annotations

from contextlib import suppress

import pytest

from tcsync.audit.models import AuditEntry
from tcsync.audit.recording import SYSTEM, Actor
from tcsync.domain import UNCATEGORIZED_ID, Tag
from tcsync.errors import Clash, Missing
from tcsync.repository import reading, writing
from tcsync.repository.models import Category, Change, Resource
from tcsync.repository.models import Tag as TagRow
from tests.repository.arriving import traces
from tests.repository.histories import History

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def local() -> str:
    """A local resource with two revisions."""
    History("r1").commit(1, None)
    History("r1").commit(2, 1)
    return "r1"


def last_entry() -> AuditEntry:
    return AuditEntry.objects.latest("seq")


def last_change() -> str:
    return Change.objects.latest("number").resource


def test_a_category_is_made_with_feed_and_audit_row():
    top = writing.make_category(Actor("alice"), "Top")
    below = writing.make_category(Actor("alice"), "Below", top.id)
    assert reading.Tree.load().names(below.id) == ("Top", "Below")
    assert (last_entry().actor, last_entry().target_id) == ("alice", below.id)
    assert last_change() == ""


def test_a_category_name_is_taken_in_its_place_only():
    top = writing.make_category(SYSTEM, "Name")
    writing.make_category(SYSTEM, "Name", top.id)
    before = traces()
    with pytest.raises(Clash, match="'Name'"):
        writing.make_category(SYSTEM, "Name")
    assert traces() == before


def test_a_path_makes_what_is_missing_and_nothing_twice():
    one = writing.ensure_category_path(SYSTEM, "A/B")
    other = writing.ensure_category_path(SYSTEM, " A / C /")
    assert writing.ensure_category_path(SYSTEM, "A/B").id == one.id
    assert one.parent_id == other.parent_id
    assert Category.objects.exclude(id=UNCATEGORIZED_ID).count() == 3


def test_an_empty_path_is_uncategorized():
    assert writing.ensure_category_path(SYSTEM, "").is_uncategorized


def test_renaming_a_resource(local):
    writing.rename_resource(SYSTEM, local, "Other")
    assert Resource.objects.get().name == "Other"
    assert last_entry().action == "resource.rename"
    assert last_entry().summary == "Name r1 renamed to Other"
    assert last_change() == local


def test_a_tag_is_put_moved_and_removed(local):
    writing.put_tag(SYSTEM, local, Tag("t1", "v1", 1))
    writing.put_tag(SYSTEM, local, Tag("t1", "v1.0", 2, "moved"))
    assert list(TagRow.objects.values_list("name", "number", "description")) == [
        ("v1.0", 2, "moved")
    ]
    writing.remove_tag(SYSTEM, local, "t1")
    assert not TagRow.objects.exists()
    assert (last_entry().action, last_change()) == ("tag.remove", local)


def test_a_tag_needs_a_revision_that_exists(local):
    before = traces()
    with pytest.raises(Missing, match="no revision 9"):
        writing.put_tag(SYSTEM, local, Tag("t1", "v1", 9))
    assert traces() == before
    assert not TagRow.objects.exists()


def test_removing_a_tag_that_is_not_there_records_nothing(local):
    before = traces()
    with suppress(Missing):
        writing.remove_tag(SYSTEM, local, "t9")
    assert traces() == before


def test_a_resource_that_is_not_here_is_missing():
    with pytest.raises(Missing, match="no resource nowhere"):
        writing.rename_resource(SYSTEM, "nowhere", "Name")


def test_a_guard_runs_before_anything_is_written(local):
    def refuse() -> None:
        raise Missing("no right")

    before = traces()
    with pytest.raises(Missing), writing.unit(SYSTEM, "test", refuse):
        Resource.objects.update(name="Other")
    assert traces() == before
    assert Resource.objects.get().name == "Name r1"


def test_an_error_in_a_unit_takes_everything_back(local):
    def interrupted() -> None:
        with writing.unit(SYSTEM, "test") as work:
            work.resources.add(local)
            Resource.objects.update(name="Other")
            raise Clash("stop")

    before = traces()
    with pytest.raises(Clash):
        interrupted()
    assert traces() == before
    assert Resource.objects.get().name == "Name r1"
