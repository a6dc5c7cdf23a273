"""What a synchronization does to copies beside their history, and who else may change them."""

from __future__ import annotations

import pytest

from tcsync.audit.models import AuditEntry
from tcsync.audit.recording import SYSTEM
from tcsync.domain import UNCATEGORIZED_ID, Category, Tag
from tcsync.errors import LeaseLost, Missing, ReadOnly
from tcsync.repository import reading, writing
from tcsync.repository.models import Category as CategoryRow
from tcsync.repository.models import Change, Resource, Revision
from tests.repository.arriving import traces
from tests.repository.histories import History

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

SPACE = Category("c1", "Space")


@pytest.fixture
def copies() -> list[str]:
    """Two read-only copies beside one local resource."""
    for id_ in ("r1", "r2", "mine"):
        History(id_).commit(1, None)
    Resource.objects.exclude(id="mine").update(read_only=True)
    return ["r1", "r2"]


def ensure(category: Category, parent: str = UNCATEGORIZED_ID, owner: int = 1, guard=None) -> str:
    return writing.ensure_category_copy(SYSTEM, owner, category, parent, guard)


def test_a_category_copy_is_made_once():
    made = ensure(SPACE)
    before = traces()
    assert ensure(SPACE) == made
    assert traces() == before
    assert reading.category_copies(1) == {"c1": made}


def test_a_category_copy_is_renamed_and_moved():
    made, parent = ensure(SPACE), ensure(Category("c2", "Parent"))
    assert ensure(Category("c1", "Orbit"), parent) == made
    row = CategoryRow.objects.get(id=made)
    assert (row.name, row.parent_id) == ("Orbit", parent)
    assert Change.objects.latest("number").resource == ""
    assert AuditEntry.objects.latest("seq").target_id == made


def test_each_configuration_has_copies_of_its_own():
    assert ensure(SPACE, owner=1) != ensure(SPACE, owner=2)


def test_a_category_copy_is_not_made_without_the_right_to_write():
    def lost() -> None:
        raise LeaseLost("taken over")

    with pytest.raises(LeaseLost):
        ensure(SPACE, guard=lost)
    assert reading.category_copies(1) == {}


def test_the_copy_of_a_category_is_found_by_its_id_at_the_source():
    made = ensure(SPACE)
    assert writing.category_copy(1, "c1") == made
    with pytest.raises(Missing, match="c1"):
        writing.category_copy(2, "c1")


def test_copies_are_deleted_with_their_history(copies):
    writing.delete_copies(SYSTEM, copies)
    assert list(Resource.objects.values_list("id", flat=True)) == ["mine"]
    assert list(Revision.objects.values_list("resource", flat=True)) == ["mine"]
    assert AuditEntry.objects.latest("seq").details == {"names": ["Name r1", "Name r2"]}
    last_two = Change.objects.order_by("-number").values_list("resource", flat=True)[:2]
    assert sorted(last_two) == copies


@pytest.mark.parametrize("other", ["mine", "nowhere"])
def test_copies_are_deleted_all_or_none(copies, other):
    before = traces()
    with pytest.raises(Missing, match="nothing was deleted"):
        writing.delete_copies(SYSTEM, [*copies, other])
    assert traces() == before


@pytest.mark.usefixtures("copies")
def test_a_copy_is_not_renamed_here():
    with pytest.raises(ReadOnly):
        writing.rename_resource(SYSTEM, "r1", "Mine")
    assert Resource.objects.get(id="r1").name == "Name r1"


@pytest.mark.usefixtures("copies")
def test_the_tags_of_a_copy_are_not_changed_here():
    before = traces()
    with pytest.raises(ReadOnly):
        writing.put_tag(SYSTEM, "r1", Tag("t", "t", 1))
    with pytest.raises(ReadOnly):
        writing.remove_tag(SYSTEM, "r1", "t")
    assert traces() == before


@pytest.mark.usefixtures("copies")
def test_a_verification_is_recorded_with_the_newest_revision():
    History("mine").commit(4, 1)
    writing.record_verification(SYSTEM, "mine", "content")
    row = Resource.objects.get(id="mine")
    assert (row.verified_level, row.verified_revision) == ("content", 4)
    assert row.verified_at is not None
    assert AuditEntry.objects.latest("seq").action == "resource.verified"


def copied_tree(owner: int, node: str) -> str:
    """Make Space and Engines for a configuration, with a copy from `node` in Engines."""
    space = Category("c-space", "Space")
    top = writing.ensure_category_copy(SYSTEM, owner, space, UNCATEGORIZED_ID)
    engines = Category("c-engines", "Engines", "c-space")
    below = writing.ensure_category_copy(SYSTEM, owner, engines, top)
    History("r9", category=below).commit(1, None)
    hops = [{"node": node, "name": "A"}]
    Resource.objects.filter(id="r9").update(read_only=True, hops=hops)
    return top


@pytest.mark.parametrize(("node", "owner"), [("node-a", 2), ("another", 1)])
def test_a_tree_that_was_left_behind_is_taken_over_by_who_follows_the_same_source(node, owner):
    top = copied_tree(1, "node-a")
    writing.adopt_category_copies(SYSTEM, 2, "c-space", UNCATEGORIZED_ID, node, living=[])
    assert set(
        CategoryRow.objects.filter(name__in=["Space", "Engines"]).values_list(
            "origin_owner", flat=True
        )
    ) == {owner}
    assert CategoryRow.objects.filter(id=top).exists()


def test_categories_that_hold_something_stay_and_the_empty_ones_go():
    top = copied_tree(1, "node-a")
    empty = Category("c-empty", "Empty", "c-space")
    writing.ensure_category_copy(SYSTEM, 1, empty, top)
    writing.delete_empty_category_copies(SYSTEM, 1)
    names = CategoryRow.objects.filter(origin_owner=1).values_list("name", flat=True)
    assert set(names) == {"Space", "Engines"}
    writing.delete_copies(SYSTEM, ["r9"])
    writing.delete_empty_category_copies(SYSTEM, 1)
    assert not CategoryRow.objects.filter(origin_owner=1).exists()
