"""Reading rows: the tree of categories, the feed, and what we tell a source that we hold."""

from __future__ import annotations

import pytest

from tcsync.audit.recording import SYSTEM
from tcsync.domain import UNCATEGORIZED_ID, Branch, Category, Known, KnownHead
from tcsync.errors import Missing
from tcsync.repository import reading, writing
from tcsync.repository.models import Node, Revision
from tests.repository.histories import History

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

TREE = reading.Tree(
    {
        "top": Category("top", "Top"),
        "mid": Category("mid", "Mid", "top"),
        "low": Category("low", "Low", "mid"),
        "other": Category("other", "Other"),
        "lost": Category("lost", "Lost", "not here"),
        "x": Category("x", "X", "y"),
        "y": Category("y", "Y", "x"),
    }
)


@pytest.mark.parametrize(
    ("category", "path"),
    [
        ("low", ("top", "mid", "low")),
        ("top", ("top",)),
        ("lost", ("lost",)),
        ("nowhere", ()),
        ("x", ("y", "x")),
    ],
)
def test_a_path_leads_from_the_top_down_and_ends_in_a_cycle(category, path):
    assert TREE.path(category) == path


def test_names_follow_the_path():
    assert TREE.names("low") == ("Top", "Mid", "Low")


def test_below_means_the_categories_and_all_under_them():
    assert TREE.below(["mid"]) == {"mid", "low"}
    assert TREE.below(["x"]) == {"x", "y"}
    assert TREE.below(["nowhere"]) == set()


def test_without_a_cursor_the_feed_gives_the_newest_one():
    History("r1").commit(1, None)
    newest = Node.objects.get().last_change
    changes = reading.changes_after(None)
    assert (changes.cursor, changes.resources, changes.complete) == (newest, (), True)
    assert changes.epoch == Node.objects.get().epoch


def test_the_feed_names_what_changed_after_a_cursor_once():
    History("r1").commit(1, None)
    cursor = reading.changes_after(None).cursor
    History("r2").commit(1, None)
    History("r2").commit(2, 1)
    changes = reading.changes_after(cursor)
    assert (changes.resources, changes.tree_changed) == (("r2",), False)
    assert reading.changes_after(changes.cursor).resources == ()


def test_the_feed_tells_that_the_tree_changed():
    cursor = reading.changes_after(None).cursor
    writing.make_category(SYSTEM, "New")
    changes = reading.changes_after(cursor)
    assert (changes.resources, changes.tree_changed) == ((), True)


def test_a_cursor_beyond_the_newest_change_gives_the_newest():
    newest = reading.changes_after(None).cursor
    assert reading.changes_after(newest + 100).cursor == newest


def test_feed_numbers_have_no_holes():
    start = reading.changes_after(None).cursor
    for number in range(1, 4):
        History("r1").commit(number, number - 1 or None)
    assert reading.changes_after(None).cursor == start + 3


def test_a_row_and_its_record_say_the_same():
    fields = {
        "merged": (1,),
        "picked": (1,),
        "offset": 330,
        "commit_type": "MERGE",
        "root_ids": ("a",),
        "used_projects": ({"project": "P", "version": "1"},),
    }
    History("r1").commit(1, None)
    digest = History("r1").commit(2, 1, {"a": {}}, **fields)
    record = reading.revision_record(Revision.objects.get(number=2))
    assert {name: getattr(record, name) for name in fields} == fields
    assert (record.digest, record.parent, record.author) == (digest, 1, "Zoë")


def test_rows_come_in_rising_order():
    for number in range(1, 5):
        History("r1").commit(number, number - 1 or None)
    rows = reading.revisions("r1", [4, 2, 9, 1])
    assert [row.number for row in rows] == [1, 2, 4]


def test_what_we_hold_is_told_by_heads_and_number_of_revisions():
    branches = (Branch("trunk", "t", None, None), Branch("side", "s", 1, None))
    resource = History("r1", branches=branches)
    head = resource.commit(1, None)
    assert reading.known(["r1", "nowhere"]) == {"r1": Known((KnownHead("trunk", 1, head),), 1)}


def test_categories_of_resources_that_exist():
    History("r1").commit(1, None)
    assert reading.categories_of(["r1", "nowhere"]) == {"r1": UNCATEGORIZED_ID}


def test_artifact_bytes_that_are_not_here_are_missing():
    with pytest.raises(Missing, match="abc"):
        reading.blob("abc")


def test_the_node_says_who_it_is(settings):
    settings.TCSYNC_NODE_NAME, settings.TCSYNC_MAJOR_VERSION = "Here", "2024x"
    node, row = reading.identity(), Node.objects.get()
    assert (node.uuid, node.epoch) == (row.uuid, row.epoch)
    assert (node.name, node.major_version) == ("Here", "2024x")
