"""A batch takes in whole revisions only: what is not as promised is refused, the rest goes on."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from tcsync.audit.recording import SYSTEM
from tcsync.domain import UNCATEGORIZED_ID, Branch, Tag, revision_digest
from tcsync.errors import (
    Clash,
    ContentError,
    DigestMismatch,
    Missing,
    PackDamaged,
    ReadOnly,
    TcsyncError,
)
from tcsync.repository import states, upkeep
from tcsync.repository.models import Blob, Resource, Revision
from tcsync.repository.models import Branch as BranchRow
from tcsync.repository.models import Tag as TagRow
from tcsync.repository.writing import Changeset, HistoryBatch, Vanished
from tests.repository.arriving import Packed, copy_batch, packed, stored, taken_away, traces
from tests.repository.histories import History, describe, element, revision

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def revisions() -> list[Packed]:
    """Three revisions of r1 on another node."""
    resource = History("r1")
    resource.commit(1, None, {"a": {"v": 1}})
    resource.commit(2, 1, {"a": {"v": 2}})
    resource.commit(3, 2, {"b": {"v": 1}})
    return taken_away("r1")


@pytest.fixture
def with_artifact() -> Packed:
    """A revision on another node that names the artifact bytes `diagram`."""
    History("r1").commit(1, None, artifacts={"d1": b"diagram"})
    return taken_away("r1")[0]


def test_what_arrives_is_read_back_and_verifies(revisions):
    batch = copy_batch("r1")
    for one in revisions:
        one.send(batch)
    done = batch.commit(SYSTEM, "test")
    assert (done.resources, done.revisions, done.elements) == (1, 3, 3)
    assert done.bytes == sum(len(one.data) for one in revisions)
    assert states.History("r1").get(3, "a") == element("a", v=2)
    assert upkeep.verify_resource("r1") == []


def test_discarding_leaves_nothing(revisions):
    before, size = traces(), stored()
    batch = copy_batch("r1")
    revisions[0].send(batch)
    batch.discard()
    assert (traces(), stored()) == (before, size)


def flipped(data: bytes) -> bytes:
    return data[:60] + bytes([data[60] ^ 1]) + data[61:]


def refused_in_the_middle(first: Packed, refused: Packed, data: bytes, last: Packed) -> None:
    """Send a good revision, a refused one and another good one in one batch."""
    batch = copy_batch("r1")
    first.send(batch)
    end = batch.sink().tell()
    with pytest.raises((DigestMismatch, PackDamaged)):
        refused.send(batch, data)
    assert batch.sink().tell() == end
    last.send(batch)
    batch.commit(SYSTEM, "test")
    assert list(Revision.objects.values_list("number", flat=True).order_by("number")) == [1, 2]
    assert upkeep.verify_resource("r1") == []


def test_a_damaged_pack_is_refused_and_the_batch_goes_on(revisions):
    first, second, _third = revisions
    refused_in_the_middle(first, second, flipped(second.data), second)


def test_a_cut_pack_is_refused_and_the_batch_goes_on(revisions):
    first, second, _third = revisions
    refused_in_the_middle(first, second, second.data[:-1], second)


def test_a_sound_pack_that_is_not_the_promised_one_is_refused(revisions):
    first, second, third = revisions
    refused_in_the_middle(first, second, third.data, second)


def test_another_pack_digest_than_promised_is_refused(revisions):
    first, second, third = revisions
    lying = Packed(second.record, second.data, third.pack_digest)
    refused_in_the_middle(first, lying, second.data, second)


def test_another_content_digest_than_promised_is_refused(revisions):
    first, second, third = revisions
    lying = second.with_record(content_digest=third.record.content_digest)
    refused_in_the_middle(first, lying, second.data, second)


def test_a_record_without_its_digest_is_refused(revisions):
    first, second, _third = revisions
    refused_in_the_middle(first, second.with_record(message="other"), second.data, second)


def test_a_revision_whose_parent_is_not_here_is_refused(revisions):
    batch = copy_batch("r1")
    start = batch.sink().tell()
    with pytest.raises(Missing, match="Revision 1 of r1"):
        revisions[1].send(batch)
    assert batch.sink().tell() == start
    batch.discard()


def test_a_revision_on_a_branch_that_the_resource_lacks_is_refused(revisions):
    before = traces()
    batch = copy_batch("r1", branches=(Branch("side", "side", None, None),))
    revisions[0].send(batch)
    with pytest.raises(ContentError, match="branch trunk"):
        batch.commit(SYSTEM, "test")
    assert traces() == before


def test_a_revision_without_its_resource_is_refused(revisions):
    batch = HistoryBatch(copies=True)
    revisions[0].send(batch)
    with pytest.raises(TcsyncError):
        batch.commit(SYSTEM, "test")
    assert not Revision.objects.exists()


def test_without_artifact_bytes_nothing_becomes_visible(with_artifact):
    before, size = traces(), stored()
    batch = copy_batch("r1")
    with_artifact.send(batch)
    with pytest.raises(Missing, match="artifact"):
        batch.commit(SYSTEM, "test")
    assert (traces(), stored()) == (before, size)


def test_the_batch_names_the_artifact_bytes_that_it_waits_for(with_artifact):
    digest = hashlib.sha256(b"diagram").hexdigest()
    batch = copy_batch("r1")
    with_artifact.send(batch)
    (wanted,) = batch.artifacts.wanted()
    assert (wanted.resource, wanted.number, wanted.ref.digest) == ("r1", 1, digest)
    batch.artifacts.receive(digest, 7, [b"dia", b"gram"])
    assert batch.artifacts.wanted() == []
    batch.commit(SYSTEM, "test")
    assert upkeep.verify_resource("r1") == []


@pytest.mark.parametrize("sent", [b"another", b"diagram and more", b"diag"])
def test_artifact_bytes_with_another_digest_are_refused(with_artifact, sent):
    batch = copy_batch("r1")
    with_artifact.send(batch)
    end = batch.sink().tell()
    with pytest.raises(DigestMismatch):
        batch.artifacts.receive(hashlib.sha256(b"diagram").hexdigest(), 7, [sent])
    assert batch.sink().tell() == end
    assert len(batch.artifacts.wanted()) == 1
    batch.discard()


def test_artifact_bytes_that_the_store_has_are_not_asked_for_again(with_artifact):
    History("other").commit(1, None, artifacts={"x": b"diagram"})
    batch = copy_batch("r1")
    with_artifact.send(batch)
    assert batch.artifacts.wanted() == []
    batch.commit(SYSTEM, "test")
    assert Blob.objects.count() == 1


@pytest.fixture
def copy(revisions) -> Packed:
    """r1 as a copy with one revision; returns the next one."""
    batch = copy_batch("r1")
    revisions[0].send(batch)
    batch.set_tags("r1", (Tag("t1", "v1", 1),))
    batch.commit(SYSTEM, "test")
    return revisions[1]


def local_revision(number: int, parent: int | None) -> HistoryBatch:
    """Return a local batch with a revision of r1 that does not describe the resource."""
    batch = HistoryBatch(copies=False)
    with Changeset() as changes:
        changes.put("mine", element("mine"))
        start = batch.sink().tell()
        summary = changes.write(batch.sink(), batch.history("r1"), parent)
    batch.admit_local(revision("r1", number, parent), summary, start)
    return batch


@pytest.mark.usefixtures("copy")
def test_a_copy_takes_no_revision_from_a_local_batch():
    with pytest.raises(ReadOnly):
        local_revision(2, 1).commit(SYSTEM, "test")
    assert Revision.objects.count() == 1


@pytest.mark.usefixtures("copy")
def test_a_copy_is_not_described_by_a_local_batch():
    batch = HistoryBatch(copies=False)
    batch.describe(describe("r1", name="Mine"), UNCATEGORIZED_ID)
    with pytest.raises(ReadOnly):
        batch.commit(SYSTEM, "test")
    assert Resource.objects.get().name == "Name r1"


@pytest.mark.usefixtures("copy")
def test_the_tags_of_a_copy_are_not_changed_by_a_local_batch():
    batch = HistoryBatch(copies=False)
    batch.set_tags("r1", ())
    with pytest.raises(ReadOnly):
        batch.commit(SYSTEM, "test")
    assert TagRow.objects.count() == 1


def test_a_local_resource_takes_no_revision_from_a_batch_of_copies(copy):
    Resource.objects.update(read_only=False)
    batch = HistoryBatch(copies=True)
    copy.send(batch)
    with pytest.raises(Clash, match="local resource"):
        batch.commit(SYSTEM, "test")
    assert Revision.objects.count() == 1


@pytest.mark.usefixtures("copy")
def test_a_local_resource_is_not_described_by_a_batch_of_copies():
    Resource.objects.update(read_only=False)
    with pytest.raises(Clash, match="local resource"):
        copy_batch("r1", name="Theirs").commit(SYSTEM, "test")
    assert Resource.objects.get().name == "Name r1"


@pytest.mark.usefixtures("copy")
def test_branches_and_tags_of_a_local_resource_are_safe_from_a_batch_of_copies():
    Resource.objects.update(read_only=False)
    batch = HistoryBatch(copies=True)
    batch.set_tags("r1", ())
    batch.set_standing("r1", "content", Vanished(("trunk",)))
    with pytest.raises(Clash):
        batch.commit(SYSTEM, "test")
    assert TagRow.objects.count() == 1
    assert not BranchRow.objects.filter(gone_at_source=True).exists()


def test_a_resource_of_which_no_revision_came_can_be_withdrawn(revisions):
    batch = copy_batch("r1", "r2")
    revisions[0].send(batch)
    batch.withdraw("r1")
    batch.withdraw("r2")
    batch.commit(SYSTEM, "test")
    assert list(Resource.objects.values_list("id", flat=True)) == ["r1"]


def test_a_revision_below_a_higher_parent_is_refused():
    History("r1").commit(7, None, {"a": {"v": 1}})
    with pytest.raises(ContentError):
        History("r1").commit(5, 7, {"a": {"v": 2}})
    assert Revision.objects.count() == 1


def sent_and_committed(one: Packed, batch: HistoryBatch) -> None:
    one.send(batch)
    batch.commit(SYSTEM, "test")


@pytest.mark.parametrize("field", [{"message": "a\0b"}, {"author": "x" * 1001}])
def test_a_text_that_not_every_database_can_keep_is_refused(revisions, field):
    record = replace(revisions[0].record, **field)
    record = replace(record, digest=revision_digest(record, ""))
    batch = copy_batch("r1")
    with pytest.raises(TcsyncError):
        sent_and_committed(replace(revisions[0], record=record), batch)
    assert not Revision.objects.exists()


def test_a_revision_after_a_hole_stands_on_its_own():
    resource = History("r2")
    batch = HistoryBatch(copies=False)
    batch.describe(resource.resource, UNCATEGORIZED_ID)
    with Changeset() as changes:
        changes.put("k", element("k"))
        start = batch.sink().tell()
        summary = changes.write(batch.sink(), batch.history("r2"), None)
    batch.admit_local(revision("r2", 4, 3, hole_before=True), summary, start)
    batch.commit(SYSTEM, "test")
    assert dict(states.History("r2").elements(4)) == {"k": element("k")}
    assert packed("r2", 4).record.hole_before
    assert upkeep.verify_resource("r2") == []
