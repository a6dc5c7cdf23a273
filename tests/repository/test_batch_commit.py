"""Committing a batch: bytes first, then everything at once, and what is left when it fails."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress

import pytest
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction

from tcsync.audit.models import AuditEntry
from tcsync.audit.recording import SYSTEM
from tcsync.domain import UNCATEGORIZED_ID, Branch, Tag
from tcsync.errors import Clash, LeaseLost, StorageFull
from tcsync.repository import upkeep
from tcsync.repository.models import Branch as BranchRow
from tcsync.repository.models import Change, Resource, Revision
from tcsync.repository.storage import FileStorage, default_storage
from tcsync.repository.writing import HistoryBatch, Vanished
from tests.repository.arriving import Packed, copy_batch, stored, taken_away, traces
from tests.repository.histories import History, describe

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def revisions() -> list[Packed]:
    """Two revisions of r1 on another node."""
    History("r1").commit(1, None, {"a": {"v": 1}})
    History("r1").commit(2, 1, {"a": {"v": 2}})
    return taken_away("r1")


@pytest.fixture
def batch(revisions) -> HistoryBatch:
    """A batch that holds them."""
    batch = copy_batch("r1")
    for one in revisions:
        one.send(batch)
    return batch


class WatchedStorage(FileStorage):
    """A storage that notes when a batch is sealed, or that has no space then."""

    def __init__(self, folder, log: list[str], *, full: bool = False) -> None:
        super().__init__(folder)
        self.log, self.full = log, full

    def begin(self):
        batch = super().begin()
        seal = batch.seal

        def watched() -> None:
            if self.full:
                raise StorageFull("no space")
            seal()
            self.log.append("durable")

        batch.seal = watched
        return batch


def test_bytes_are_durable_before_the_transaction_begins(revisions, tmp_path):
    log: list[str] = []
    batch = HistoryBatch(copies=True, storage=WatchedStorage(tmp_path / "s", log))
    batch.describe(describe("r1"), UNCATEGORIZED_ID)
    revisions[0].send(batch)
    batch.commit(SYSTEM, "test", lambda: log.append("rows"))
    assert log == ["durable", "rows"]


def test_when_bytes_cannot_be_made_durable_nothing_is_written(revisions, tmp_path):
    before = traces()
    storage = WatchedStorage(tmp_path / "s", [], full=True)
    batch = HistoryBatch(copies=True, storage=storage)
    batch.describe(describe("r1"), UNCATEGORIZED_ID)
    revisions[0].send(batch)
    with pytest.raises(StorageFull):
        batch.commit(SYSTEM, "test")
    assert traces() == before
    assert [storage.size(name) for name in storage.objects()] == [0]


def test_a_batch_that_was_discarded_makes_nothing_visible(batch):
    batch.discard()
    with suppress(RuntimeError, ValueError):
        batch.commit(SYSTEM, "test")
    assert not Revision.objects.exists()


def test_counters_follow_what_was_written(batch, revisions):
    batch.commit(SYSTEM, "test")
    row = Resource.objects.get()
    assert (row.revision_count, row.head_number) == (2, 2)
    assert row.stored_bytes == sum(len(one.data) for one in revisions)
    assert list(Revision.objects.order_by("number").values_list("total", flat=True)) == [1, 1]


def test_many_resources_are_counted_each_for_itself():
    ids = [f"r{number}" for number in range(3)]
    for index, id_ in enumerate(ids):
        history = History(id_)
        for number in range(1, index + 2):
            history.commit(number, number - 1 or None, {f"{id_}-{number}": {"v": number}})
    arriving = {id_: taken_away(id_) for id_ in ids}
    batch = copy_batch(*ids)
    for packs in arriving.values():
        for one in packs:
            one.send(batch)
    assert batch.stored_bytes == sum(len(one.data) for packs in arriving.values() for one in packs)
    batch.commit(SYSTEM, "test")
    for index, id_ in enumerate(ids):
        row = Resource.objects.get(id=id_)
        assert (row.revision_count, row.head_number) == (index + 1, index + 1)
        assert row.stored_bytes == sum(len(one.data) for one in arriving[id_])
        branch = BranchRow.objects.get(resource=id_)
        assert (branch.head, branch.head_digest) == (index + 1, arriving[id_][-1].record.digest)


def test_a_revision_that_is_taken_back_is_not_counted(batch, revisions):
    before = batch.stored_bytes
    batch.retract("r1", 2)
    assert batch.stored_bytes == before - len(revisions[1].data)


def test_heads_move_forward_only():
    branches = (Branch("trunk", "trunk", None, None), Branch("side", "side", 1, None))
    resource = History(branches=branches)
    resource.commit(1, None)
    newest = resource.commit(5, 1)
    resource.commit(3, 1, branch="side")
    resource.commit(2, 1)
    heads = dict(BranchRow.objects.values_list("uid", "head"))
    assert heads == {"trunk": 5, "side": 3}
    assert BranchRow.objects.get(uid="trunk").head_digest == newest
    assert Resource.objects.get().head_number == 5


def test_a_number_above_31_bits_is_stored():
    History().commit(1, None)
    History().commit(1 << 40, 1)
    assert Resource.objects.get().head_number == 1 << 40


def test_a_commit_writes_one_audit_row_and_a_feed_row_a_resource(batch):
    _revisions, _resources, changes, entries = traces()
    batch.describe(describe("r0"), UNCATEGORIZED_ID)
    batch.commit(SYSTEM, "synchronize")
    assert AuditEntry.objects.count() == entries + 1
    assert AuditEntry.objects.latest("seq").summary == "2 revisions of 2 resources"
    new = Change.objects.order_by("number").values_list("resource", flat=True)[changes:]
    assert list(new) == ["r0", "r1"]


def test_the_feed_has_no_row_for_a_resource_that_stayed_as_it_was(batch):
    batch.commit(SYSTEM, "test")
    before = Change.objects.count()
    copy_batch("r1").commit(SYSTEM, "test")
    assert Change.objects.count() == before


def test_names_places_branches_and_tags_are_brought_up_to_date(batch):
    batch.set_tags("r1", (Tag("t1", "old", 1), Tag("t2", "gone", 1)))
    batch.commit(SYSTEM, "test")
    branches = (Branch("trunk", "main", None, None, archived=True),)
    again = copy_batch("r1", name="New", description="Text", branches=branches)
    again.set_tags("r1", (Tag("t1", "new", 2, "moved"),))
    again.commit(SYSTEM, "test")
    row = Resource.objects.get()
    assert (row.name, row.description) == ("New", "Text")
    assert list(row.branches.values_list("name", "head", "archived")) == [("main", 2, True)]
    assert list(row.tags.values_list("name", "number", "description")) == [("new", 2, "moved")]


def test_new_tags_modify_the_copy_for_who_polls(batch):
    batch.commit(SYSTEM, "test")
    moment = Resource.objects.get().modified
    again = copy_batch("r1")
    again.set_tags("r1", (Tag("t1", "new", 2),))
    again.commit(SYSTEM, "test")
    assert Resource.objects.get().modified > moment


def test_a_branch_that_is_gone_at_the_source_is_marked_and_kept(batch):
    batch.set_standing("r1", "content", Vanished(("trunk",)))
    batch.commit(SYSTEM, "test")
    row = Resource.objects.get()
    assert (row.verified_level, row.verified_revision) == ("content", 2)
    assert row.branches.get().gone_at_source
    assert Revision.objects.filter(gone_at_source=True).count() == 2


def test_a_branch_that_comes_back_is_no_longer_marked(batch):
    batch.set_standing("r1", "content", Vanished(("trunk",)))
    batch.commit(SYSTEM, "test")
    copy_batch("r1").commit(SYSTEM, "test")
    assert not BranchRow.objects.filter(gone_at_source=True).exists()
    assert not Revision.objects.filter(gone_at_source=True).exists()


def lost() -> None:
    raise LeaseLost("taken over")


def test_a_guard_that_raises_leaves_nothing(batch):
    before = traces()
    name, start = batch.sink().object, batch.sink().tell()
    packs = batch.stored_bytes
    with pytest.raises(LeaseLost):
        batch.commit(SYSTEM, "test", lost)
    assert traces() == before
    assert default_storage().size(name) == start - packs


def test_of_two_batches_with_the_same_revision_the_second_is_refused_whole(batch, revisions):
    other = copy_batch("r1", "r2")
    for one in revisions:
        one.send(other)
    name = other.sink().object
    batch.commit(SYSTEM, "test")
    before = traces()
    with pytest.raises(Clash):
        other.commit(SYSTEM, "test")
    assert traces() == before
    assert default_storage().size(name) == 0
    assert upkeep.verify_resource("r1") == []


def test_a_project_id_that_is_taken_is_a_clash(batch):
    batch.commit(SYSTEM, "test")
    with pytest.raises(Clash):
        copy_batch("r2", project_id="P-r1").commit(SYSTEM, "test")
    assert list(Resource.objects.values_list("id", flat=True)) == ["r1"]


def fail() -> None:
    raise OperationalError("the connection was lost")


def test_a_lost_acknowledgement_is_decided_by_reading(batch):
    entries = AuditEntry.objects.count()
    done = batch.commit(SYSTEM, "test", lambda: transaction.on_commit(fail))
    assert done.revisions == Revision.objects.count() == 2
    assert AuditEntry.objects.count() == entries + 1
    assert upkeep.verify_resource("r1") == []


@contextmanager
def failing_statements(table: str, error: Exception):
    """Have the database fail at the first statement that writes to this table."""
    errors = [error]

    def wrapper(execute, sql, *arguments):
        if errors and f'INTO "{table}"' in sql:
            raise errors.pop()
        return execute(sql, *arguments)

    with connection.execute_wrapper(wrapper):
        yield


def test_where_a_commit_is_not_to_be_seen_its_bytes_are_left_alone(batch):
    batch.sink().seal()
    before, size = traces(), stored()
    with (
        failing_statements("audit_auditentry", OperationalError("gone")),
        pytest.raises(OperationalError),
    ):
        batch.commit(SYSTEM, "test")
    assert traces() == before
    assert stored() == size


def test_bytes_that_may_still_count_are_not_cut_by_a_later_writer(batch):
    with (
        failing_statements("audit_auditentry", OperationalError("gone")),
        pytest.raises(OperationalError),
    ):
        batch.commit(SYSTEM, "test")
    size, quiet = stored(), time.time() - 3600
    for segment in (settings.TCSYNC_DATA / "segments").iterdir():
        os.utime(segment, (quiet, quiet))
    later = HistoryBatch(copies=True)
    later.sink()
    assert stored() == size
    later.discard()


def test_after_a_failed_commit_the_same_revisions_can_come_again(batch, revisions):
    with (
        failing_statements("repository_revision", OperationalError("gone")),
        pytest.raises(OperationalError),
    ):
        batch.commit(SYSTEM, "test")
    again = copy_batch("r1")
    for one in revisions:
        one.send(again)
    again.commit(SYSTEM, "test")
    assert upkeep.verify_resource("r1") == []


def test_another_failure_of_the_database_leaves_nothing(batch):
    before, name, packs = traces(), batch.sink().object, batch.stored_bytes
    size = batch.sink().tell()
    with (
        failing_statements("repository_branch", DatabaseError("broken")),
        pytest.raises(DatabaseError, match="broken"),
    ):
        batch.commit(SYSTEM, "test")
    assert traces() == before
    assert default_storage().size(name) == size - packs
